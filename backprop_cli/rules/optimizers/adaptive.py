"""Optimizers that give each parameter a learning rate of its own."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value, sqrt
from backprop_cli.algebra.term import Term
from backprop_cli.rules.base import RATE, STEP, Array, Calls, Fraction, Letter, NonNegativeFloat, PositiveFloat, Variant
from backprop_cli.rules.optimizers.base import Optimizer, Work


class Adaptive(Optimizer):
    """An optimizer that divides by the root of a running size of the gradient, kept from 0 by ε."""

    adaptive: ClassVar[bool] = True
    eps: Annotated[PositiveFloat, Field(description="ε, keeps the divisor from 0")] = 1e-8
    eps_inside_root: Annotated[
        bool, Field(description="true: divide by √(v + ε), as some authors write it; false: by √v + ε")
    ] = False

    def variants(self) -> tuple[Variant, ...]:
        where = "outside" if self.eps_inside_root else "inside"
        other = self.model_copy(update={"eps_inside_root": not self.eps_inside_root})
        return (Variant("eps_form", f"ε {where} the root", other),)

    def root(self, size: Value, eps: float) -> Value:
        """Give the divisor: √size + ε, or √(size + ε)."""
        return sqrt(size + eps) if self.eps_inside_root else sqrt(size) + eps

    def own_rate(self, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float) -> Value | float:
        """Give η/(√v + ε), with the last state, corrected where it can be."""
        return rate / self.root((corrected or state)[-1], self.eps)

    def fill_root(self, size: Array, eps: float | Array, out: Array) -> Calls:
        """Fill out with the divisor."""
        if self.eps_inside_root:
            yield np.add, size, eps, out
            yield np.sqrt, out, out
        else:
            yield np.sqrt, size, out
            yield np.add, out, eps, out


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
        yield from _fill_average(size, self.rho, g, change, squared=True)
        yield from self.fill_root(size, self.eps, divisor)
        yield np.multiply, g, RATE, change
        yield np.divide, change, divisor, change


def _fill_average(kept: Array, share: float, g: Array, work: Array, *, squared: bool) -> Calls:
    """Move a running average towards g, or towards g²."""
    yield np.multiply, g, 1.0 - share, work
    if squared:
        yield np.multiply, work, g, work
    yield np.multiply, kept, share, kept
    yield np.add, kept, work, kept


class Moments(Adaptive):
    """What Adam and AdamW share: running averages of the gradient and of its square, corrected for their start at 0."""

    learning_rate: Annotated[PositiveFloat, Field(description="step size η")] = 0.001
    beta1: Annotated[Fraction, Field(description="how much of the average gradient m is kept")] = 0.9
    beta2: Annotated[Fraction, Field(description="how much of the average square v is kept")] = 0.999

    @property
    def state(self) -> tuple[str, ...]:
        return ("m", "v")

    @property
    def corrected(self) -> tuple[str, ...]:
        return ("mhat", "vhat")

    def remember(self, g: Value, state: Sequence[Value], rate: Value | float) -> tuple[Any, ...]:
        average, size = state
        return (
            self.beta1 * average + (1.0 - self.beta1) * g,
            self.beta2 * size + (1.0 - self.beta2) * g**2,
        )

    def correct(self, state: Sequence[Any], t: Term | int) -> tuple[Any, ...]:
        average, size = state
        return average / (1.0 - self.beta1**t), size / (1.0 - self.beta2**t)

    def moved(self, theta: Value, corrected: Sequence[Value], rate: Value | float) -> Value:
        """Give Adam's update of a parameter."""
        average_hat, size_hat = corrected
        return theta - rate * average_hat / self.root(size_hat, self.eps)

    def fill_change(self, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        """Give the calls that fill change with η m̂/(√v̂ + ε) and update the state."""
        (average, size), (divisor, _) = state, work
        eps, factor = np.empty((), g.dtype), np.empty((), g.dtype)
        yield from _fill_average(average, self.beta1, g, change, squared=False)
        yield from _fill_average(size, self.beta2, g, change, squared=True)
        yield self._correct, RATE, STEP, eps, factor
        yield from self.fill_root(size, eps, divisor)
        yield np.divide, average, divisor, change
        yield np.multiply, change, factor, change

    def _correct(self, rate: float, t: int, eps: Array, factor: Array) -> None:
        """Put the corrections of a step into two numbers, so that no array is corrected.

        With c = √(1 − β₂ᵗ), √v̂ + ε is (√v + cε)/c and √(v̂ + ε) is √(v + c²ε)/c.
        """
        correction = math.sqrt(1.0 - self.beta2**t)
        eps.fill(self.eps * (correction**2 if self.eps_inside_root else correction))
        factor.fill(rate * correction / (1.0 - self.beta1**t))


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


class AdamW(Moments):
    """Let weights decay beside Adam's step: θ ← θ(1 − ηλ) − η m̂/(√v̂ + ε), with λ the `weight_decay`.

    As in PyTorch, every trainable parameter decays, biases too.  Source: I. Loshchilov and F. Hutter, "Decoupled Weight
    Decay Regularization" (2019).
    """

    name: Literal["adamw"] = "adamw"
    weight_decay: Annotated[
        NonNegativeFloat, Letter("lambda"), Field(description="λ, the share that decays per unit of rate")
    ] = 0.01
    formula_text = "as adam, with θ ← θ(1 − ηλ) − η m̂/(√v̂ + ε)"

    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        return self.moved(theta * (1.0 - rate * self.weight_decay), corrected, rate)

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        decayed, share = work[1], np.empty((), g.dtype)
        yield from self.fill_change(g, change, state, work)
        yield lambda rate: share.fill(rate * self.weight_decay), RATE
        yield np.multiply, theta, share, decayed
        yield np.add, change, decayed, change
