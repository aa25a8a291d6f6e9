from collections.abc import Sequence
from typing import Literal

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import Array, Calls
from backprop_cli.rules.optimizers._moments import Moments
from backprop_cli.rules.optimizers.base import Work


class Adam(Moments):
    """Average the gradient and its square: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − η m̂/(√v̂ + ε).

    m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) make up for the start at 0.  Source: D. P. Kingma and J. Ba, "Adam: A Method for
    Stochastic Optimization" (2015).
    """

    name: Literal["adam"] = "adam"
    formula_text = "m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − η m̂/(√v̂ + ε)"

    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        return self.moved(theta, corrected, rate)

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        yield from self.fill_change(g, change, state, work)
