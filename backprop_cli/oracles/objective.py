"""What is differentiated: the loss of a network over some samples, as a function of its parameters."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.engine.network import Network
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.optimizers import Penalty

# One float64 number per trainable parameter, in the order of the layout.
Gradient: TypeAlias = NDArray[np.float64]
# Places of parameters in the flat vector.
Addresses: TypeAlias = NDArray[np.int64]


@immutable
class Objective:
    """The number that training makes smaller.

    Attributes:
        network: whose parameters it is a function of.
        loss: of its predictions.
        x: inputs, (samples, inputs).
        y: targets, (samples, outputs).
        penalty: the optimizer's price of large weights, which is part of the loss.
        joint: whether loss and last activation are worked out together, by their shortcut, where they have one.
        weights: what each sample's loss counts, (samples,); None where all count the same.
    """

    network: Network
    loss: Loss
    x: Array
    y: Array
    penalty: Penalty | None = None
    joint: bool = False
    weights: Array | None = None

    def in_doubles(self) -> "Objective":
        """Give the same with its samples in float64."""
        return self.with_samples(lambda values: values.astype(np.float64))

    def with_samples(self, change: Callable[[Array], Any]) -> "Objective":
        """Give the same with what belongs to its samples changed: inputs, targets, and what each counts."""
        weights = None if self.weights is None else change(self.weights)
        return replace(self, x=change(self.x), y=change(self.y), weights=weights)


@immutable
class Estimate:
    """What an oracle says of some parameters.

    Attributes:
        addresses: which parameters.
        values: dL/dθ of each, in float64; not a number where the oracle has none.
        errors: how wrong each may be for reasons of the oracle's own, beyond the last digits of a number.
        crossed: whether the oracle reached over a kink, where its value is no derivative.
    """

    addresses: Addresses
    values: Gradient
    errors: Gradient
    crossed: NDArray[np.bool_]

    @classmethod
    def exactly(cls, addresses: Addresses, values: Gradient) -> "Estimate":
        """Give an estimate without errors of its own."""
        return cls(addresses, values, np.zeros(len(values)), np.zeros(len(values), dtype=np.bool_))
