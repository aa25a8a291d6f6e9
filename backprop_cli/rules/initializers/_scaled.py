"""What initializers share whose spread follows from the number of connections."""

import math
from abc import abstractmethod
from typing import Annotated

import numpy as np
from pydantic import Field

from backprop_cli.rules.base import PositiveFloat
from backprop_cli.rules.initializers.base import Draw, Initializer


class Scaled(Initializer):
    """An initializer whose spread follows from the number of connections."""

    gain: Annotated[PositiveFloat, Field(description="multiplies the standard deviation")] = 1.0

    @abstractmethod
    def variance(self, fan_in: int, fan_out: int) -> float:
        """Give the variance of a weight at gain 1."""

    def spread(self, fan_in: int, fan_out: int) -> float:
        """Give the standard deviation of a weight."""
        return self.gain * math.sqrt(self.variance(fan_in, fan_out))


class ScaledUniform(Scaled):
    """Draw evenly with the given spread: the bound is √3 standard deviations."""

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        bound = math.sqrt(3.0) * self.spread(fan_in, fan_out)
        return rng.uniform(-bound, bound, shape)


class ScaledNormal(Scaled):
    """Draw from a normal distribution with the given spread."""

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        return rng.normal(0.0, self.spread(fan_in, fan_out), shape)
