import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value, erf, exp, fill_erfc, sqrt, tanh
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working

_ROOT_2 = math.sqrt(2.0)
_ROOT_2_OVER_PI = math.sqrt(2.0 / math.pi)
_PEAK = 1.0 / math.sqrt(2.0 * math.pi)
_CUBIC = 0.044715
# From here on tanh(√(2/π)(z + 0.044715z³)) is 1.
_FLAT = 20.0


class Gelu(Pointwise):
    """Weigh z by the chance that a normal variable lies below it: a = zΦ(z), a′ = Φ(z) + zφ(z).

    `approximate: tanh` replaces Φ(z) by ½(1 + tanh(√(2/π)(z + 0.044715z³))).  Source: D. Hendrycks and K. Gimpel,
    "Gaussian Error Linear Units" (2016).
    """

    name: Literal["gelu"] = "gelu"
    approximate: Annotated[
        Literal["none", "tanh"], Field(description="tanh: the published approximation of the normal distribution")
    ] = "none"
    initializer = "he_uniform"
    two: ClassVar[float] = 2.0
    pi: ClassVar[float] = math.pi
    # So that the roots show as what they are of.
    constants: ClassVar[Mapping[str, str]] = {"two": "2", "pi": "pi"}
    formula_text = "a = z · ½(1 + erf(z/√2))"
    slope_text = "a′ = ½(1 + erf(z/√2)) + z · e^(−z²/2)/√(2π)"

    @property
    def outputs(self) -> Interval:
        return (-0.1701, math.inf)

    def formula(self, z: Value) -> Value:
        if self.approximate == "none":
            return z * (0.5 * (1.0 + erf(z / sqrt(self.two))))
        return z * (0.5 * (1.0 + self._bent(z)))

    def slope(self, z: Value, a: Value) -> Value:
        if self.approximate == "none":
            bell: Value = exp(-(z**2 / 2.0))
            return 0.5 * (1.0 + erf(z / sqrt(self.two))) + z * (bell / sqrt(self.two * self.pi))
        bent = self._bent(z)
        slope: Value = 0.5 * (1.0 + bent) + 0.5 * z * (1.0 - bent**2) * self._bent_inner(z)
        return slope

    def _bent(self, z: Value) -> Value:
        """Give tanh(√(2/π)(z + 0.044715z³))."""
        return tanh(sqrt(self.two / self.pi) * (z + _CUBIC * z**3))

    def _bent_inner(self, z: Value) -> Value:
        """Give the slope of what stands inside that tanh."""
        return sqrt(self.two / self.pi) * (1.0 + 3.0 * _CUBIC * z**2)

    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        if self.approximate == "tanh":
            bent = self._bent(z)
            return (
                Working(
                    0.5 * (1.0 + bent) + z * (0.5 * (1.0 - bent**2) * self._bent_inner(z)),
                    "product rule, then chain rule: tanh u has the slope 1 − tanh²u, and u = √(2/π)(z + 0.044715z³) "
                    "the slope √(2/π)(1 + 3 · 0.044715z²)",
                ),
                Working(self.slope(z, a), "put the factors in order"),
            )
        u = z / sqrt(self.two)
        return (
            Working(
                0.5 * (1.0 + erf(u)) + z * 0.5 * (2.0 / sqrt(self.pi)) * exp(-(u**2)) * (1.0 / sqrt(self.two)),
                "product rule, then chain rule: erf u has the slope 2/√π · e^(−u²), and u = z/√2 the slope 1/√2",
            ),
            Working(self.slope(z, a), "½ · 2/√π · 1/√2 is 1/√(2π), and u² is z²/2"),
        )

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        if self.approximate == "none":
            yield from _fill_gelu(z, a, scratch)
            return
        bent = scratch[0]
        yield from _fill_bent(z, bent)
        yield np.add, bent, 1.0, bent
        yield np.multiply, z, 0.5, a
        yield np.multiply, a, bent, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        fill = _fill_gelu_slope if self.approximate == "none" else _fill_bent_slope
        slope = scratch[0]
        yield from fill(z, scratch)
        yield np.multiply, delta, slope, delta


def _fill_half_tail(z: Array, tail: Array, bell: Array, work: Array) -> Calls:
    """Fill tail with Φ(−|z|) and bell with e^(−z²/2)."""
    yield np.abs, z, bell
    yield np.multiply, bell, 1.0 / _ROOT_2, bell
    yield fill_erfc, bell, tail, work
    yield np.multiply, tail, 0.5, tail


def _fill_gelu(z: Array, a: Array, scratch: Scratch) -> Calls:
    """Fill a with zΦ(z) = max(z, 0) − |z| · Φ(−|z|), which loses no digit on either side."""
    tail, bell, work = scratch
    yield from _fill_half_tail(z, tail, bell, work)
    yield np.abs, z, bell
    yield np.multiply, tail, bell, tail
    yield np.maximum, z, 0.0, a
    yield np.subtract, a, tail, a


def _fill_gelu_slope(z: Array, scratch: Scratch) -> Calls:
    """Fill the first scratch array with Φ(z) + zφ(z)."""
    slope, bell, work = scratch
    yield from _fill_half_tail(z, slope, bell, work)
    # Φ(z) = ½ + sign(z)(½ − Φ(−|z|)), which is right on both sides of zero.
    yield np.subtract, 0.5, slope, slope
    yield np.copysign, slope, z, slope
    yield np.add, slope, 0.5, slope
    yield np.multiply, bell, z, bell
    yield np.multiply, bell, _PEAK, bell
    yield np.add, slope, bell, slope


def _fill_bent(z: Array, out: Array) -> Calls:
    """Fill out with tanh(√(2/π)(z + 0.044715z³))."""
    yield np.multiply, z, z, out
    yield np.multiply, out, _CUBIC, out
    yield np.add, out, 1.0, out
    yield np.multiply, out, z, out
    yield np.multiply, out, _ROOT_2_OVER_PI, out
    yield np.tanh, out, out


def _fill_bent_slope(z: Array, scratch: Scratch) -> Calls:
    """Fill the first scratch array with the slope of the tanh approximation."""
    slope, bent, work = scratch
    yield from _fill_bent(z, bent)
    # Beyond the flat the cube could overflow, and its factor 1 − tanh² is 0.
    yield np.minimum, z, _FLAT, slope
    yield np.maximum, slope, -_FLAT, slope
    yield np.multiply, slope, slope, work
    yield np.multiply, work, 3.0 * _CUBIC, work
    yield np.add, work, 1.0, work
    yield np.multiply, slope, work, slope
    yield np.multiply, slope, _ROOT_2_OVER_PI, slope
    yield np.multiply, bent, bent, work
    yield np.subtract, 1.0, work, work
    yield np.multiply, slope, work, slope
    yield np.add, slope, bent, slope
    yield np.add, slope, 1.0, slope
    yield np.multiply, slope, 0.5, slope
