import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value, exp, expm1, greater, where
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.activations.relu import fill_positive
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


def fill_elu(z: Array, out: Array, work: Array, alpha: float) -> Calls:
    """Fill out with z where z > 0 and alpha(eᶻ − 1) elsewhere."""
    yield np.minimum, z, 0.0, out
    yield np.expm1, out, out
    yield np.multiply, out, alpha, out
    yield np.maximum, z, 0.0, work
    yield np.add, out, work, out


def fill_elu_slope(z: Array, out: Array, work: Array, alpha: float) -> Calls:
    """Fill out with 1 where z > 0 and alpha · eᶻ elsewhere."""
    yield np.minimum, z, 0.0, out
    yield np.exp, out, out
    yield np.multiply, out, alpha, out
    yield from fill_positive(z, work)
    yield np.multiply, work, 1.0 - alpha, work
    yield np.add, out, work, out


class Elu(Pointwise):
    """Bend smoothly below zero: a = z where z > 0, else α(eᶻ − 1); a′ = a + α there, at z = 0 too.

    Source: D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
    Linear Units" (2016).
    """

    name: Literal["elu"] = "elu"
    alpha: Annotated[float, Field(gt=0, description="how far below zero the activation may go")] = 1.0
    initializer = "he_uniform"
    formula_text = "a = z where z > 0, else α(eᶻ − 1)"
    slope_text = "a′ = 1 where z > 0, else a + α"

    @property
    def outputs(self) -> Interval:
        return (-self.alpha, math.inf)

    @property
    def kinks(self) -> tuple[float, ...]:
        return (0.0,) if self.alpha != 1.0 else ()

    def formula(self, z: Value) -> Value:
        return where(greater(z, 0.0), z, self.alpha * expm1(z))

    def slope(self, z: Value, a: Value) -> Value:
        return where(greater(z, 0.0), 1.0, a + self.alpha)

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        positive = greater(z, 0.0)
        return (
            Working(where(positive, 1.0, self.alpha * exp(z)), "each branch on its own; eᶻ is its own slope"),
            Working(where(positive, 1.0, self.alpha * expm1(z) + self.alpha), "add α and take it away again"),
            Working(self.slope(z, a), "in that branch α(eᶻ − 1) is a; this one is used at z = 0, too"),
        )

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        yield from fill_elu(z, a, scratch[0], self.alpha)

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope, work, _ = scratch
        yield from fill_elu_slope(z, slope, work, self.alpha)
        yield np.multiply, delta, slope, delta
