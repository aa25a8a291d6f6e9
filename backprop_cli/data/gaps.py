"""Missing values: which they are, and what becomes of them."""

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.frames import Frame, Texts, number_in
from backprop_cli.errors import Problem
from backprop_cli.immutable import immutable

Policy: TypeAlias = Literal["error", "drop", "mean", "median"]
MARKS = ("", "NA", "NaN", "?")
_TODO = "say with data.missing what to do"


@immutable
class Gaps:
    """What counts as missing, beside a number that is nan, and what to do about it.

    Attributes:
        policy: refuse it; drop its row; or put the mean or the median of the training part in its place.
        texts: that stand for a missing value.
    """

    policy: Policy = "error"
    texts: frozenset[str] = frozenset(MARKS)

    @property
    def fills(self) -> bool:
        """Whether other values take the place of missing ones."""
        return self.policy in {"mean", "median"}

    def within(self, column: Texts) -> NDArray[np.bool_]:
        """Say of each cell of a column whether it is missing."""
        if not np.isnan(column.values).any() and all(number_in(text) is None for text in self.texts):
            # All are numbers, and no number is missing.
            return np.zeros(len(column), dtype=np.bool_)
        cells = column.cells
        if self.texts.isdisjoint(cells):
            return np.zeros(len(cells), dtype=np.bool_)
        return np.fromiter((cell in self.texts for cell in cells), dtype=np.bool_, count=len(cells))

    def refuse(self, frame: Frame, row: int, column: str, cell: str, *, fillable: bool) -> list[Problem]:
        """Give the problem of a missing value; none where something can be done about it."""
        if self.policy == "drop" or (self.fills and fillable):
            return []
        what = self._what(cell)
        if self.fills:
            what = f"{what}; data.missing: {self.policy} fills in inputs that are numbers; correct it, or use drop"
        else:
            what = f"{what}; correct it, or {_TODO}" if cell else f"{what}; fill it in, or {_TODO}"
        return [frame.problem(row, column, what)]

    def _what(self, cell: str) -> str:
        if cell == "nan":
            return "the value is missing (nan)"
        return f"{cell!r} counts as missing (data.missing_texts)" if cell else "the cell is empty"


# Nothing may be missing.
STRICT = Gaps()
