import math
from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value, exp
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


class Silu(Pointwise):
    """Weigh z by its own sigmoid: a = zσ(z), a′ = a + σ(z)(1 − a); also called swish.

    Source: S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation
    in Reinforcement Learning" (2018).
    """

    name: Literal["silu"] = "silu"
    initializer = "he_uniform"
    formula_text = "a = z / (1 + e⁻ᶻ)"
    slope_text = "a′ = a + (1 − a) / (1 + e⁻ᶻ)"

    @property
    def outputs(self) -> Interval:
        return (-0.2785, math.inf)

    def formula(self, z: Value) -> Value:
        return z * (1.0 / (1.0 + exp(-z)))

    def slope(self, z: Value, a: Value) -> Value:
        return a + 1.0 / (1.0 + exp(-z)) * (1.0 - a)

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        u = 1.0 + exp(-z)
        return (
            Working(
                1.0 / u + z * (1.0 / u * (1.0 - 1.0 / u)), "product rule: 1/(1 + e⁻ᶻ) is the sigmoid, σ′ = σ(1 − σ)"
            ),
            Working(1.0 / u + z / u - z / u * (1.0 / u), "multiply out"),
            Working(z / u + 1.0 / u * (1.0 - z / u), "take 1/(1 + e⁻ᶻ) out of the first and the last part"),
            Working(self.slope(z, a), "z/(1 + e⁻ᶻ) is a"),
        )

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        yield from Sigmoid().kernel(z, a, scratch)
        yield np.multiply, a, z, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope, gate, _ = scratch
        yield from Sigmoid().kernel(z, gate, scratch)
        yield np.subtract, 1.0, a, slope
        yield np.multiply, slope, gate, slope
        yield np.add, slope, a, slope
        yield np.multiply, delta, slope, delta
