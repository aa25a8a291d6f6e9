from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import RATE, Array, Calls, Fraction, Variant, member
from backprop_cli.rules.optimizers.base import Optimizer, Work


class Momentum(Optimizer):
    """Keep rolling: v ← βv + g, θ ← θ − ηv; or with `form: change`, Δ ← βΔ − ηg, θ ← θ + Δ.

    The two agree while the learning rate stays the same.  Sources: B. T. Polyak, "Some methods of speeding up the
    convergence of iteration methods" (1964); the change form as D. E. Rumelhart, G. E. Hinton and R. J. Williams (1986)
    write it.
    """

    name: Literal["momentum"] = "momentum"
    beta: Annotated[Fraction, Field(description="how much of the last step is kept")] = 0.9
    form: Annotated[
        Literal["velocity", "change"],
        Field(description="velocity: v ← βv + g, θ ← θ − ηv; change: Δ ← βΔ − ηg, θ ← θ + Δ"),
    ] = "velocity"
    formula_text = "v ← βv + g, θ ← θ − ηv"

    @property
    def state(self) -> tuple[str, ...]:
        return ("v",) if self.form == "velocity" else ("d",)

    def variants(self) -> tuple[Variant, ...]:
        other = "change" if self.form == "velocity" else "velocity"
        shared = {key: getattr(self, key) for key in ("learning_rate", "penalty", "clip", "beta")}
        return (
            Variant("momentum_form", f"momentum in its {other} form", self.model_copy(update={"form": other})),
            Variant("momentum_form", "momentum that looks ahead (Nesterov)", member(Optimizer, "nesterov")(**shared)),
        )

    def remember(self, g: Value, state: Sequence[Value], rate: Value | float) -> tuple[Any, ...]:
        (kept,) = state
        return (self.beta * kept + g if self.form == "velocity" else self.beta * kept - rate * g,)

    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        (kept,) = state
        return theta - rate * kept if self.form == "velocity" else theta + kept

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        (kept,) = state
        if self.form == "velocity":
            yield np.multiply, kept, self.beta, kept
            yield np.add, kept, g, kept
            yield np.multiply, kept, RATE, change
        else:
            yield np.multiply, g, RATE, change
            yield np.multiply, kept, self.beta, kept
            yield np.subtract, kept, change, kept
            yield np.negative, kept, change
