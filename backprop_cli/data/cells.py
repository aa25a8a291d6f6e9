"""Numbers in columns: which are none, and which are missing."""

import math

import numpy as np

from backprop_cli.data.frames import Column, Frame, Numbers, Texts
from backprop_cli.data.gaps import Gaps
from backprop_cli.data.matrix import Matrix, windows
from backprop_cli.documents.tree import shortened
from backprop_cli.errors import DataError, Problem

# A file with so much wrong is another than was meant; nobody reads more than the first few.
_MOST_FOUND, _MOST_TOLD = 10_000, 20


def is_words(column: Texts, gaps: Gaps) -> bool:
    """Say whether most cells of a column are no numbers."""
    present = ~gaps.within(column)
    return bool(np.sum(present & np.isnan(column.values)) * 2 > np.sum(present))


def numbers(column: Column, gaps: Gaps, frame: Frame, found: list[Problem], *, fillable: bool) -> Matrix:
    """Give numbers of shape (rows, columns); what is missing is nan."""
    if isinstance(column, Numbers):
        found += _not_finite(column, gaps, frame, fillable=fillable)
        return column.values
    missing = gaps.within(column)
    for row in np.flatnonzero(missing | np.isnan(column.values)).tolist():
        cell = column.cells[row]
        if missing[row]:
            found += gaps.refuse(frame, row, column.name, cell, fillable=fillable)
        else:
            found.append(frame.problem(row, column.name, f"{shortened(cell)!r} is not a finite number; correct it"))
    return np.where(missing, math.nan, column.values)[:, None]


def _not_finite(column: Numbers, gaps: Gaps, frame: Frame, *, fillable: bool) -> list[Problem]:
    found: list[Problem] = []
    if column.values.dtype.kind != "f":
        return found
    for start, window in windows(column.values):
        strange = ~np.isfinite(window)
        for at, place in np.argwhere(strange) if strange.any() else ():
            row, name, value = start + int(at), column.names[place], window[at, place]
            if np.isnan(value):
                found += gaps.refuse(frame, row, name, "nan", fillable=fillable)
            else:
                found.append(frame.problem(row, name, f"{value} is not a finite number; correct it"))
            if len(found) == _MOST_FOUND:
                end = frame.row_problem(row, f"reading stops here: {_MOST_FOUND:,} values are wrong already")
                raise DataError([*found[:_MOST_TOLD], end])
    return found
