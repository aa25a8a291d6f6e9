"""What an initializer is.

Fan-in and fan-out are the numbers of connections into and out of a neuron of the layer.
"""

from abc import abstractmethod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.rules.base import Rule

Draw: TypeAlias = NDArray[np.float64]


class Initializer(Rule):
    """Fill a block of parameters before training."""

    @abstractmethod
    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        """Draw an array of the shape, in float64."""
