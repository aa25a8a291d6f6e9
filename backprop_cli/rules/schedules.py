"""Learning-rate schedules: what a config may write as `schedule:`.

A schedule counts completed epochs (or steps, with `per: step`), so the first epoch has t = 0.
"""

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field, SerializerFunctionWrapHandler, ValidationInfo, field_serializer, field_validator

from backprop_cli.algebra.functions import Value, cos, floor, greater, maximum, minimum, where
from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.term import Term
from backprop_cli.rules.base import Count, Letter, NonNegativeFloat, PositiveFloat, Rule, choice
from backprop_cli.rules.picture import Picture
from backprop_cli.rules.watch import Waiting

# The run that is drawn, and the plateaus.
_DRAWN, _PLATEAUS = 100, 10


class Schedule(Rule):
    """Say how the learning rate changes while training goes on."""

    per: Annotated[Literal["epoch", "step"], Field(description="what t counts")] = "epoch"
    # Whether the rate ever changes.
    moves: ClassVar[bool] = True

    @abstractmethod
    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        """Give the learning rate.

        Args:
            rate: the optimizer's learning rate η₀.
            t: completed epochs or steps.
            length: how many epochs or steps the whole run has.
        """

    def picture(self) -> Picture:
        return Picture.of(
            f"η as a part of η₀ over t, in a run of {_DRAWN}: {self.title}",
            "t",
            tuple(map(float, range(_DRAWN + 1))),
            {"η/η₀": lambda t: self.formula(1.0, t, _DRAWN)},
        )


def _power(base: Any, exponent: Any) -> Any:
    """Give the power, infinite where Python's own would raise: a rate may grow, or be asked for before its start."""
    if isinstance(base, Term) or not isinstance(exponent, float):
        return base**exponent
    return OPERATORS["pow"].on_floats(base, exponent)


class Constant(Schedule):
    """Keep the learning rate: η = η₀.

    Source: plain gradient descent.
    """

    name: Literal["constant"] = "constant"
    formula_text = "η = η₀"
    moves = False

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        return t * 0.0 + rate


class Step(Schedule):
    """Drop in steps: η = η₀ · factor^⌊t / every⌋.

    Source: as in PyTorch's StepLR.
    """

    name: Literal["step"] = "step"
    every: Annotated[Count, Field(description="epochs or steps between two drops")]
    factor: Annotated[PositiveFloat, Field(description="what each drop multiplies by")] = 0.1
    formula_text = "η = η₀ · factor^⌊t / every⌋"
    example: ClassVar[Mapping[str, Any]] = {"every": 25, "factor": 0.5}

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        return rate * _power(self.factor, floor(t / self.every))  # type: ignore[no-any-return]


class Exponential(Schedule):
    """Shrink at every turn: η = η₀ · factorᵗ.

    Source: as in PyTorch's ExponentialLR.
    """

    name: Literal["exponential"] = "exponential"
    factor: Annotated[PositiveFloat, Field(description="what each epoch or step multiplies by")]
    formula_text = "η = η₀ · factorᵗ"
    example: ClassVar[Mapping[str, Any]] = {"factor": 0.97}

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        return rate * _power(self.factor, t)  # type: ignore[no-any-return]


class Cosine(Schedule):
    """Glide down half a cosine: η = η₁ + ½(η₀ − η₁)(1 + cos(π t/T)), with η₁ the `final` rate and T the `length`.

    Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017).
    """

    name: Literal["cosine"] = "cosine"
    pi: ClassVar[float] = math.pi
    constants: ClassVar[Mapping[str, str]] = {"pi": "pi"}
    final: Annotated[NonNegativeFloat, Letter("eta1"), Field(description="the rate at the end, η₁")] = 0.0
    length: Annotated[
        Count | None, Field(description="epochs or steps down to the end, T; the whole run if left out")
    ] = None
    formula_text = "η = η₁ + ½(η₀ − η₁)(1 + cos(π t/T))"

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        whole = self.length or length
        turn = minimum(t, float(whole)) / whole
        return self.final + 0.5 * (rate - self.final) * (1.0 + cos(self.pi * turn))


if TYPE_CHECKING:
    Simple: TypeAlias = Schedule
else:
    Simple: Any = choice(Schedule)


class LinearWarmup(Schedule):
    """Start gently: η = η₀ (t + 1)/length at first, then what `then` says, counted from the end of the warm-up.

    Source: P. Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour" (2017), section 2.2.
    """

    name: Literal["linear_warmup"] = "linear_warmup"
    length: Annotated[Count, Field(description="epochs or steps until the full rate is reached")]
    then: Annotated[Simple, Field(description="the schedule that follows", validate_default=True)] = Constant()
    formula_text = "η = η₀ (t + 1)/length while t < length"
    example: ClassVar[Mapping[str, Any]] = {"length": 20, "then": Cosine()}

    @field_validator("then")
    @classmethod
    def _one_unit(cls, then: Schedule, info: ValidationInfo) -> Schedule:
        """Let what follows count as the warm-up does."""
        per = info.data.get("per", then.per)
        if "per" in then.model_fields_set and then.per != per:
            raise ValueError(f"then counts per {then.per}, the warm-up per {per}; write the same for both")
        return then.model_copy(update={"per": per})

    @field_serializer("then", mode="wrap")
    def _without_unit(self, then: Schedule, serialize: SerializerFunctionWrapHandler) -> Any:
        """Leave the unit to the warm-up, so that what is written is read again."""
        return {key: value for key, value in serialize(then).items() if key != "per"}

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        rest = max(1, length - self.length)
        climbing = rate * (t + 1.0) / self.length
        return where(greater(self.length - t, 0.0), climbing, self.then.formula(rate, t - self.length, rest))


class Plateau(Waiting, Schedule):
    """Shrink where training gets no better: η = max(η₀ · factorᵗ, η₁), with η₁ the `min_rate`.

    Here t counts the plateaus so far.  A plateau is `patience` epochs in a row without an improvement of what is
    watched; after it, the count of epochs starts again.

    Source: as in PyTorch's ReduceLROnPlateau, which waits for one epoch more.
    """

    name: Literal["plateau"] = "plateau"
    factor: Annotated[float, Field(gt=0, lt=1, description="what each plateau multiplies by")] = 0.5
    patience: Annotated[Count, Field(description="epochs in a row without an improvement")] = 5
    min_rate: Annotated[NonNegativeFloat, Letter("eta1"), Field(description="the lowest rate, η₁")] = 0.0
    per: Annotated[Literal["epoch"], Field(description="how often there is a look")] = "epoch"
    formula_text = "η = max(η₀ · factorᵗ, η₁), t plateaus so far"

    def picture(self) -> Picture:
        return Picture.of(
            f"η as a part of η₀ over t, the plateaus so far: {self.title}",
            "t",
            tuple(map(float, range(_PLATEAUS + 1))),
            {"η/η₀": lambda t: self.formula(1.0, t, _PLATEAUS)},
        )

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        return maximum(rate * _power(self.factor, t), self.min_rate)  # type: ignore[no-any-return]


if TYPE_CHECKING:
    AnySchedule: TypeAlias = Schedule
else:
    AnySchedule: Any = choice(Schedule)
