"""Metrics: numbers about predictions that are reported and not trained on.

A metric is counted batch by batch: each batch gives a tally, tallies are joined, and the last one gives the value.
Arrays have one row per output and one column per sample.
"""

from abc import abstractmethod
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.rules.base import Array, Rule

Tally: TypeAlias = NDArray[np.float64]


class Metric(Rule):
    """Judge predictions in a number that people understand."""

    # Whether a larger value is better.
    higher_is_better: ClassVar[bool] = False

    @abstractmethod
    def tally(self, y: Array, yhat: Array) -> Tally:
        """Count one batch."""

    def join(self, one: Tally, other: Tally) -> Tally:
        """Join the tallies of two batches; sums, unless a metric says otherwise."""
        return one + other

    @abstractmethod
    def value(self, tally: Tally) -> float:
        """Give the metric of all that was counted."""

    def misfit(self, outputs: int) -> str:
        """Say why it cannot be counted for so many outputs; '' where it can."""
        return ""
