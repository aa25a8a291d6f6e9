"""A value beside the figure that somebody wrote for it: with the digits that show why it is right or wrong."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal

from backprop_cli.algebra.digits import Digits, rounded
from backprop_cli.grading.marking import Claim
from backprop_cli.immutable import immutable
from backprop_cli.render.numbers import format_number, format_written, write_rounded

# Digits more than the figure has, as a rule and at most; and what a value has beside what is no figure.
_MORE, _MOST, _PLAIN = 2, 15, 6
_LEAST = 3
# Signs of a power of ten; and the longest row of digits, or of zeros behind a point, that is written out.
_POWER, _LONGEST = frozenset("eE×x·*"), 12
# What a value may be off a figure by and still be that number, in units of its last digit: 2 · (0.544 − 0.5) is 0.088.
_NOISE = Decimal("1e-9")
_PRECISE = Context(prec=400, rounding=ROUND_HALF_UP, Emin=-999999, Emax=999999)


def beside(value: float | None, claim: Claim) -> str:
    """Write a value with two digits more than a figure, and more where rounding these would mislead; '' for none."""
    if value is None:
        return ""
    if claim.figure is None or not math.isfinite(value):
        return format_number(value, Digits(significant=_PLAIN))
    figure = _Figure(claim.figure.text, claim.figure.value, claim.figure.decimals)
    # What a double has beyond its fifteenth digit is noise.
    exact = Decimal(f"{value:.{_MOST}g}")
    length = exact.adjusted() + 1 + figure.decimals + _MORE if exact else _LEAST
    start = min(max(length, _LEAST), _MOST)
    enough = next((count for count in range(start, _MOST) if figure.is_told_from(exact, count)), _MOST)
    return figure.in_its_manner(exact, Digits(significant=enough))


@immutable
class _Figure:
    text: str
    value: Decimal
    decimals: int

    def in_its_manner(self, exact: Decimal, digits: Digits) -> str:
        """Write a value without a power of ten where the figure has none, unless that takes a row of zeros."""
        short = rounded(exact, digits)
        plain = _POWER.isdisjoint(self.text) and (not short or abs(short.adjusted()) <= _LONGEST)
        return f"{short:f}" if plain else format_written(write_rounded(short, digits))

    def is_told_from(self, exact: Decimal, count: int) -> bool:
        """Say whether so many digits of a value show what it rounds to, and that it is not the figure if it is not."""
        shown = rounded(exact, Digits(significant=count))
        differs = abs(exact - self.value) > _NOISE.scaleb(-self.decimals)
        return self._rounded(shown) == self._rounded(exact) and not (differs and self.value == shown)

    def _rounded(self, value: Decimal) -> Decimal:
        """Round a value to the figure's last digit, as far as a double reaches that."""
        if value.adjusted() + self.decimals >= _PRECISE.prec:
            return value
        return value.quantize(Decimal(1).scaleb(-self.decimals), context=_PRECISE)
