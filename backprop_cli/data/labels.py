"""Labels become classes: one output for each, or one output for two."""

import math

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.frames import MOST_PROBLEMS, Column, Frame, Numbers, Texts, number_in
from backprop_cli.data.gaps import Gaps
from backprop_cli.documents.tree import listed, shortened
from backprop_cli.errors import Problem, did_you_mean

_MOST_LISTED = 10


def is_labels(column: Column, gaps: Gaps) -> bool:
    """Say whether all values of a column of numbers are whole."""
    missing = gaps.among(column.cells) if isinstance(column, Texts) else _nan(column)
    found = column.values[~missing]
    return bool(np.all(np.isfinite(found)) and np.all(found == np.floor(found)))


def classes_of(column: Column, gaps: Gaps) -> tuple[str, ...]:
    """Give the classes of a column: words by alphabet, numbers by size."""
    distinct, _ = _distinct(column, gaps)
    classes = [text for text in distinct if text is not None]
    values = {text: number_in(text) for text in classes}
    if all(value is not None for value in values.values()):
        return tuple(sorted(classes, key=float))
    return tuple(sorted(classes))


def check_classes(name: str, classes: tuple[str, ...], outputs: int, frame: Frame) -> list[Problem]:
    """Find a number of classes that the network cannot tell apart."""
    if len(classes) == outputs or (len(classes) == 2 and outputs == 1):  # noqa: PLR2004  no or yes
        return []
    shown = listed(classes, _MOST_LISTED)
    message = f"column {name!r} has {len(classes):,} classes ({shown}), but the last layer has {outputs:,} units"
    return [frame.header_problem(f"{message}; give it {len(classes):,}")]


def one_hot_classes(
    column: Column, classes: tuple[str, ...], outputs: int, gaps: Gaps, frame: Frame, found: list[Problem]
) -> NDArray[np.float64]:
    """Give targets of shape (samples, outputs): 1 for the class of a sample; a row of nan where it is missing."""
    distinct, rows = _distinct(column, gaps)
    position = {plain(label): number for number, label in enumerate(classes)}
    table = np.zeros((len(distinct), len(classes)))
    for number, text in enumerate(distinct):
        if text in position:
            table[number, position[text]] = 1.0
        elif text is None:
            table[number] = math.nan
    strange = {number for number, text in enumerate(distinct) if text is None or text not in position}
    for count, row in enumerate(np.flatnonzero(np.isin(rows, list(strange))) if strange else ()):
        text = distinct[rows[row]]
        # Nearest words take time, and nobody sees more than the first problems.
        found += _strange(column, int(row), classes, text, gaps, frame, hinted=count < MOST_PROBLEMS)
    return table[rows] if outputs > 1 else table[rows][:, -1:]


def _strange(
    column: Column, row: int, classes: tuple[str, ...], text: str | None, gaps: Gaps, frame: Frame, *, hinted: bool
) -> list[Problem]:
    name = column.names[0]
    if text is None:
        cell = column.cells[row] if isinstance(column, Texts) else "nan"
        return gaps.refuse(frame, row, name, cell, fillable=False)
    hint = did_you_mean(text, classes) if hinted else ""
    shown = listed(classes, _MOST_LISTED)
    return [frame.problem(row, name, f"{shortened(text)!r} is none of the classes ({shown}){hint}")]


def _distinct(column: Column, gaps: Gaps) -> tuple[list[str | None], NDArray[np.int64]]:
    """Give the different labels, None for a missing one, and which of them each row has."""
    if isinstance(column, Numbers):
        values, rows = np.unique(column.values[:, 0], return_inverse=True)
        return [None if value != value else plain(repr(value.item())) for value in values], rows  # noqa: PLR0124  nan
    keys = {cell: None if cell in gaps.texts else plain(cell) for cell in dict.fromkeys(column.cells)}
    position = {key: number for number, key in enumerate(dict.fromkeys(keys.values()))}
    place = {cell: position[key] for cell, key in keys.items()}
    return list(position), np.array([place[cell] for cell in column.cells], dtype=np.int64)


def plain(label: str) -> str:
    """Write a whole number without a point, so that 1 and 1.0 are one label."""
    value = number_in(label)
    return str(int(value)) if value is not None and value.is_integer() else label


def _nan(column: Numbers) -> NDArray[np.bool_]:
    values = column.values
    return np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, dtype=np.bool_)
