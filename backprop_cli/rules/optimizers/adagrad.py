from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import Array, Calls, PositiveFloat
from backprop_cli.rules.optimizers._adaptive import Sized


class Adagrad(Sized):
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

    def fill_size(self, size: Array, g: Array, work: Array) -> Calls:
        yield np.multiply, g, g, work
        yield np.add, size, work, size
