from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import RATE, Array, Calls, Fraction
from backprop_cli.rules.optimizers._adaptive import Adaptive, fill_average
from backprop_cli.rules.optimizers.base import Work


class RmsProp(Adaptive):
    """Divide by a running size of the gradient: v ← ρv + (1 − ρ)g², θ ← θ − ηg/(√v + ε).

    Source: G. Hinton, N. Srivastava and K. Swersky, "Neural Networks for Machine Learning", lecture 6e (2012).
    """

    name: Literal["rmsprop"] = "rmsprop"
    rho: Annotated[Fraction, Field(description="how much of the running size is kept")] = 0.99
    formula_text = "v ← ρv + (1 − ρ)g², θ ← θ − ηg/(√v + ε)"

    @property
    def state(self) -> tuple[str, ...]:
        return ("v",)

    def remember(self, g: Value, state: Sequence[Value], rate: Value | float) -> tuple[Any, ...]:
        return (self.rho * state[0] + (1.0 - self.rho) * g**2,)

    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        return theta - rate * g / self.root(state[0], self.eps)

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        (size,), (divisor, _) = state, work
        yield from fill_average(size, self.rho, g, change, squared=True)
        yield from self.fill_root(size, self.eps, divisor)
        yield np.multiply, g, RATE, change
        yield np.divide, change, divisor, change
