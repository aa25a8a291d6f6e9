"""The epochs of a run as rows of numbers: in CSV, in JSON Lines, and back."""

import csv
import json
import math
from collections.abc import Iterable, Sequence
from io import StringIO

import numpy as np
from numpy.typing import NDArray

from backprop_cli.config.loader import Setup
from backprop_cli.config.measures import LOSS, TRAINING, VALIDATION
from backprop_cli.immutable import immutable
from backprop_cli.training.events import EpochDone, Values
from backprop_cli.training.plan import metrics_of

# Counted, not measured.
_WHOLE = ("epoch", "step", "samples")
_FIRST = (*_WHOLE, "learning_rate")


@immutable
class Columns:
    """What is known of each epoch.

    Attributes:
        metrics: names of the metrics, in the order of the config.
        has_validation: whether they are known of the validation samples, too.
    """

    metrics: tuple[str, ...]
    has_validation: bool

    @classmethod
    def of(cls, setup: Setup) -> "Columns":
        """Give the columns of a run."""
        return cls(tuple(metric.title for metric in metrics_of(setup)), setup.dataset.validation is not None)

    @property
    def names(self) -> tuple[str, ...]:
        """Name the columns: those of measures as `expect` calls them."""
        parts = (TRAINING, VALIDATION) if self.has_validation else (TRAINING,)
        return _FIRST + tuple(f"{part}.{name}" for part in parts for name in (LOSS, *self.metrics))

    def row(self, event: EpochDone) -> tuple[float, ...]:
        """Give the numbers of an epoch, in the order of the columns."""
        measured = [event.training, event.validation] if event.validation else [event.training]
        numbers = (number for values in measured for number in (values.loss, *values.metrics.values()))
        return (event.epoch, event.step, event.samples, event.rate, *numbers)

    def event(self, row: Sequence[float]) -> EpochDone:
        """Give the epoch of a row; the time that it took is not known."""
        width = 1 + len(self.metrics)
        numbers = [float(number) for number in row[len(_FIRST) :]]
        training = self._values(numbers[:width])
        validation = self._values(numbers[width:]) if self.has_validation else None
        epoch, step, samples = (int(number) for number in row[: len(_WHOLE)])
        return EpochDone(epoch, step, training, validation, float(row[len(_WHOLE)]), samples, 0.0)

    def _values(self, numbers: Sequence[float]) -> Values:
        loss, *metrics = numbers
        return Values(loss, dict(zip(self.metrics, metrics, strict=True)))

    def table(self, events: Sequence[EpochDone]) -> NDArray[np.float64]:
        """Give all epochs as an array, (epochs, columns)."""
        rows = np.array([self.row(event) for event in events], dtype=np.float64)
        return rows.reshape(len(events), len(self.names))

    def header(self) -> str:
        """Give the first line of a CSV file."""
        return _line(self.names)

    def csv(self, event: EpochDone) -> str:
        """Give the line of an epoch in a CSV file."""
        return _line([repr(number) for number in self.row(event)])

    def json(self, event: EpochDone) -> str:
        """Give the line of an epoch in a file of JSON Lines; what is not finite is null."""
        numbers = (number if math.isfinite(number) else None for number in self.row(event))
        return json.dumps(dict(zip(self.names, numbers, strict=True))) + "\n"


def _line(cells: Iterable[str]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
