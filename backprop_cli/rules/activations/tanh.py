from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value, exp, tanh
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


class Tanh(Pointwise):
    """Squash z into (−1, 1): a = tanh z, a′ = 1 − a².

    Source: Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient BackProp" (1998), section 4.4.
    """

    name: Literal["tanh"] = "tanh"
    formula_text = "a = tanh z"
    slope_text = "a′ = 1 − a²"

    @property
    def outputs(self) -> Interval:
        return (-1.0, 1.0)

    def formula(self, z: Value) -> Value:
        return tanh(z)

    def slope(self, z: Value, a: Value) -> Value:
        return 1.0 - a**2

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        over, under = exp(z) - exp(-z), exp(z) + exp(-z)
        return (
            Working(
                (under**2 - over**2) / under**2,
                "quotient rule: tanh z is (eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ), and each of the two is the slope of the other",
            ),
            Working(1.0 - (over / under) ** 2, "split the fraction; the first part is 1"),
            Working(self.slope(z, a), "the fraction is a"),
        )

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        yield np.tanh, z, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope = scratch[0]
        yield from one_minus_square(a, slope)
        yield np.multiply, delta, slope, delta


def one_minus_square(a: Array, out: Array) -> Calls:
    """Give the calls that fill out with 1 − a²."""
    yield np.multiply, a, a, out
    yield np.subtract, 1.0, out, out
