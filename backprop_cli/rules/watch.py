"""Watching a number from epoch to epoch: which value is better, and for how long none has been."""

import math
from typing import Annotated, Literal

from pydantic import Field

from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Count, NonNegativeFloat, Strictly


class Watch(Strictly):
    """Say which number is watched, and which way is better."""

    metric: Annotated[
        str | None,
        Field(
            description="what is watched: the loss or a metric of a part, as validation.accuracy; by default "
            "validation.loss, or training.loss where no samples are kept for validation; the training part is measured "
            "anew after each epoch"
        ),
    ] = None
    mode: Annotated[
        Literal["auto", "min", "max"],
        Field(description="whether smaller or larger is better; auto: as suits the metric"),
    ] = "auto"

    def is_rising(self, natural: bool) -> bool:
        """Say whether larger is better.

        Args:
            natural: whether it is by the nature of what is watched.
        """
        return natural if self.mode == "auto" else self.mode == "max"


class Waiting(Watch):
    """Wait for a number to become better, for some epochs."""

    patience: Annotated[Count, Field(description="epochs in a row without an improvement")] = 10
    min_delta: Annotated[NonNegativeFloat, Field(description="a smaller improvement is none")] = 0.0


@immutable
class Best:
    """The best value so far, and the epoch that it was measured after."""

    value: float
    epoch: int


def best_of(best: Best | None, value: float, epoch: int, *, rising: bool) -> Best | None:
    """Give the better of the best so far and a new value; of equals the earlier, and never what is no number."""
    improved = not math.isnan(value) if best is None else _gain(best.value, value, rising=rising) > 0
    return Best(value, epoch) if improved else best


@immutable
class Patience:
    """How long a number has not become better.

    Attributes:
        reference: the last value that was an improvement; None before there is one.
        waited: epochs since then.
    """

    reference: float | None = None
    waited: int = 0

    def after(self, value: float, *, rising: bool, min_delta: float) -> "Patience":
        """Take the value of one more epoch into account."""
        if self.reference is None:
            improved = not math.isnan(value)
        else:
            improved = _gain(self.reference, value, rising=rising) > min_delta
        return Patience(value) if improved else Patience(self.reference, self.waited + 1)


def _gain(old: float, new: float, *, rising: bool) -> float:
    """Say by how much a new value is better; nan where one is no number."""
    return new - old if rising else old - new
