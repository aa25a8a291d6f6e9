"""What is learned of columns, some rows at a time: extremes, means and variances."""

from collections.abc import Iterator
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.matrix import Matrix
from backprop_cli.immutable import immutable

Vector: TypeAlias = NDArray[np.float64]
# Rows whose moments are taken at once.  Always the same, however many are read at a time: sums of other blocks would
# differ in their last digits, and a file that is read in windows is to be prepared as one that is read whole.
_BLOCK = 1024


@immutable
class Moments:
    """Extremes, mean and variance of each column, (columns,), over a number of rows."""

    count: int
    low: Vector
    high: Vector
    mean: Vector
    variance: Vector

    @classmethod
    def of(cls, rows: NDArray[Any]) -> "Moments":
        """Take those of rows that are at hand."""
        low, high = (extreme.astype(np.float64) for extreme in (rows.min(axis=0), rows.max(axis=0)))
        return cls(len(rows), low, high, rows.mean(axis=0, dtype=np.float64), rows.var(axis=0, dtype=np.float64))

    @property
    def varies(self) -> NDArray[np.bool_]:
        """Whether the values of a column differ; the variance of equal ones is not always 0, since it is rounded."""
        return self.high > self.low

    def join(self, other: "Moments") -> "Moments":
        """Take other rows in, too.

        As in T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing
        Sample Variances" (1979): no sum grows with the square of the values, so nothing is cancelled.
        """
        count = self.count + other.count
        part = other.count / count
        apart = other.mean - self.mean
        variance = (1 - part) * self.variance + part * other.variance + part * (1 - part) * np.square(apart)
        low, high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        return Moments(count, low, high, self.mean + part * apart, variance)


def moments_of(rows: Matrix) -> Moments:
    """Go through all rows, of which there is at least one."""
    return reduce(Moments.join, map(Moments.of, _blocks(rows)))


def means_of(rows: Matrix) -> tuple[NDArray[np.int64], Vector]:
    """Count the values of each column that are not nan, and give their mean; 0 where there are none."""
    counts, means = np.zeros(rows.shape[1], dtype=np.int64), np.zeros(rows.shape[1])
    for window in _blocks(rows):
        missing = np.isnan(window)
        fresh = len(window) - missing.sum(axis=0)
        counts += fresh
        sums = np.where(missing, 0.0, window).sum(axis=0, dtype=np.float64)
        means += (sums - fresh * means) / np.maximum(1, counts)
    return counts, means


def _blocks(rows: Matrix) -> Iterator[NDArray[Any]]:
    # In one order, since NumPy adds up as memory lies.
    return (np.ascontiguousarray(rows[at : at + _BLOCK]) for at in range(0, len(rows), _BLOCK))
