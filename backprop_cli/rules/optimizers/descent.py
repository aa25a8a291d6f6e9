"""Optimizers with one learning rate for all parameters."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import Array, Fraction, Variant
from backprop_cli.rules.optimizers.base import Optimizer, Update, Work


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

    def kernel(self, theta: Array, g: Array, new: Array, state: Sequence[Array], work: Work) -> Update:
        def run(rate: float, t: int) -> None:  # noqa: ARG001
            np.multiply(g, -rate, out=new)
            np.add(theta, new, out=new)

        return run


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

    def kernel(self, theta: Array, g: Array, new: Array, state: Sequence[Array], work: Work) -> Update:
        (kept,) = state

        def velocity(rate: float, t: int) -> None:  # noqa: ARG001
            np.multiply(kept, self.beta, out=kept)
            np.add(kept, g, out=kept)
            np.multiply(kept, -rate, out=new)
            np.add(theta, new, out=new)

        def change(rate: float, t: int) -> None:  # noqa: ARG001
            np.multiply(g, rate, out=new)
            np.multiply(kept, self.beta, out=kept)
            np.subtract(kept, new, out=kept)
            np.add(theta, kept, out=new)

        return velocity if self.form == "velocity" else change


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

    def kernel(self, theta: Array, g: Array, new: Array, state: Sequence[Array], work: Work) -> Update:
        (velocity,) = state

        def run(rate: float, t: int) -> None:  # noqa: ARG001
            np.multiply(velocity, self.beta, out=velocity)
            np.add(velocity, g, out=velocity)
            np.multiply(velocity, self.beta, out=new)
            np.add(new, g, out=new)
            np.multiply(new, -rate, out=new)
            np.add(theta, new, out=new)

        return run
