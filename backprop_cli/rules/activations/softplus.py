import math
from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value, absolute, exp, ln, log1p, maximum
from backprop_cli.rules.activations.base import Interval, Pointwise, Row
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working

# Up to so many numbers one call is faster, which works on one number at a time; the others work on several at once.
_FEW = 500


def fill_softplus(z: Array, out: Array, work: Array) -> Calls:
    """Give the calls that fill out with ln(1 + eᶻ) = max(z, 0) + ln(1 + e^−|z|), whose exponential cannot overflow."""
    if z.size <= _FEW:
        yield np.logaddexp, z, 0.0, out
        return
    yield np.abs, z, out
    yield np.negative, out, out
    yield np.exp, out, out
    yield np.log1p, out, out
    yield np.maximum, z, 0.0, work
    yield np.add, out, work, out


class Softplus(Pointwise):
    """Round off the corner of relu: a = ln(1 + eᶻ), a′ = σ(z).

    Source: C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau and R. Garcia, "Incorporating Second-Order Functional Knowledge
    for Better Option Pricing" (2001).
    """

    name: Literal["softplus"] = "softplus"
    initializer = "he_uniform"
    formula_text = "a = ln(1 + eᶻ)"
    slope_text = "a′ = 1 / (1 + e⁻ᶻ)"

    @property
    def outputs(self) -> Interval:
        return (0.0, math.inf)

    def formula(self, z: Value) -> Value:
        return ln(1.0 + exp(z))

    def stable(self, z: Value, row: Row[Value]) -> Value:
        # The same, and its exponential cannot overflow.
        return maximum(z, 0.0) + log1p(exp(-absolute(z)))

    def slope(self, z: Value, a: Value) -> Value:
        return 1.0 / (1.0 + exp(-z))

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        return (
            Working(1.0 / (1.0 + exp(z)) * exp(z), "chain rule: ln u has the slope 1/u, and u = 1 + eᶻ the slope eᶻ"),
            Working(exp(z) / (1.0 + exp(z)), "multiply"),
            Working(self.slope(z, a), "divide top and bottom by eᶻ: the sigmoid of z"),
        )

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        yield from fill_softplus(z, a, scratch[0])

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope = scratch[0]
        yield from Sigmoid().kernel(z, slope, scratch)
        yield np.multiply, delta, slope, delta
