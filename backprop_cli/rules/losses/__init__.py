"""Losses: what a config may write as `loss:`."""

from typing import TYPE_CHECKING, Any, TypeAlias

from backprop_cli.rules.base import choice
from backprop_cli.rules.losses.base import Loss, Shortcut

__all__ = ["AnyLoss", "Loss", "Shortcut"]

if TYPE_CHECKING:
    AnyLoss: TypeAlias = Loss
else:
    AnyLoss: Any = choice(Loss)
