"""The NumPy training engine: layout, network, workspace, passes, step, step record.

It never prints and never reads files.
"""
