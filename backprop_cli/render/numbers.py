"""The only place where a float becomes digits."""

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

# Between these powers of ten a number is written without an exponent.
_SMALLEST, _LARGEST = -4, 7
# What a number keeps that would otherwise show as zero.
_LEAST_SIGNIFICANT = 2
_MINUTE = 60
_MILLI = 1000
# Below this, samples per second are not rounded to a whole number.
_FEW_SAMPLES = 10
# A double has up to 309 digits before the point, and decimals may be asked for behind it.
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Digits:
    """How many digits are shown.

    Attributes:
        decimals: digits after the point; where it is None, significant digits count.
        significant: significant digits.
    """

    decimals: int | None = None
    significant: int = 4


def format_number(x: float, digits: Digits) -> str:
    """Write a number, rounded half away from zero as on paper.

    With significant digits, a number that has fewer is written as short as it is: 0.3 stays 0.3, while 0.29996 becomes
    0.3000. With decimals, all are written; a number that would show as zero without being zero keeps two digits.
    """
    if not math.isfinite(x):
        return str(x)
    exact = Decimal(repr(float(x)))
    if digits.decimals is None:
        return _significant(exact, digits.significant)
    return _fixed(exact, digits.decimals)


def format_count(count: int) -> str:
    """Write a whole number with separators between thousands."""
    return f"{count:,}"


def _fixed(exact: Decimal, decimals: int) -> str:
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), context=_ROUNDING)
    if rounded == 0 and exact != 0:
        return _significant(exact, _LEAST_SIGNIFICANT)
    return _plain(rounded or abs(rounded))


def _significant(exact: Decimal, count: int) -> str:
    if exact == 0:
        return "0"
    short = exact.normalize()
    rounded = short if len(short.as_tuple().digits) <= count else _round(exact, count)
    if _SMALLEST <= rounded.adjusted() < _LARGEST:
        return _plain(rounded)
    return _scientific(rounded)


def _round(exact: Decimal, count: int) -> Decimal:
    rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - count + 1), context=_ROUNDING)
    # Rounding 9.9996 up makes it 10.000, with a digit too many.
    return rounded.quantize(Decimal(1).scaleb(rounded.adjusted() - count + 1), context=_ROUNDING)


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _scientific(number: Decimal) -> str:
    mantissa = number.scaleb(-number.adjusted())
    return f"{mantissa:f}e{number.adjusted():+03d}"


def format_seconds(seconds: float) -> str:
    """Write a duration: `0.8 ms`, `1.24 s`, `2 min 05 s`; the unit is that of the rounded number."""
    if not math.isfinite(seconds):
        return f"{seconds} s"
    if float(_three(abs(seconds) * _MILLI)) < _MILLI:
        return f"{_three(seconds * _MILLI)} ms"
    if float(_three(abs(seconds))) < _MINUTE:
        return f"{_three(seconds)} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{format_count(minutes)} min {rest:02d} s"


def _three(x: float) -> str:
    return format_number(x, Digits(significant=3))


def format_rate(samples: float) -> str:
    """Write samples per second; a slow rate keeps its digits."""
    few = not math.isfinite(samples) or samples < _FEW_SAMPLES
    return f"{_three(samples) if few else format_count(round(samples))} samples/s"
