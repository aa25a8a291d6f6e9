"""Metrics: numbers about predictions that are reported and not trained on.

A metric is counted batch by batch: each batch gives a tally, tallies are joined, and the last one gives the value.
Arrays have one row per output and one column per sample.

With several outputs, the class of a sample is the largest of them, or the first of several that are equal.  With one
output the classes are no and yes, and yes lies above a threshold.
"""

from abc import abstractmethod
from typing import Annotated, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

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


class OfClasses(Metric):
    """A metric of targets that are classes."""

    threshold: Annotated[float, Field(description="border between no and yes where there is one output")] = 0.5
    higher_is_better = True

    def classes_of(self, values: Array) -> NDArray[np.intp]:
        """Give the number of each sample's class, from 0."""
        found: NDArray[np.intp] = values.argmax(axis=0)
        return found if len(values) > 1 else (values[0] > self.threshold).astype(np.intp)

    def confusion(self, y: Array, yhat: Array) -> NDArray[np.int64]:
        """Count samples by their class and by the class that is predicted, (classes, classes)."""
        classes = count_classes(len(y))
        cells = self.classes_of(y) * classes + self.classes_of(yhat)
        return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def count_classes(outputs: int) -> int:
    """Give how many classes there are: no and yes with one output, else one for each."""
    return max(2, outputs)
