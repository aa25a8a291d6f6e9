"""Labels become classes: one output for each, or one output for two."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.frames import MOST_PROBLEMS, Column, Frame, Numbers, Texts, number_in
from backprop_cli.data.gaps import Gaps
from backprop_cli.data.matrix import Mapped, Matrix, Stored, mapped, windows
from backprop_cli.documents.tree import listed, shortened
from backprop_cli.errors import Problem, did_you_mean

_MOST_LISTED = 10


def is_labels(column: Column, gaps: Gaps) -> bool:
    """Say whether all values of a column of numbers are whole."""
    if isinstance(column, Texts):
        return _are_whole(column.values[~gaps.within(column)])
    if column.values.dtype.kind != "f":
        return True
    return all(_are_whole(window[~np.isnan(window)]) for _, window in windows(column.values))


def _are_whole(values: NDArray[Any]) -> bool:
    return bool(np.all(np.isfinite(values)) and np.all(values == np.floor(values)))


def classes_of(column: Column, gaps: Gaps) -> tuple[str, ...]:
    """Give the classes of a column: words by alphabet, numbers by size."""
    distinct, _ = _places(column, gaps)
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
    column: Column,
    classes: tuple[str, ...],
    outputs: int,
    gaps: Gaps,
    frame: Frame,
    found: list[Problem],
    most: int | None = None,
) -> Matrix:
    """Give targets of shape (samples, outputs): 1 for the class of a sample; a row of nan where it is missing.

    Args:
        column: the labels.
        classes: that they stand for, in the order of the outputs.
        outputs: of the network.
        gaps: what counts as missing.
        frame: that the labels are from.
        found: takes what is wrong with them.
        most: rows that are to be asked for at a time, where targets are made when they are wanted; otherwise all are.
    """
    distinct, places = _places(column, gaps, most)
    position = {plain(label): number for number, label in enumerate(classes)}
    table = np.zeros((len(distinct), len(classes)))
    for number, text in enumerate(distinct):
        if text in position:
            table[number, position[text]] = 1.0
        elif text is None:
            table[number] = math.nan
    strange = [number for number, text in enumerate(distinct) if text is None or text not in position]
    for count, (row, number) in enumerate(_among(places, strange)):
        # Nearest words take time, and nobody sees more than the first problems.
        hinted = count < MOST_PROBLEMS
        found += _strange(column, row, classes, distinct[number], gaps, frame, hinted=hinted)
    rows = table if outputs > 1 else table[:, -1:]
    return mapped(places, lambda at: rows[at[:, 0]])


def _among(places: Matrix, wanted: list[int]) -> Iterator[tuple[int, int]]:
    """Give the rows, from 0, that have one of some labels, and which."""
    for start, window in windows(places) if wanted else ():
        for row in np.flatnonzero(np.isin(window[:, 0], wanted)):
            yield start + int(row), int(window[row, 0])


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


def _places(column: Column, gaps: Gaps, most: int | None = None) -> tuple[list[str | None], Matrix]:
    """Give the different labels, None for a missing one, and which of them each row has: (rows, 1)."""
    if isinstance(column, Numbers):
        known = _distinct(column.values)
        texts = [None if value != value else plain(repr(value.item())) for value in known]  # noqa: PLR0124  nan
        return texts, mapped(_held(column.values, most), lambda rows: np.searchsorted(known, rows))
    keys = {cell: None if cell in gaps.texts else plain(cell) for cell in dict.fromkeys(column.cells)}
    position = {key: number for number, key in enumerate(dict.fromkeys(keys.values()))}
    place = {cell: position[key] for cell, key in keys.items()}
    places = np.fromiter((place[cell] for cell in column.cells), dtype=np.int64, count=len(column))
    return list(position), _held(places[:, None], most)


def _distinct(values: Matrix) -> NDArray[Any]:
    """Give the different values, in order; nan is one of them, and the last."""
    known = np.empty(0, values.dtype)
    for _, window in windows(values):
        known = np.unique(np.concatenate([known, np.unique(window)]))
    return known


def _held(rows: Matrix, most: int | None) -> Matrix:
    """Let what becomes of the rows be made when it is wanted, where that is asked for."""
    if most is None or isinstance(rows, Stored):
        return rows
    return Mapped(rows, lambda some: some, rows.shape[1], rows.dtype, most)


def plain(label: str) -> str:
    """Write a whole number without a point, so that 1 and 1.0 are one label."""
    value = number_in(label)
    return str(int(value)) if value is not None and value.is_integer() else label
