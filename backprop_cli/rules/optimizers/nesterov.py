from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import RATE, Array, Calls, Fraction, Variant, member
from backprop_cli.rules.optimizers.base import Optimizer, Work


class Nesterov(Optimizer):
    """Look ahead along the velocity: v ← βv + g, θ ← θ − η(g + βv).

    Source: I. Sutskever, J. Martens, G. Dahl and G. Hinton, "On the importance of initialization and momentum in deep
    learning" (2013), in the form that PyTorch uses.
    """

    name: Literal["nesterov"] = "nesterov"
    beta: Annotated[Fraction, Field(description="how much of the last step is kept")] = 0.9
    formula_text = "v ← βv + g, θ ← θ − η(g + βv)"

    @property
    def state(self) -> tuple[str, ...]:
        return ("v",)

    def variants(self) -> tuple[Variant, ...]:
        shared = {key: getattr(self, key) for key in ("learning_rate", "penalty", "clip", "beta")}
        return (Variant("momentum_form", "momentum that does not look ahead", member(Optimizer, "momentum")(**shared)),)

    def remember(self, g: Value, state: Sequence[Value], rate: Value | float) -> tuple[Any, ...]:
        return (self.beta * state[0] + g,)

    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        return theta - rate * (g + self.beta * state[0])

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        (velocity,) = state
        yield np.multiply, velocity, self.beta, velocity
        yield np.add, velocity, g, velocity
        yield np.multiply, velocity, self.beta, change
        yield np.add, change, g, change
        yield np.multiply, change, RATE, change
