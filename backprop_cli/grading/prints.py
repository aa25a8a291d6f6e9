"""What a written figure stands for: the numbers that round to it, and those that are cut to it."""

import math
from collections import Counter
from collections.abc import Sequence

from backprop_cli.documents.figures import Printed
from backprop_cli.immutable import immutable

# Of a unit of the last digit: what a comparison may be off by, so that a tie goes to either side.
_TOLERANCE = 1e-9
# Of the number itself: what float64 may lose on the way.
_PRECISION = 1e-14
# A figure with so many significant digits may have been cut off.
_CUT_DIGITS = 2


@immutable
class Print:
    """A figure as a number with a last digit.

    Attributes:
        value: the number as it is written.
        unit: what one unit of its last digit is worth.
        digits: how many significant digits it has.
        may_cut: whether it has digits enough to have been cut off.
    """

    value: float
    unit: float
    digits: int
    may_cut: bool

    @property
    def decimals(self) -> int:
        """Digits after the point, below 0 in front of it."""
        return round(-math.log10(self.unit))

    @property
    def slack(self) -> float:
        """What a comparison may be off by."""
        return _TOLERANCE * self.unit + _PRECISION * abs(self.value)

    @property
    def low(self) -> float:
        """The least number that rounds to the figure."""
        return self.value - self.unit / 2.0 - self.slack

    @property
    def high(self) -> float:
        """The largest number that rounds to the figure."""
        return self.value + self.unit / 2.0 + self.slack

    def rounds(self, exact: float) -> bool:
        """Say whether a number rounds to the figure, either side at a tie."""
        return self.low <= exact <= self.high

    def meets(self, low: float, high: float) -> bool:
        """Say whether some number of a range rounds to the figure."""
        return low <= self.high and high >= self.low

    def cuts(self, exact: float) -> bool:
        """Say whether a number is cut to the figure: its further digits left out."""
        if not self.may_cut or (self.value and math.copysign(1.0, self.value) != math.copysign(1.0, exact)):
            return False
        return abs(self.value) - self.slack <= abs(exact) < abs(self.value) + self.unit - self.slack


@immutable
class Usual:
    """What most figures of a sheet have; the larger where two are as frequent.

    Attributes:
        decimals: digits after the point.
        digits: significant digits.
    """

    decimals: int = 0
    digits: int = 1

    @classmethod
    def of(cls, figures: Sequence[Printed]) -> "Usual":
        """Look at the figures of a sheet."""
        told = [figure for figure in figures if not figure.whole]
        return cls(
            _most_frequent([figure.decimals for figure in told], 0),
            _most_frequent([figure.digits for figure in told], 1),
        )


def _most_frequent(numbers: Sequence[int], default: int) -> int:
    counts = Counter(numbers)
    return max(counts, key=lambda number: (counts[number], number), default=default)


def print_of(figure: Printed, usual: Usual) -> Print:
    """Say what a figure stands for on a sheet.

    A single digit without a point among decimals is not as coarse as it looks: 0 has the decimals of the sheet, and any
    other stands for itself and a zero.

    Args:
        figure: as it was written.
        usual: what most figures of the sheet have.
    """
    decimals = figure.decimals
    if figure.whole and figure.digits == 1 and usual.decimals > 0:
        decimals = 1 if figure.value else usual.decimals
    may_cut = figure.digits >= _CUT_DIGITS or decimals == usual.decimals
    return Print(float(figure.value), 10.0**-decimals, figure.digits, may_cut)
