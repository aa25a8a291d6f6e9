"""What is differentiated: the loss of a network over some samples, as a function of its parameters."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.engine.network import Network
from backprop_cli.rules.base import Array
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.optimizers import Penalty

# One float64 number per trainable parameter, in the order of the layout.
Gradient: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Objective:
    """The number that training makes smaller.

    Attributes:
        network: whose parameters it is a function of.
        loss: of its predictions.
        x: inputs, (samples, inputs).
        y: targets, (samples, outputs).
        penalty: the optimizer's price of large weights, which is part of the loss.
    """

    network: Network
    loss: Loss
    x: Array
    y: Array
    penalty: Penalty | None = None
