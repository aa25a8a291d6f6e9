import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value, greater, where
from backprop_cli.rules.activations.base import EVERYTHING, Interval, Pointwise
from backprop_cli.rules.activations.relu import fill_positive
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


class LeakyRelu(Pointwise):
    """Let a little of what is negative through: a = z where z > 0, else slope · z; at z = 0 the slope is the small one.

    Source: A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models"
    (2013).
    """

    name: Literal["leaky_relu"] = "leaky_relu"
    negative_slope: Annotated[float, Field(ge=0, le=1, description="slope where z ≤ 0")] = 0.01
    initializer = "he_uniform"
    formula_text = "a = z where z > 0, else negative_slope · z"
    slope_text = "a′ = 1 where z > 0, else negative_slope"

    @property
    def outputs(self) -> Interval:
        return EVERYTHING if self.negative_slope else (0.0, math.inf)

    @property
    def kinks(self) -> tuple[float, ...]:
        return (0.0,)

    def formula(self, z: Value) -> Value:
        return where(greater(z, 0.0), z, self.negative_slope * z)

    def slope(self, z: Value, a: Value) -> Value:
        return where(greater(z, 0.0), 1.0, self.negative_slope)

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        reason = "each branch is a straight line; at the kink z = 0 the small slope is used"
        return (Working(self.slope(z, a), reason),)

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        # With a slope of at most 1 the right branch is the larger one.
        yield np.multiply, z, self.negative_slope, a
        yield np.maximum, z, a, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope = scratch[0]
        yield from fill_positive(z, slope)
        yield np.multiply, slope, 1.0 - self.negative_slope, slope
        yield np.add, slope, self.negative_slope, slope
        yield np.multiply, delta, slope, delta
