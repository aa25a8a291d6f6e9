from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value, absolute, sign
from backprop_cli.rules.activations.base import Interval, Pointwise
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


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
