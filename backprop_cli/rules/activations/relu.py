import math
from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value, greater, maximum, where
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


class Relu(Pointwise):
    """Cut off what is negative: a = max(0, z), a′ = 1 where z > 0 and 0 elsewhere, 0 at the kink z = 0.

    Source: V. Nair and G. E. Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines" (2010).
    """

    name: Literal["relu"] = "relu"
    initializer = "he_uniform"
    formula_text = "a = max(0, z)"
    slope_text = "a′ = 1 where z > 0, else 0"

    @property
    def outputs(self) -> Interval:
        return (0.0, math.inf)

    @property
    def kinks(self) -> tuple[float, ...]:
        return (0.0,)

    def formula(self, z: Value) -> Value:
        return maximum(z, 0.0)

    def slope(self, z: Value, a: Value) -> Value:
        return where(greater(z, 0.0), 1.0, 0.0)

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        reason = "max(0, z) is z where z > 0, with slope 1, and the constant 0 where z < 0; at the kink 0 is used"
        return (Working(self.slope(z, a), reason),)

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        yield np.maximum, z, 0.0, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope = scratch[0]
        yield np.sign, a, slope
        yield np.multiply, delta, slope, delta


def fill_positive(z: Array, out: Array) -> Calls:
    """Fill out with 1 where z > 0 and 0 elsewhere, in the dtype of z."""
    yield np.maximum, z, 0.0, out
    yield np.sign, out, out
