"""Arrays in files that are too large to be read whole: rows are read where they stand."""

import os
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.batches import Rows
from backprop_cli.data.declared import Declared
from backprop_cli.data.matrix import PORTION_BYTES, Stored, rows_in
from backprop_cli.errors import DataError, Problem

# To skip this many bytes takes as long as to read them.
_WORTH_SKIPPING = 4096
# One sitting of reading rows that lie close together, at most.
_LONGEST_SPAN = 2**20


class ArrayFile:
    """Rows of an array, one after the other in a file.

    The file is open as long as there is anything that reads from it; it is never mapped into memory, where what was
    read of it would count as the program's own.
    """

    def __init__(self, name: str, declared: Declared, start: int) -> None:
        """Open the file.

        Args:
            name: of the file, as the user named it.
            declared: the array, checked against the size of the file.
            start: bytes before the array.
        """
        self.name = name
        self.rows = declared.shape[0]
        self.columns = declared.count // self.rows
        # Truth values are bytes of 0 and 1.
        self.stored = np.dtype(np.uint8) if declared.dtype.kind == "b" else declared.dtype
        self._width = self.columns * self.stored.itemsize
        self._start = start
        self._file = Path(name).open("rb", buffering=0)  # noqa: SIM115  closed by the next line
        weakref.finalize(self, self._file.close)
        self._known = self._state()
        # What was read last: inputs and targets of the same rows are asked for one after the other.
        self._last: tuple[slice | Rows, NDArray[Any]] | None = None

    def read(self, rows: slice | Rows) -> NDArray[Any]:
        """Read rows, in the order in which they are named; (rows, columns), not to be written to.

        Raises:
            DataError: the file has changed, or cannot be read any more.
        """
        if self._last is None or not _are_same(self._last[0], rows):
            # Not to hold two portions at a time.
            self._last = None
            self._last = rows, self._items(self._bytes(rows))
        return self._last[1]

    def _items(self, raw: NDArray[np.uint8]) -> NDArray[Any]:
        """Turn bytes into items in the byte order of the machine."""
        found = raw.reshape(-1).view(self.stored).reshape(-1, self.columns)
        found = found.astype(self.stored.newbyteorder("="), copy=False)
        found.flags.writeable = False
        return found

    def _bytes(self, rows: slice | Rows) -> NDArray[np.uint8]:
        """Read the bytes of rows, in their order."""
        try:
            if isinstance(rows, slice):
                start, stop, _ = rows.indices(self.rows)
                raw = np.empty((max(0, stop - start), self._width), np.uint8)
                self._fill(start, raw.reshape(-1).data)
            else:
                raw = self._gathered(rows)
            if self._state() != self._known:
                raise self._changed()
        except OSError as error:
            message = f"this file cannot be read any more: {error.strerror or error}"
            raise DataError([Problem(message, where=self.name)]) from error
        return raw

    def _gathered(self, rows: Rows) -> NDArray[np.uint8]:
        """Read rows in the order of the file, those that lie close together at once; put them in the order wanted."""
        order = np.argsort(rows, kind="stable")
        ranked, raw = rows[order], np.empty((len(rows), self._width), np.uint8)
        view, width = raw.reshape(-1).data, self._width
        for first, last, low, count in _spans(ranked, width):
            if count == last - first:
                self._fill(low, view[first * width : last * width])
            else:
                span = np.empty((count, width), np.uint8)
                self._fill(low, span.reshape(-1).data)
                raw[first:last] = span[ranked[first:last] - low]
        if np.array_equal(ranked, rows):
            return raw
        wanted = np.empty_like(raw)
        wanted[order] = raw
        return wanted

    def _fill(self, row: int, room: memoryview) -> None:
        """Read as many rows as there is room for, from one on."""
        self._file.seek(self._start + row * self._width)
        while room:
            count = self._file.readinto(room)
            if not count:
                raise self._changed()
            room = room[count:]

    def _state(self) -> tuple[int, int]:
        """Give what changes when somebody writes to the file."""
        found = os.fstat(self._file.fileno())
        return found.st_size, found.st_mtime_ns

    def _changed(self) -> DataError:
        (before, _), (size, _) = self._known, self._state()
        what = f"it had {before:,} bytes, and has {size:,}" if size != before else "it was written to"
        todo = "leave it alone while it is in use, and start again"
        return DataError([Problem(f"this file has changed since it was opened ({what}); {todo}", where=self.name)])


class FileColumns(Stored):
    """Columns of an array in a file."""

    def __init__(self, file: ArrayFile, most: int, places: Sequence[int] | None = None) -> None:
        """Choose columns.

        Args:
            file: that they are in.
            most: rows that are to be read at a time.
            places: 0-based numbers of the columns, in their order; by default all.
        """
        width = file.columns if places is None else len(places)
        super().__init__((file.rows, width), file.stored.newbyteorder("="), most)
        self._file, self._places = file, places

    @classmethod
    def of(cls, file: ArrayFile, window: float) -> "FileColumns":
        """Take all columns, and no more rows at a time than a number of bytes has room for, as float64."""
        # The columns that are not chosen are read, too, so all of them count.
        return cls(file, rows_in(min(int(window), PORTION_BYTES), file.columns))

    def columns(self, places: Sequence[int]) -> "FileColumns":
        """Choose some of the columns of all."""
        return FileColumns(self._file, self.most, places)

    def __getitem__(self, rows: slice | Rows) -> NDArray[Any]:
        found = self._file.read(rows)
        return found if self._places is None else found[:, self._places]


def _are_same(one: slice | Rows, other: slice | Rows) -> bool:
    if isinstance(one, slice) or isinstance(other, slice):
        return isinstance(one, slice) and isinstance(other, slice) and one == other
    return np.array_equal(one, other)


def _spans(ranked: Rows, width: int) -> Iterator[tuple[int, int, int, int]]:
    """Divide ascending rows into runs that are read at once.

    Args:
        ranked: the rows.
        width: bytes of a row.

    Yields:
        From which place in the list to before which, the first row, and how many rows there are up to the last; more
        than in the list where some are skipped.
    """
    if not len(ranked):
        return
    apart, sitting = np.diff(ranked), ranked * width // _LONGEST_SPAN
    cut = (apart - 1) * width > _WORTH_SKIPPING
    cut |= np.diff(sitting) > 0
    # A row that is there twice is read twice.
    cut |= apart == 0
    ends = np.flatnonzero(cut) + 1
    firsts, lasts = np.concatenate([[0], ends]), np.concatenate([ends, [len(ranked)]])
    lows = ranked[firsts]
    counts = ranked[lasts - 1] - lows + 1
    yield from zip(firsts.tolist(), lasts.tolist(), lows.tolist(), counts.tolist(), strict=True)
