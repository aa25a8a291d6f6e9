"""Samples: what a network is trained on and judged by."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.batches import Rows
from backprop_cli.data.matrix import Matrix, picked, windows
from backprop_cli.immutable import immutable


@immutable
class Samples:
    """Samples in the order of their source.

    Attributes:
        inputs: (samples, inputs), of any numeric type; pixels stay bytes until they are prepared.
        targets: (samples, outputs), or None when there are none.
        rows: the 0-based row of the data of each sample; None where the samples are all rows in their order.
        input_names: the columns that the inputs came from, one-hot columns as `column=text`.
        classes: the classes that the target columns stand for, in order; empty when the targets are numbers.
        weights: what each sample's loss counts, (samples,); None where all count the same.
    """

    inputs: Matrix
    targets: Matrix | None
    rows: Rows | None = None
    input_names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    weights: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def numbers(self) -> Rows:
        """The 1-based row of the data of each sample, as an array as long as the data."""
        return self.numbered(np.arange(len(self)))

    def numbered(self, chosen: Rows) -> Rows:
        """Give the 1-based rows of the data that some of the samples, by their 0-based places, come from."""
        return (chosen if self.rows is None else self.rows[chosen]) + 1

    @property
    def last(self) -> int:
        """The 1-based row of the data of the last sample."""
        return int(self.numbered(np.array([len(self) - 1]))[0])

    def pick(self, chosen: Rows) -> "Samples":
        """Give some of the samples, by their 0-based places."""
        targets = None if self.targets is None else picked(self.targets, chosen)
        rows = chosen if self.rows is None else self.rows[chosen]
        weights = None if self.weights is None else self.weights[chosen]
        return replace(self, inputs=picked(self.inputs, chosen), targets=targets, rows=rows, weights=weights)

    def with_inputs(self, inputs: Matrix) -> "Samples":
        """Give the same samples with other inputs."""
        return replace(self, inputs=inputs)

    def weighed(self, factors: NDArray[np.float64]) -> "Samples":
        """Give the same samples, each counting so many times what it counted."""
        return replace(self, weights=factors if self.weights is None else self.weights * factors)

    def complete(self) -> "Samples":
        """Give the samples in which nothing is missing, that is nan."""
        gaps = _gaps(self.inputs)
        if self.targets is not None:
            gaps |= _gaps(self.targets)
        if self.weights is not None:
            gaps |= np.isnan(self.weights)
        return self.pick(np.flatnonzero(~gaps)) if gaps.any() else self


def _gaps(values: Matrix) -> NDArray[np.bool_]:
    """Say of each row whether anything in it is missing."""
    found = np.zeros(len(values), dtype=np.bool_)
    if values.dtype.kind == "f":
        for start, window in windows(values):
            np.isnan(window).any(axis=1, out=found[start : start + len(window)])
    return found
