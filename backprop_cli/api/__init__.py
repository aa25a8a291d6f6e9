"""The product as a library: `from backprop_cli.api import load, train, explain, check, gradcheck`.

The objects are those that the command line works with, and show themselves in a notebook.
"""

from backprop_cli.api.calls import Run, explain, gradcheck, train
from backprop_cli.api.explaining import Choice, Explanation
from backprop_cli.api.gradients import Asked, GradientCheck
from backprop_cli.api.marking import Checked, check
from backprop_cli.config.loader import Setup, load

__all__ = [
    "Asked",
    "Checked",
    "Choice",
    "Explanation",
    "GradientCheck",
    "Run",
    "Setup",
    "check",
    "explain",
    "gradcheck",
    "load",
    "train",
]
