from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.activations.base import Pointwise
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
