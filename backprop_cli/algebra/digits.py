"""How many digits a number keeps, and rounding to them as on paper: half away from zero."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

# What a number keeps that would otherwise become zero.
_LEAST_SIGNIFICANT = 2
# A double has up to 309 digits before the point, and decimals may be asked for behind it.
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP, Emin=-999999, Emax=999999)


# The standard decorator, since worksheets in Python carry the class along.
@dataclass(frozen=True, slots=True)
class Digits:
    """How many digits are kept.

    Attributes:
        decimals: digits after the point; where it is None, significant digits count.
        significant: significant digits.
    """

    decimals: int | None = None
    significant: int = 4

    @classmethod
    def asked(cls, decimals: int | None, significant: int | None) -> "Digits":
        """Give what is asked for; where nothing is, the significant digits that are shown by default."""
        return cls(decimals, significant or cls().significant)


def rounded(exact: Decimal, digits: Digits) -> Decimal:
    """Round a finite number, half away from zero.

    With significant digits, a number that has fewer is left as it is.  With decimals, a number that would become zero
    without being zero keeps two significant digits.
    """
    if digits.decimals is None:
        return _significant(exact, digits.significant)
    if exact.adjusted() + digits.decimals >= _ROUNDING.prec:
        # Far beyond the doubles there is nothing behind the point.
        return exact
    fixed = exact.quantize(Decimal(1).scaleb(-digits.decimals), context=_ROUNDING)
    if fixed == 0 and exact != 0:
        return _significant(exact, _LEAST_SIGNIFICANT)
    return fixed or abs(fixed)


def _significant(exact: Decimal, count: int) -> Decimal:
    if exact == 0:
        return Decimal(0)
    short = exact.normalize(_ROUNDING)
    if len(short.as_tuple().digits) <= count:
        return short
    near = exact.quantize(Decimal(1).scaleb(exact.adjusted() - count + 1), context=_ROUNDING)
    # Rounding 9.9996 up makes it 10.000, with a digit too many.
    return near.quantize(Decimal(1).scaleb(near.adjusted() - count + 1), context=_ROUNDING)


def written(x: Decimal) -> str:
    """Write a decimal with all its digits: 100 rather than 1E+2, but 2.0E-10."""
    return f"{x:f}" if abs(x) >= 1 else str(x)
