"""What a file of samples holds: named columns of text or of numbers, whatever the format."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.array_file import FileColumns
from backprop_cli.data.matrix import Matrix
from backprop_cli.documents.findings import Findings
from backprop_cli.documents.packed import Packed
from backprop_cli.documents.table_reader import Table
from backprop_cli.documents.tree import listed
from backprop_cli.errors import Problem, did_you_mean

# More than anyone reads at once.
MOST_PROBLEMS = 20
_MOST_LISTED = 14
# Texts that are read as numbers together.
_PART = 1024


@dataclass(frozen=True)
class Texts:
    """A column of text.

    Attributes:
        name: of the column.
        cells: one text per row, without spaces around it.
    """

    name: str
    cells: Sequence[str]

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def names(self) -> tuple[str, ...]:
        """Name the column, as blocks of numbers name theirs."""
        return (self.name,)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """Read the cells as numbers; nan where one is no finite number."""
        return _numbers(self.cells)


@dataclass(frozen=True)
class Numbers:
    """Columns of numbers that are used together.

    Attributes:
        names: of the columns.
        values: (rows, columns), of any numeric type.
    """

    names: tuple[str, ...]
    values: Matrix

    def __len__(self) -> int:
        return len(self.values)


Column: TypeAlias = Texts | Numbers


class Frame(ABC):
    """A file of samples.

    Attributes:
        name: the file, as the user named it.
        names: of its columns.
        has_names: whether the file names them, so that more columns than are asked for do no harm.
    """

    name: str
    names: tuple[str, ...]
    has_names: ClassVar[bool] = True

    @abstractmethod
    def read(self, names: Sequence[str]) -> Iterator[Column]:
        """Give columns, which are there, in the order of the names.

        Raises:
            DataError: a column cannot be read.
        """

    def problem(self, row: int, column: str, message: str) -> Problem:
        """Say that something is wrong with the value in a row, counted from 0, and a column."""
        return Problem(f"row {row + 1:,}, column {column!r}: {message}", where=self.name)

    def row_problem(self, row: int, message: str) -> Problem:
        """Say that something is wrong with a row, counted from 0."""
        return Problem(f"row {row + 1:,}: {message}", where=self.name)

    def header_problem(self, message: str) -> Problem:
        """Say that something is wrong with a column, or all of them."""
        return Problem(message, where=self.name)

    def missing(self, names: Sequence[str]) -> list[Problem]:
        """Find the names of which there is no column."""
        known = self.names
        columns = listed(known, _MOST_LISTED)
        return [
            self.header_problem(f"there is no column {name!r}{did_you_mean(name, known)}; columns: {columns}")
            for name in names
            if name not in known
        ]


class TableFrame(Frame):
    """A table of text with a header."""

    def __init__(self, table: Table) -> None:
        self.name, self.names = table.name, table.header
        self._table = table

    def read(self, names: Sequence[str]) -> Iterator[Column]:
        """Give one column of text for each name."""
        return (Texts(name, self._table.column(name).stripped()) for name in names)

    def problem(self, row: int, column: str, message: str) -> Problem:
        """Name the line of the file, too."""
        return self._table.problem(row, column, message)

    def row_problem(self, row: int, message: str) -> Problem:
        """Name the line of the file, too."""
        return Problem(f"row {row + 1}: {message}", where=self.name, line=self._table.lines[row])

    def header_problem(self, message: str) -> Problem:
        """Name the line of the header."""
        return Problem(message, where=self.name, line=1)


class ArrayFrame(Frame):
    """One array: its columns are numbered from 1; what has more than two dimensions is flattened."""

    has_names = False

    def __init__(self, name: str, values: NDArray[Any] | FileColumns) -> None:
        self.name = name
        self._values = values if isinstance(values, FileColumns) else values.reshape(len(values), -1)
        self.names = tuple(str(number) for number in range(1, self._values.shape[1] + 1))

    def read(self, names: Sequence[str]) -> Iterator[Column]:
        """Give all columns of numbers at once, or one by one where they are text."""
        places = [int(name) - 1 for name in names]
        # Not to copy what is wanted as it is.
        whole = places == list(range(len(self.names)))
        if isinstance(self._values, FileColumns):
            yield Numbers(tuple(names), self._values if whole else self._values.columns(places))
        else:
            yield from columns_of(tuple(names), self._values if whole else self._values[:, places])


class ArchiveFrame(Frame):
    """Arrays under names: each is read when it is wanted, and flattened to one row per sample."""

    def __init__(self, name: str, keys: tuple[str, ...], load: Callable[[str], NDArray[Any]]) -> None:
        self.name, self.names = name, keys
        self._load = load

    def read(self, names: Sequence[str]) -> Iterator[Column]:
        """Give the columns of each array; those of array `x` are `x[1]`, `x[2]`, ..."""
        for name in names:
            values = self._load(name)
            matrix = values.reshape(len(values), -1)
            several = values.ndim > 1
            columns = tuple(f"{name}[{at + 1}]" for at in range(matrix.shape[1])) if several else (name,)
            yield from columns_of(columns, matrix)


def columns_of(names: tuple[str, ...], values: NDArray[Any]) -> Iterator[Column]:
    """Give the columns of a matrix."""
    if values.dtype.kind == "U":
        yield from (Texts(name, [str(c).strip() for c in values[:, at]]) for at, name in enumerate(names))
    else:
        yield Numbers(names, values.view(np.uint8) if values.dtype.kind == "b" else values)


def limited(name: str, found: Sequence[Problem]) -> list[Problem]:
    """Keep as many problems of a file as a person reads, in the order of its lines."""
    findings = Findings(name, MOST_PROBLEMS)
    for problem in sorted(found, key=lambda problem: problem.line or 0):
        findings.add(problem)
    return findings.problems()


def _numbers(cells: Sequence[str]) -> NDArray[np.float64]:
    """Read numbers, some at a time, so that their texts are still at hand when they are read."""
    found = np.empty(len(cells))
    end = 0
    # Only those of tables are packed: in other files a text may hold what stands between packed ones.
    parts = (
        cells.parts() if isinstance(cells, Packed) else (cells[at : at + _PART] for at in range(0, len(cells), _PART))
    )
    for part in parts if len(cells) else ():
        start, end = end, end + len(part)
        found[start:end] = _part(part)
    return found


def _part(cells: Sequence[str]) -> NDArray[np.float64]:
    try:
        found = np.fromiter(map(float, cells), dtype=np.float64, count=len(cells))
    except ValueError:
        found = np.full(len(cells), math.nan)
    # Most columns are nothing but numbers; the others are read cell by cell.
    if np.isfinite(found).all() and "_" not in "".join(cells):
        return found
    values = (number_in(cell) for cell in cells)
    return np.array([math.nan if value is None else value for value in values])


def number_in(cell: str) -> float | None:
    """Read a finite number; None where a text is none."""
    try:
        value = float(cell)
    except ValueError:
        return None
    # float() takes words and separators that a table does not mean as numbers.
    return value if math.isfinite(value) and "_" not in cell else None
