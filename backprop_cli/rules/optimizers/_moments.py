"""Optimizers with two moments of the gradient: its average, and that of its square."""

import math
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.algebra.term import Term
from backprop_cli.rules.base import RATE, STEP, Array, Calls, Fraction, PositiveFloat
from backprop_cli.rules.optimizers._adaptive import Adaptive, fill_average
from backprop_cli.rules.optimizers.base import Work


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
        yield from fill_average(average, self.beta1, g, change, squared=False)
        yield from fill_average(size, self.beta2, g, change, squared=True)
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
