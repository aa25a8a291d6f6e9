"""The only place where a float becomes digits."""

import math
from decimal import Decimal

from backprop_cli.algebra.digits import Digits, rounded
from backprop_cli.immutable import immutable

# Between these powers of ten a number is written without an exponent.
_SMALLEST, _LARGEST = -4, 7
_MINUTE = 60
_MILLI = 1000
# Below this, samples per second are not rounded to a whole number.
_FEW_SAMPLES = 10


@immutable
class Written:
    """A number in writing, for whatever notation puts it together.

    Attributes:
        negative: whether a minus sign stands in front.
        digits: its digits with their point, without sign and without exponent; or inf, or nan.
        exponent: of the power of ten it is multiplied by; None where it is written out.
    """

    negative: bool
    digits: str
    exponent: int | None = None


def write_number(x: float | Decimal, digits: Digits) -> Written:
    """Write a number, rounded half away from zero as on paper.

    With significant digits, a number that has fewer is written as short as it is: 0.3 stays 0.3, while 0.29996 becomes
    0.3000. With decimals, all are written; a number that would show as zero without being zero keeps two digits.
    """
    if not math.isfinite(x):
        return Written(x < 0, str(abs(float(x))))
    exact = x if isinstance(x, Decimal) else Decimal(repr(float(x)))
    return write_rounded(rounded(exact, digits), digits)


def write_rounded(short: Decimal, digits: Digits) -> Written:
    """Write a number that is rounded already, with the zeros that this left: 0.60 stays 0.60."""
    if not short.is_finite():
        return write_number(float(short), digits)
    negative, size = short < 0, short.copy_abs()
    as_asked = digits.decimals is not None and size.as_tuple().exponent == -digits.decimals
    if as_asked or not size or _SMALLEST <= size.adjusted() < _LARGEST:
        return Written(negative, f"{size:f}")
    return Written(negative, f"{size.scaleb(-size.adjusted()):f}", size.adjusted())


def format_number(x: float | Decimal, digits: Digits) -> str:
    """Write a number as programs do: -1.5e-05; as for `write_number` otherwise."""
    return format_written(write_number(x, digits))


def format_written(written: Written) -> str:
    """Put a number together as programs do."""
    exponent = "" if written.exponent is None else f"e{written.exponent:+03d}"
    return ("-" if written.negative else "") + written.digits + exponent


def format_count(count: int) -> str:
    """Write a whole number with separators between thousands."""
    return f"{count:,}"


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
