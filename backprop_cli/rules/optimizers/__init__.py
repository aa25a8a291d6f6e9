"""Optimizers: what a config may write as `optimizer:`."""

from typing import TYPE_CHECKING, Any, TypeAlias

from backprop_cli.rules.base import choice
from backprop_cli.rules.optimizers.base import Clip, Optimizer, Penalty, Updated

__all__ = ["AnyOptimizer", "Clip", "Optimizer", "Penalty", "Updated"]

if TYPE_CHECKING:
    AnyOptimizer: TypeAlias = Optimizer
else:
    AnyOptimizer: Any = choice(Optimizer)
