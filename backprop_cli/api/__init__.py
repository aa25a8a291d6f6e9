"""The product as a library: `from backprop_cli.api import load, train, predict, explain, check, …`.

The objects are those that the command line works with, and show themselves in a notebook.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backprop_cli.api.calls import Run, explain, gradcheck, train
    from backprop_cli.api.explaining import Choice, Explanation
    from backprop_cli.api.gradients import Asked, GradientCheck
    from backprop_cli.api.marking import Checked, check
    from backprop_cli.api.using import Predictions, evaluate, load_model, predict
    from backprop_cli.config.loader import Setup, load
    from backprop_cli.training.evaluation import Evaluation
    from backprop_cli.training.model import Model

__all__ = [
    "Asked",
    "Checked",
    "Choice",
    "Evaluation",
    "Explanation",
    "GradientCheck",
    "Model",
    "Predictions",
    "Run",
    "Setup",
    "check",
    "evaluate",
    "explain",
    "gradcheck",
    "load",
    "load_model",
    "predict",
    "train",
]

# Each is loaded when it is asked for: a command that explains need not wait for what marks.
_HOMES = {
    "Asked": "backprop_cli.api.gradients",
    "Checked": "backprop_cli.api.marking",
    "Choice": "backprop_cli.api.explaining",
    "Evaluation": "backprop_cli.training.evaluation",
    "Explanation": "backprop_cli.api.explaining",
    "GradientCheck": "backprop_cli.api.gradients",
    "Model": "backprop_cli.training.model",
    "Predictions": "backprop_cli.api.using",
    "Run": "backprop_cli.api.calls",
    "Setup": "backprop_cli.config.loader",
    "check": "backprop_cli.api.marking",
    "evaluate": "backprop_cli.api.using",
    "explain": "backprop_cli.api.calls",
    "gradcheck": "backprop_cli.api.calls",
    "load": "backprop_cli.config.loader",
    "load_model": "backprop_cli.api.using",
    "predict": "backprop_cli.api.using",
    "train": "backprop_cli.api.calls",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
