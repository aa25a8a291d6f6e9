"""The product as a library: `from backprop_cli.api import load, train, explain`.

The objects are those that the command line works with, and show themselves in a notebook.
"""

from backprop_cli.api.calls import Run, explain, train
from backprop_cli.api.explaining import Choice, Explanation
from backprop_cli.config.loader import Setup, load

__all__ = ["Choice", "Explanation", "Run", "Setup", "explain", "load", "train"]
