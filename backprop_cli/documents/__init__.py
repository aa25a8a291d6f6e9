"""Read YAML, JSON and CSV into plain values that remember their text, line and column.

This package knows nothing of networks: what a key means is the business of whoever asks for it.
"""
