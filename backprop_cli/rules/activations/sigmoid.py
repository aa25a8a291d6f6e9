import math
from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value, exp
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


def largest_exponent(z: Array) -> float:
    """Give the largest whole x whose eˣ is finite in the dtype of z."""
    return float(math.floor(math.log(np.finfo(z.dtype).max)))


class Sigmoid(Pointwise):
    """Squash z into (0, 1): σ(z) = 1 / (1 + e⁻ᶻ), σ′ = a(1 − a).

    Source: D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating errors",
    Nature 323 (1986).
    """

    name: Literal["sigmoid"] = "sigmoid"
    formula_text = "a = 1 / (1 + e⁻ᶻ)"
    slope_text = "a′ = a(1 − a)"

    @property
    def outputs(self) -> Interval:
        return (0.0, 1.0)

    def formula(self, z: Value) -> Value:
        return 1.0 / (1.0 + exp(-z))

    def slope(self, z: Value, a: Value) -> Value:
        return a * (1.0 - a)

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        e = exp(-z)
        return (
            Working(
                -((1.0 + e) ** -2.0 * e * -1.0),
                "chain rule: a is u⁻¹ with u = 1 + e⁻ᶻ; u⁻¹ has the slope −u⁻², and u the slope e⁻ᶻ · (−1), "
                "by the chain rule again",
            ),
            Working(e / (1.0 + e) ** 2, "the two minus signs cancel; a negative power is a divisor"),
            Working(1.0 / (1.0 + e) * (e / (1.0 + e)), "split the fraction in two"),
            Working(1.0 / (1.0 + e) * ((1.0 + e - 1.0) / (1.0 + e)), "add 1 and take it away again"),
            Working(1.0 / (1.0 + e) * ((1.0 + e) / (1.0 + e) - 1.0 / (1.0 + e)), "split the second fraction"),
            Working(1.0 / (1.0 + e) * (1.0 - 1.0 / (1.0 + e)), "a number divided by itself is 1"),
            Working(self.slope(z, a), "1 / (1 + e⁻ᶻ) is a"),
        )

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        yield np.negative, z, a
        yield np.minimum, a, largest_exponent(z), a
        yield np.exp, a, a
        yield np.add, a, 1.0, a
        yield np.reciprocal, a, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope = scratch[0]
        yield np.subtract, 1.0, a, slope
        yield np.multiply, slope, a, slope
        yield np.multiply, delta, slope, delta
