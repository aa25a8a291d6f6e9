"""Columns of text become columns of numbers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.samples import Samples
from backprop_cli.documents.findings import Findings
from backprop_cli.documents.table_reader import Table
from backprop_cli.errors import DataError, Problem, did_you_mean

# More than anyone reads at once.
MOST_PROBLEMS = 20
# A column of text with more words than this is no category.
MOST_CATEGORIES = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a config asks of a table.

    Attributes:
        inputs: names of input columns, or None for all that are no targets.
        targets: names of target columns, or None for no targets.
        outputs: how many outputs the network has.
    """

    inputs: tuple[str, ...] | None
    targets: tuple[str, ...] | None
    outputs: int


def read_samples(table: Table, wanted: Wanted) -> Samples:
    """Turn a table into samples.

    Numbers stay numbers; a text input column becomes one column of 0 and 1 per word; a single target column of text,
    or of whole numbers where the network has several outputs, becomes classes.

    Raises:
        DataError: every missing column, empty cell and cell that is no number.
    """
    targets = wanted.targets or ()
    inputs = wanted.inputs or tuple(name for name in table.header if name not in targets)
    problems = [*_missing(table, (*inputs, *targets)), *_shared(table, inputs, targets)]
    if problems:
        raise DataError(problems)
    found: list[Problem] = _empty_cells(table, (*inputs, *targets))
    blocks = [_read_input(table, name, found) for name in inputs]
    answers, classes = _read_targets(table, targets, wanted.outputs, found)
    if found:
        raise DataError(_first(found, table))
    names = tuple(name for block_names, _ in blocks for name in block_names)
    values = np.hstack([block for _, block in blocks])
    return Samples(values, answers, np.arange(1, len(values) + 1), names, classes)


def _missing(table: Table, names: Sequence[str]) -> list[Problem]:
    listed = ", ".join(table.header)
    return [
        Problem(
            f"there is no column {name!r}{did_you_mean(name, table.header)}; columns: {listed}",
            where=table.name,
            line=1,
        )
        for name in names
        if name not in table.header
    ]


def _shared(table: Table, inputs: Sequence[str], targets: Sequence[str]) -> list[Problem]:
    both = [name for name in inputs if name in targets]
    return [Problem(f"column {name!r} is both an input and a target", where=table.name, line=1) for name in both]


def _empty_cells(table: Table, names: Sequence[str]) -> list[Problem]:
    return [
        table.problem(row, name, "the cell is empty; fill it in, or leave the row or the column out")
        for name in names
        for row, cell in enumerate(table.column(name))
        if not cell.strip()
    ]


def _first(found: list[Problem], table: Table) -> list[Problem]:
    findings = Findings(table.name, MOST_PROBLEMS)
    for problem in sorted(found, key=lambda problem: problem.line or 0):
        findings.add(problem)
    return findings.problems()


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    # float() takes words and separators that a table does not mean as numbers.
    return value if math.isfinite(value) and "_" not in cell else None


def _numbers(table: Table, name: str, found: list[Problem]) -> NDArray[np.float64] | None:
    """Read a column of numbers; None when most of its cells are text."""
    cells = table.column(name)
    values = [_number(cell) for cell in cells]
    words = [row for row, value in enumerate(values) if value is None and cells[row].strip()]
    if len(words) * 2 > len(cells):
        return None
    found += [table.problem(row, name, f"{cells[row]!r} is not a finite number; correct it") for row in words]
    return np.array([math.nan if value is None else value for value in values])


def _read_input(table: Table, name: str, found: list[Problem]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    values = _numbers(table, name, found)
    if values is not None:
        return (name,), values[:, None]
    cells = [cell.strip() for cell in table.column(name)]
    words = sorted({cell for cell in cells if cell})
    if len(words) > MOST_CATEGORIES:
        found.append(
            Problem(f"column {name!r} has {len(words):,} different texts; leave it out of inputs", where=table.name)
        )
        return (), np.empty((len(table.rows), 0))
    return tuple(f"{name}={word}" for word in words), _one_hot(cells, words)


def _one_hot(cells: Sequence[str], words: Sequence[str]) -> NDArray[np.float64]:
    position = {word: number for number, word in enumerate(words)}
    values = np.zeros((len(cells), len(words)))
    for row, cell in enumerate(cells):
        if cell in position:
            values[row, position[cell]] = 1.0
    return values


def _read_targets(
    table: Table, names: tuple[str, ...], outputs: int, found: list[Problem]
) -> tuple[NDArray[np.float64] | None, tuple[str, ...]]:
    if not names:
        return None, ()
    columns = [_numbers(table, name, found) for name in names]
    numeric = [column for column in columns if column is not None]
    if len(names) == 1 and (not numeric or _are_labels(numeric[0], outputs)):
        return _read_classes(table, names[0], outputs, found, numeric=bool(numeric))
    for name, column in zip(names, columns, strict=True):
        if column is None:
            found.append(Problem(f"target column {name!r} is text; name it alone to use its classes", where=table.name))
    return (np.column_stack(numeric) if len(numeric) == len(names) else None), ()


def _are_labels(values: NDArray[np.float64], outputs: int) -> bool:
    """Say whether a column of numbers counts classes: the network has several outputs, and these are whole numbers."""
    return outputs > 1 and bool(np.all(values == np.floor(values)))


def _read_classes(
    table: Table, name: str, outputs: int, found: list[Problem], *, numeric: bool
) -> tuple[NDArray[np.float64] | None, tuple[str, ...]]:
    cells = [cell.strip() for cell in table.column(name)]
    by: Callable[[str], float | str] = float if numeric else str
    classes = tuple(sorted({cell for cell in cells if cell}, key=by))
    if outputs == 1 and len(classes) == 2:  # noqa: PLR2004  no or yes
        return np.array([[float(cell == classes[1])] for cell in cells]), classes
    if len(classes) != outputs:
        listed = ", ".join(classes[:10]) + (", …" if len(classes) > 10 else "")  # noqa: PLR2004  enough to see
        message = f"column {name!r} has {len(classes):,} classes ({listed}), but the last layer has {outputs:,} units"
        found.append(Problem(f"{message}; give it {len(classes):,}", where=table.name, line=1))
        return None, ()
    return _one_hot(cells, classes), classes
