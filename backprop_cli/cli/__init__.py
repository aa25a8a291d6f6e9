"""Thin commands: parse, call one function, hand to a renderer, exit code.

What a command needs is imported inside it, so that `--help` stays fast.
"""
