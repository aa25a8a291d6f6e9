"""The product as a library: `from backprop_cli.api import load, train, explain, check, gradcheck`.

The objects are those that the command line works with, and show themselves in a notebook.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

# Each is loaded when it is asked for: a command that explains need not wait for what marks.
_HOMES = {
    "Asked": "backprop_cli.api.gradients",
    "Checked": "backprop_cli.api.marking",
    "Choice": "backprop_cli.api.explaining",
    "Explanation": "backprop_cli.api.explaining",
    "GradientCheck": "backprop_cli.api.gradients",
    "Run": "backprop_cli.api.calls",
    "Setup": "backprop_cli.config.loader",
    "check": "backprop_cli.api.marking",
    "explain": "backprop_cli.api.calls",
    "gradcheck": "backprop_cli.api.calls",
    "load": "backprop_cli.config.loader",
    "train": "backprop_cli.api.calls",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
