"""Initializers: what weights and biases start from, where a config gives no numbers."""

from typing import TYPE_CHECKING, Any, TypeAlias

from backprop_cli.rules.base import choice
from backprop_cli.rules.initializers.base import Initializer

__all__ = ["AnyInitializer", "Initializer"]

if TYPE_CHECKING:
    AnyInitializer: TypeAlias = Initializer
else:
    AnyInitializer: Any = choice(Initializer)
