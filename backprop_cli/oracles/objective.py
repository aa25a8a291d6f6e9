"""What is differentiated: the loss of a network over some samples, as a function of its parameters."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.engine.network import Network
from backprop_cli.rules.base import Array
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.optimizers import Penalty

# One float64 number per trainable parameter, in the order of the layout.
Gradient: TypeAlias = NDArray[np.float64]
# Places of parameters in the flat vector.
Addresses: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Objective:
    """The number that training makes smaller.

    Attributes:
        network: whose parameters it is a function of.
        loss: of its predictions.
        x: inputs, (samples, inputs).
        y: targets, (samples, outputs).
        penalty: the optimizer's price of large weights, which is part of the loss.
        joint: whether loss and last activation are worked out together, by their shortcut, where they have one.
    """

    network: Network
    loss: Loss
    x: Array
    y: Array
    penalty: Penalty | None = None
    joint: bool = False

    def in_doubles(self) -> "Objective":
        """Give the same with its samples in float64."""
        return replace(self, x=self.x.astype(np.float64), y=self.y.astype(np.float64))


@dataclass(frozen=True, slots=True)
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
