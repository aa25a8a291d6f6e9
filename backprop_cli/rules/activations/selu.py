import math
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from backprop_cli.algebra.functions import Value, exp, expm1, greater, where
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.activations.elu import fill_elu, fill_elu_slope
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


class Selu(Pointwise):
    """Normalize themselves: a = λz where z > 0, else λα(eᶻ − 1); a′ = a + λα there, at the kink z = 0 too.

    λ = 1.0507…, α = 1.6733… keep mean 0 and variance 1 from layer to layer.  Source: G. Klambauer, T. Unterthiner,
    A. Mayr and S. Hochreiter, "Self-Normalizing Neural Networks" (2017).
    """

    name: Literal["selu"] = "selu"
    scale: ClassVar[float] = 1.0507009873554804934193349852946
    alpha: ClassVar[float] = 1.6732632423543772848170429916717
    initializer = "lecun_normal"
    constants: ClassVar[Mapping[str, str]] = {"scale": "lambda", "alpha": "alpha"}
    formula_text = "a = λz where z > 0, else λα(eᶻ − 1)"
    slope_text = "a′ = λ where z > 0, else a + λα"

    @property
    def outputs(self) -> Interval:
        return (-self.scale * self.alpha, math.inf)

    @property
    def kinks(self) -> tuple[float, ...]:
        return (0.0,)

    def formula(self, z: Value) -> Value:
        return self.scale * where(greater(z, 0.0), z, self.alpha * expm1(z))

    def slope(self, z: Value, a: Value) -> Value:
        return where(greater(z, 0.0), self.scale, a + self.scale * self.alpha)

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        positive, depth = greater(z, 0.0), self.scale * self.alpha
        return (
            Working(where(positive, self.scale, depth * exp(z)), "each branch on its own; eᶻ is its own slope"),
            Working(where(positive, self.scale, depth * expm1(z) + depth), "add λα and take it away again"),
            Working(self.slope(z, a), "in that branch λα(eᶻ − 1) is a; this one is used at the kink z = 0, too"),
        )

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        yield from fill_elu(z, a, scratch[0], self.alpha)
        yield np.multiply, a, self.scale, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope, work, _ = scratch
        yield from fill_elu_slope(z, slope, work, self.alpha)
        yield np.multiply, slope, self.scale, slope
        yield np.multiply, delta, slope, delta
