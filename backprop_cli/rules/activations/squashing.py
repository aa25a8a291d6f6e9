"""Activations that squash what they get into a bounded interval, and the identity, which leaves it alone."""

import math
from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value, absolute, exp, sign, tanh
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.base import Array, Run, Scratch, ignore
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

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Run:
        return lambda: np.copyto(a, z)

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Run:
        return lambda: None


def _largest_exponent(z: Array) -> float:
    """Give the largest whole x whose eˣ is finite in the dtype of z."""
    return math.floor(math.log(np.finfo(z.dtype).max))


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

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Run:
        limit = _largest_exponent(z)

        def run() -> None:
            np.negative(z, out=a)
            np.minimum(a, limit, out=a)
            np.exp(a, out=a)
            np.add(a, 1.0, out=a)
            np.reciprocal(a, out=a)

        return run

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Run:
        slope = scratch[0]

        def run() -> None:
            np.subtract(1.0, a, out=slope)
            np.multiply(slope, a, out=slope)
            np.multiply(delta, slope, out=delta)

        return run


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

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Run:
        # tanh(z/2) is the same function, stable for any z and exact near zero.
        def run() -> None:
            np.multiply(z, 0.5, out=a)
            np.tanh(a, out=a)

        return run

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Run:
        slope = scratch[0]

        def run() -> None:
            _one_minus_square(a, slope)
            np.multiply(slope, 0.5, out=slope)
            np.multiply(delta, slope, out=delta)

        return run


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

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Run:
        return lambda: ignore(np.tanh(z, out=a))

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Run:
        slope = scratch[0]

        def run() -> None:
            _one_minus_square(a, slope)
            np.multiply(delta, slope, out=delta)

        return run


def _one_minus_square(a: Array, out: Array) -> None:
    np.multiply(a, a, out=out)
    np.subtract(1.0, out, out=out)


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

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Run:
        def run() -> None:
            np.abs(z, out=a)
            np.add(a, 1.0, out=a)
            np.divide(z, a, out=a)

        return run

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Run:
        # From z, since 1 − |a| has no digits left where |z| is large.
        slope = scratch[0]

        def run() -> None:
            np.abs(z, out=slope)
            np.add(slope, 1.0, out=slope)
            np.multiply(slope, slope, out=slope)
            np.divide(delta, slope, out=delta)

        return run
