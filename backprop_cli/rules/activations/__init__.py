"""Activation functions: what a config may write as `activation:`."""

from typing import TYPE_CHECKING, Any, TypeAlias

from backprop_cli.rules.activations.base import Activation, Pointwise, Rowwise
from backprop_cli.rules.base import choice

__all__ = ["Activation", "AnyActivation", "Pointwise", "Rowwise"]

if TYPE_CHECKING:
    AnyActivation: TypeAlias = Activation
else:
    AnyActivation: Any = choice(Activation)
