"""Numbers in columns: which are none, and which are missing."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.frames import Column, Frame, Numbers, Texts
from backprop_cli.data.gaps import Gaps
from backprop_cli.errors import Problem


def is_words(column: Texts, gaps: Gaps) -> bool:
    """Say whether most cells of a column are no numbers."""
    present = [value for cell, value in zip(column.cells, column.values, strict=True) if cell not in gaps.texts]
    return sum(value is None for value in present) * 2 > len(present)


def numbers(column: Column, gaps: Gaps, frame: Frame, found: list[Problem], *, fillable: bool) -> NDArray[Any]:
    """Give numbers of shape (rows, columns); what is missing is nan."""
    if isinstance(column, Numbers):
        found += _not_finite(column, gaps, frame, fillable=fillable)
        return column.values
    for row, (cell, value) in enumerate(zip(column.cells, column.values, strict=True)):
        if cell in gaps.texts:
            found += gaps.refuse(frame, row, column.name, cell, fillable=fillable)
        elif value is None:
            found.append(frame.problem(row, column.name, f"{cell!r} is not a finite number; correct it"))
    known = (math.nan if cell in gaps.texts else v for cell, v in zip(column.cells, column.values, strict=True))
    return np.array([math.nan if value is None else value for value in known])[:, None]


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
