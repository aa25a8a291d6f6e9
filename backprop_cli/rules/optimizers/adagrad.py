from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import RATE, Array, Calls, PositiveFloat
from backprop_cli.rules.optimizers._adaptive import Adaptive
from backprop_cli.rules.optimizers.base import Work


class Adagrad(Adaptive):
    """Slow down where gradients were large: G ← G + g², θ ← θ − ηg/(√G + ε).

    Source: J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization" (2011).
    """

    name: Literal["adagrad"] = "adagrad"
    eps: Annotated[PositiveFloat, Field(description="ε, keeps the divisor from 0")] = 1e-10
    formula_text = "G ← G + g², θ ← θ − ηg/(√G + ε)"

    @property
    def state(self) -> tuple[str, ...]:
        return ("G",)

    def remember(self, g: Value, state: Sequence[Value], rate: Value | float) -> tuple[Any, ...]:
        return (state[0] + g**2,)

    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        return theta - rate * g / self.root(state[0], self.eps)

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        (size,), (divisor, _) = state, work
        yield np.multiply, g, g, change
        yield np.add, size, change, size
        yield from self.fill_root(size, self.eps, divisor)
        yield np.multiply, g, RATE, change
        yield np.divide, change, divisor, change
