"""Rows of numbers, which are in memory, or of which only some are at a time."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.batches import Rows

# What is looked at together where all rows are wanted, as float64: large for the work on it, small beside the rest.
PORTION_BYTES = 16 * 2**20
_EIGHT = 8


class Stored(ABC):
    """Rows that are read when they are asked for, and not kept.

    Attributes:
        shape: rows and columns.
        dtype: of the items that are given.
        most: rows that are to be asked for at a time.
    """

    def __init__(self, shape: tuple[int, int], dtype: np.dtype[Any], most: int) -> None:
        self.shape = shape
        self.dtype = dtype
        self.most = most

    def __len__(self) -> int:
        return self.shape[0]

    @abstractmethod
    def __getitem__(self, rows: slice | Rows) -> NDArray[Any]:
        """Read rows, in the order in which they are named.

        Raises:
            DataError: they cannot be read any more.
        """


Matrix: TypeAlias = NDArray[Any] | Stored


class Picked(Stored):
    """Some rows of others."""

    def __init__(self, base: Stored, rows: Rows) -> None:
        super().__init__((len(rows), base.shape[1]), base.dtype, base.most)
        self._base, self._rows = base, rows

    def __getitem__(self, rows: slice | Rows) -> NDArray[Any]:
        return self._base[self._rows[rows]]


class Mapped(Stored):
    """What becomes of other rows, each by itself."""

    def __init__(
        self, base: Matrix, change: Callable[[NDArray[Any]], NDArray[Any]], width: int, dtype: np.dtype[Any], most: int
    ) -> None:
        super().__init__((len(base), width), dtype, min(most, rows_in(PORTION_BYTES, width)))
        self._base, self._change = base, change

    def __getitem__(self, rows: slice | Rows) -> NDArray[Any]:
        return self._change(self._base[rows])


def mapped(rows: Matrix, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Matrix:
    """Give what becomes of rows: at once, or of those that are in no memory when they are read."""
    if isinstance(rows, Stored):
        like = change(np.zeros((1, rows.shape[1]), rows.dtype))
        return Mapped(rows, change, like.shape[1], like.dtype, rows.most)
    return change(rows)


def picked(rows: Matrix, chosen: Rows) -> Matrix:
    """Give some of the rows, by their 0-based numbers."""
    return Picked(rows, chosen) if isinstance(rows, Stored) else np.asarray(rows[chosen])


def at_a_time(rows: Matrix) -> int:
    """Say how many rows may be looked at together."""
    return rows.most if isinstance(rows, Stored) else rows_in(PORTION_BYTES, int(rows.shape[1]))


def rows_in(room: int, width: int) -> int:
    """Say how many rows of float64 a number of bytes has room for, at least one."""
    return max(1, room // (_EIGHT * max(1, width)))


def windows(rows: Matrix) -> Iterator[tuple[int, NDArray[Any]]]:
    """Go through all rows, some at a time: the 0-based number of the first of them, and they themselves."""
    count = at_a_time(rows)
    for start in range(0, len(rows), count):
        yield start, rows[start : start + count]
