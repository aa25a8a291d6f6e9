from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value, exp, maximum
from backprop_cli.rules.activations.base import Interval, Row, Rowwise
from backprop_cli.rules.base import Array, Calls, Scratch
from backprop_cli.rules.derivation import Working


class Softmax(Rowwise):
    """Share 1 among the neurons of a layer: a_i = e^z_i / Σ_k e^z_k, ∂a_j/∂z_i = a_j([i = j] − a_i).

    `shift: max` shows the exponentials of z − max z, as code writes them; what is trained is stable either way.
    Source: J. S. Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs" (1990).
    """

    name: Literal["softmax"] = "softmax"
    shift: Annotated[Literal["none", "max"], Field(description="max: exponentials are shown of z − max z")] = "none"
    formula_text = "a_i = e^z_i / Σ_k e^z_k"
    slope_text = "∂a_j/∂z_i = a_j([i = j] − a_i)"

    @property
    def outputs(self) -> Interval:
        return (0.0, 1.0)

    def exponentials(self, z: Sequence[Value]) -> list[Value]:
        """Give the e_i of one sample, shifted as the settings say."""
        if self.shift == "none":
            return [exp(each) for each in z]
        top = z[0]
        for each in z[1:]:
            top = maximum(top, each)
        return [exp(each - top) for each in z]

    def stable(self, z: Value, row: Row[Value]) -> Value:
        e = exp(z - row.largest(z))
        return e / row.total(e)

    def slope(self, a: Sequence[Value], of: int, by: int) -> Value:
        return a[of] * ((1.0 if of == by else 0.0) - a[by])

    def derivation(
        self, e: Sequence[Value], whole: Value, a: Sequence[Value], of: int, by: int
    ) -> tuple[Working[Value], ...]:
        # A shift by max z divides every e and their sum alike: it leaves a, and so its slope, as they are.
        if of == by:
            return (
                Working(
                    (e[of] * whole - e[of] * e[of]) / whole**2, "quotient rule; eᵢ and s both grow with the slope eᵢ"
                ),
                Working(e[of] / whole * ((whole - e[of]) / whole), "take eᵢ out of the top, split the fraction in two"),
                Working(e[of] / whole * (1.0 - e[of] / whole), "s / s is 1"),
                Working(self.slope(a, of, by), "eᵢ / s is aᵢ"),
            )
        return (
            Working((0.0 * whole - e[of] * e[by]) / whole**2, "quotient rule; eⱼ does not depend on zᵢ, s does"),
            Working(-(e[of] / whole * (e[by] / whole)), "split the fraction in two"),
            Working(-(a[of] * a[by]), "eⱼ / s is aⱼ, and eᵢ / s is aᵢ"),
            Working(
                self.slope(a, of, by), "both cases in one form: a (1 − aᵢ) with its own z, a (0 − aᵢ) with another"
            ),
        )

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        row, work = scratch[0][:1], scratch[1]
        yield from fill_exponentials(z, a, work, row)
        yield np.copyto, a, row
        yield np.divide, work, a, a

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        row, work = scratch[0][:1], scratch[1]
        yield np.multiply, delta, a, work
        yield np.add.reduce, work, 0, None, row, True
        yield np.copyto, work, row
        yield np.subtract, delta, work, delta
        yield np.multiply, delta, a, delta


def fill_exponentials(z: Array, shifted: Array, exponentials: Array, row: Array) -> Calls:
    """Give the calls that fill arrays with z − max z and with e to that power, and a row with its sum by sample."""
    yield np.maximum.reduce, z, 0, None, row, True
    # A row is spread over a whole array first: NumPy allocates a buffer for arithmetic that broadcasts.
    yield np.copyto, exponentials, row
    yield np.subtract, z, exponentials, shifted
    yield np.exp, shifted, exponentials
    yield np.add.reduce, exponentials, 0, None, row, True
