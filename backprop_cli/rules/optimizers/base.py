"""What an optimizer is, with what all of them share: learning rate, penalty and clipping.

All arrays are slices of the flat parameter vector.  State lives outside: an optimizer names it by letters, and gets one
vector per letter.
"""

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
from pydantic import Field, model_validator

from backprop_cli.algebra.functions import Value, absolute, greater, maximum, minimum, sign, where
from backprop_cli.algebra.term import Term
from backprop_cli.rules.base import (
    RATE,
    STEP,
    Array,
    Calls,
    Letter,
    Measure,
    NonNegativeFloat,
    PositiveFloat,
    Rule,
    Strictly,
)

Work: TypeAlias = tuple[Array, Array]


class Penalty(Strictly):
    """Charge for large weights: λ₁‖w‖₁ + λ₂/2‖w‖² is part of the loss; biases and frozen weights are free.

    At w = 0 the slope of the first part is 0.
    """

    l1: Annotated[NonNegativeFloat, Letter("lambda1"), Field(description="λ₁, the price of |w|")] = 0.0
    l2: Annotated[NonNegativeFloat, Letter("lambda2"), Field(description="λ₂, the price of w²/2")] = 0.0

    def formula(self, w: Value) -> Value:
        """Give what one weight adds to the loss."""
        return self.l1 * absolute(w) + self.l2 / 2.0 * w**2

    def slope(self, w: Value) -> Value:
        """Give what one weight's penalty adds to its gradient."""
        return self.l1 * sign(w) + self.l2 * w

    def measure(self, theta: Array, mask: Array, work: Array) -> Measure:
        """Give the penalty of all parameters where mask is 1."""

        def run() -> float:
            np.multiply(theta, mask, out=work)
            squares = float(np.dot(work, work))
            np.abs(work, out=work)
            return self.l1 * float(np.add.reduce(work)) + self.l2 / 2.0 * squares

        return Measure((), (run,))

    def push(self, theta: Array, mask: Array, grad: Array, work: Array) -> Calls:
        """Give the calls of grad ← grad + slope of the penalty, where mask is 1."""
        yield np.multiply, theta, mask, work
        yield np.multiply, work, self.l2, work
        yield np.add, grad, work, grad
        yield np.multiply, theta, mask, work
        yield np.sign, work, work
        yield np.multiply, work, self.l1, work
        yield np.add, grad, work, grad


class Clip(Strictly):
    """Hold the gradient back: its length (`norm`) or each of its entries (`value`).

    A gradient longer than `norm` is scaled to that length; an entry outside ±`value` is put on the border.  Source: R.
    Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural networks" (2013).
    """

    norm: Annotated[PositiveFloat | None, Letter("c"), Field(description="largest length of the whole gradient")] = None
    value: Annotated[PositiveFloat | None, Letter("c"), Field(description="largest size of one entry")] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Clip":
        if (self.norm is None) == (self.value is None):
            raise ValueError("clip takes either norm or value; write {norm: 1.0} or {value: 0.5}")
        return self

    def formula(self, g: Value, length: Value) -> Value:
        """Give one entry of the clipped gradient, from the entry and the length of the whole."""
        if self.value is not None:
            return maximum(minimum(g, self.value), -self.value)
        assert self.norm is not None  # noqa: S101  it is one of both
        return where(greater(length, self.norm), g * (self.norm / length), g)

    def scale(self, length: float) -> float:
        """Give the factor for a gradient of this length under `norm`."""
        return self.norm / length if self.norm is not None and length > self.norm else 1.0

    def pull(self, grad: Array, applied: Array) -> Calls:
        """Give the calls of applied ← the clipped gradient."""
        if self.value is not None:
            yield np.maximum, grad, -self.value, applied
            yield np.minimum, applied, self.value, applied
        else:
            yield (lambda: np.multiply(grad, self.scale(_length(grad, applied)), out=applied),)


def _length(vector: Array, work: Array) -> float:
    """Give the length of a vector, also where the sum of its squares is beyond the dtype."""
    square = float(np.dot(vector, vector))
    if math.isfinite(square):
        return math.sqrt(square)
    np.abs(vector, out=work)
    largest = float(np.maximum.reduce(work))
    if not math.isfinite(largest):
        return largest
    np.divide(vector, largest, out=work)
    return largest * math.sqrt(float(np.dot(work, work)))


class Updated(NamedTuple):
    """What one update makes of a parameter and its state, in the order of the letters."""

    theta: Any
    state: tuple[Any, ...]


class Optimizer(Rule):
    """Turn a gradient into a change of the parameters."""

    learning_rate: Annotated[PositiveFloat, Field(description="step size η")] = 0.01
    penalty: Annotated[Penalty | None, Field(description="price of large weights, part of the loss")] = None
    clip: Annotated[Clip | None, Field(description="bound on the gradient, applied after the penalty")] = None

    # Whether each parameter has a learning rate of its own.
    adaptive: ClassVar[bool] = False

    @property
    def state(self) -> tuple[str, ...]:
        """Letters of what it remembers of each parameter; all start at 0."""
        return ()

    @property
    def corrected(self) -> tuple[str, ...]:
        """Names of the bias-corrected forms of its state."""
        return ()

    def remember(self, g: Value, state: Sequence[Value], rate: Value | float) -> tuple[Any, ...]:
        """Give the state after the step, in the order of the letters.

        Args:
            g: the gradient of a parameter, as applied.
            state: what is remembered of it so far.
            rate: the learning rate of this step.
        """
        return ()

    def correct(self, state: Sequence[Value], t: Term | int) -> tuple[Any, ...]:
        """Give the bias-corrected forms of a fresh state, in the order of their names; t is the step's number."""
        return ()

    @abstractmethod
    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        """Give the parameter after the step, from the fresh state and its corrected forms."""

    def own_rate(self, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float) -> Value | float:
        """Give the learning rate of one parameter; where it has none of its own, that of all."""
        return rate

    def formula(self, theta: Value, g: Value, state: Sequence[Value], rate: Value | float, t: Term | int) -> Updated:
        """Give a parameter and its state after one update.

        Args:
            theta: the parameter before.
            g: its gradient, as applied.
            state: what is remembered of it, in the order of the letters.
            rate: the learning rate of this step.
            t: the step's number, from 1.
        """
        fresh = self.remember(g, state, rate)
        return Updated(self.move(theta, g, fresh, self.correct(fresh, t), rate), fresh)

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        """Give the calls of change ← what is to be subtracted from theta, with the state updated in place.

        theta and g are read only.  Rules override this where speed asks for it, or where a parameter may become so much
        smaller in one step that its last digits are lost in the difference.
        """

        def run(rate: float, t: int) -> None:
            updated = self.formula(theta, g, [part.copy() for part in state], rate, t)
            change[...] = theta - updated.theta
            for part, fresh in zip(state, updated.state, strict=True):
                part[...] = fresh

        yield run, RATE, STEP
