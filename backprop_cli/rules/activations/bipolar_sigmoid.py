from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value, exp
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.activations.tanh import one_minus_square
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


class BipolarSigmoid(Pointwise):
    """Squash z into (−1, 1): a = 2 / (1 + e⁻ᶻ) − 1, a′ = ½(1 + a)(1 − a).

    Source: L. Fausett, "Fundamentals of Neural Networks" (1994), section 6.1.2.
    """

    name: Literal["bipolar_sigmoid"] = "bipolar_sigmoid"
    formula_text = "a = 2 / (1 + e⁻ᶻ) − 1"
    slope_text = "a′ = ½(1 + a)(1 − a)"

    @property
    def outputs(self) -> Interval:
        return (-1.0, 1.0)

    def formula(self, z: Value) -> Value:
        return 2.0 / (1.0 + exp(-z)) - 1.0

    def slope(self, z: Value, a: Value) -> Value:
        return 0.5 * (1.0 + a) * (1.0 - a)

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        e = exp(-z)
        return (
            Working(
                -2.0 * (1.0 + e) ** -2.0 * e * -1.0,
                "chain rule: 2u⁻¹ has the slope −2u⁻², and u = 1 + e⁻ᶻ the slope e⁻ᶻ · (−1)",
            ),
            Working(2.0 * e / (1.0 + e) ** 2, "the two minus signs cancel; a negative power is a divisor"),
            Working(0.5 * (2.0 / (1.0 + e)) * (2.0 * e / (1.0 + e)), "split the fraction in two; 2 is ½ · 2 · 2"),
            Working(0.5 * (2.0 / (1.0 + e)) * (2.0 - 2.0 / (1.0 + e)), "2e⁻ᶻ is 2(1 + e⁻ᶻ) − 2"),
            Working(self.slope(z, a), "2 / (1 + e⁻ᶻ) is 1 + a, so the second bracket is 2 − (1 + a)"),
        )

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        # tanh(z/2) is the same function, stable for any z and exact near zero.
        yield np.multiply, z, 0.5, a
        yield np.tanh, a, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope = scratch[0]
        yield from one_minus_square(a, slope)
        yield np.multiply, slope, 0.5, slope
        yield np.multiply, delta, slope, delta
