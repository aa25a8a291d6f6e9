"""Numbers in columns: which are none, and which are missing."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.frames import Column, Frame, Numbers, Texts
from backprop_cli.data.gaps import Gaps
from backprop_cli.documents.tree import shortened
from backprop_cli.errors import Problem


def is_words(column: Texts, gaps: Gaps) -> bool:
    """Say whether most cells of a column are no numbers."""
    present = ~gaps.among(column.cells)
    return bool(np.sum(present & np.isnan(column.values)) * 2 > np.sum(present))


def numbers(column: Column, gaps: Gaps, frame: Frame, found: list[Problem], *, fillable: bool) -> NDArray[Any]:
    """Give numbers of shape (rows, columns); what is missing is nan."""
    if isinstance(column, Numbers):
        found += _not_finite(column, gaps, frame, fillable=fillable)
        return column.values
    missing = gaps.among(column.cells)
    for row in np.flatnonzero(missing | np.isnan(column.values)):
        cell = column.cells[row]
        if missing[row]:
            found += gaps.refuse(frame, int(row), column.name, cell, fillable=fillable)
        else:
            found.append(
                frame.problem(int(row), column.name, f"{shortened(cell)!r} is not a finite number; correct it")
            )
    return np.where(missing, math.nan, column.values)[:, None]


def _not_finite(column: Numbers, gaps: Gaps, frame: Frame, *, fillable: bool) -> list[Problem]:
    if column.values.dtype.kind != "f" or np.isfinite(column.values).all():
        return []
    found: list[Problem] = []
    for row, at in np.argwhere(~np.isfinite(column.values)):
        name, value = column.names[at], column.values[row, at]
        if np.isnan(value):
            found += gaps.refuse(frame, int(row), name, "nan", fillable=fillable)
        else:
            found.append(frame.problem(int(row), name, f"{value} is not a finite number; correct it"))
    return found
