"""Activations that squash what they get into a bounded interval, and the identity, which leaves it alone."""

import math
from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value, absolute, exp, sign, tanh
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


class Identity(Pointwise):
    """Pass z on unchanged: a = z, a′ = 1.

    Source: the linear unit; see e.g. C. M. Bishop, "Pattern Recognition and Machine Learning" (2006), section 5.1.
    """

    name: Literal["identity"] = "identity"
    formula_text = "a = z"
    slope_text = "a′ = 1"

    def formula(self, z: Value) -> Value:
        return z + 0.0

    def slope(self, z: Value, a: Value) -> Value:
        return z * 0.0 + 1.0

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        return (Working(self.slope(z, a), "a grows as fast as z does"),)

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        yield np.copyto, a, z

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        yield from ()


def _largest_exponent(z: Array) -> float:
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
        yield np.minimum, a, _largest_exponent(z), a
        yield np.exp, a, a
        yield np.add, a, 1.0, a
        yield np.reciprocal, a, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        slope = scratch[0]
        yield np.subtract, 1.0, a, slope
        yield np.multiply, slope, a, slope
        yield np.multiply, delta, slope, delta


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
        yield from _one_minus_square(a, slope)
        yield np.multiply, slope, 0.5, slope
        yield np.multiply, delta, slope, delta


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
        yield from _one_minus_square(a, slope)
        yield np.multiply, delta, slope, delta


def _one_minus_square(a: Array, out: Array) -> Calls:
    yield np.multiply, a, a, out
    yield np.subtract, 1.0, out, out


class Softsign(Pointwise):
    """Squash z into (−1, 1) without an exponential: a = z / (1 + |z|), a′ = (1 − |a|)².

    Source: J. Turian, J. Bergstra and Y. Bengio, "Quadratic Features and Deep Architectures for Chunking" (2009).
    """

    name: Literal["softsign"] = "softsign"
    formula_text = "a = z / (1 + |z|)"
    slope_text = "a′ = (1 − |a|)²"

    @property
    def outputs(self) -> Interval:
        return (-1.0, 1.0)

    def formula(self, z: Value) -> Value:
        return z / (1.0 + absolute(z))

    def slope(self, z: Value, a: Value) -> Value:
        return (1.0 - absolute(a)) ** 2

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        size = absolute(z)
        return (
            Working((1.0 + size - z * sign(z)) / (1.0 + size) ** 2, "quotient rule; |z| has the slope sign(z)"),
            Working((1.0 / (1.0 + size)) ** 2, "z · sign(z) is |z|, so 1 is left on top"),
            Working((1.0 - size / (1.0 + size)) ** 2, "1 is (1 + |z|) − |z|; split the fraction"),
            Working(self.slope(z, a), "|z| / (1 + |z|) is |a|"),
        )

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        yield np.abs, z, a
        yield np.add, a, 1.0, a
        yield np.divide, z, a, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        # From z, since 1 − |a| has no digits left where |z| is large.
        slope = scratch[0]
        yield np.abs, z, slope
        yield np.add, slope, 1.0, slope
        yield np.multiply, slope, slope, slope
        yield np.divide, delta, slope, delta
