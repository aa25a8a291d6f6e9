"""Optimizers with one learning rate for all parameters."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import RATE, Array, Calls, Fraction, Variant
from backprop_cli.rules.optimizers.base import Optimizer, Work


class Sgd(Optimizer):
    """Step against the gradient: θ ← θ − ηg.

    Source: H. Robbins and S. Monro, "A Stochastic Approximation Method" (1951).
    """

    name: Literal["sgd"] = "sgd"
    formula_text = "θ ← θ − ηg"

    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        return theta - rate * g

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        yield np.multiply, g, RATE, change


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
            Variant("momentum_form", "momentum that looks ahead (Nesterov)", Nesterov(**shared)),
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
        return (Variant("momentum_form", "momentum that does not look ahead", Momentum(**shared)),)

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
