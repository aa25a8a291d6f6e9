"""Activations that let what is positive through and hold back what is negative."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value, absolute, exp, expm1, greater, ln, log1p, maximum, where
from backprop_cli.rules.activations.base import EVERYTHING, Interval, Pointwise, Row
from backprop_cli.rules.activations.squashing import Sigmoid
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
        yield from _fill_positive(z, slope)
        yield np.multiply, slope, 1.0 - self.negative_slope, slope
        yield np.add, slope, self.negative_slope, slope
        yield np.multiply, delta, slope, delta


def _fill_positive(z: Array, out: Array) -> Calls:
    """Fill out with 1 where z > 0 and 0 elsewhere, in the dtype of z."""
    yield np.maximum, z, 0.0, out
    yield np.sign, out, out


def _fill_elu(z: Array, out: Array, work: Array, alpha: float) -> Calls:
    """Fill out with z where z > 0 and alpha(eᶻ − 1) elsewhere."""
    yield np.minimum, z, 0.0, out
    yield np.expm1, out, out
    yield np.multiply, out, alpha, out
    yield np.maximum, z, 0.0, work
    yield np.add, out, work, out


def _fill_elu_slope(z: Array, out: Array, work: Array, alpha: float) -> Calls:
    """Fill out with 1 where z > 0 and alpha · eᶻ elsewhere."""
    yield np.minimum, z, 0.0, out
    yield np.exp, out, out
    yield np.multiply, out, alpha, out
    yield from _fill_positive(z, work)
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
        yield from _fill_elu(z, a, scratch[0], self.alpha)

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope, work, _ = scratch
        yield from _fill_elu_slope(z, slope, work, self.alpha)
        yield np.multiply, delta, slope, delta


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
        yield from _fill_elu(z, a, scratch[0], self.alpha)
        yield np.multiply, a, self.scale, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope, work, _ = scratch
        yield from _fill_elu_slope(z, slope, work, self.alpha)
        yield np.multiply, slope, self.scale, slope
        yield np.multiply, delta, slope, delta


def fill_softplus(z: Array, out: Array, work: Array) -> Calls:
    """Give the calls that fill out with ln(1 + eᶻ) = max(z, 0) + ln(1 + e^−|z|), whose exponential cannot overflow."""
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
