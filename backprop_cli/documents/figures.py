"""Figures as people write them: a number whose digits count."""

import math
import re
from decimal import Decimal
from functools import cache

from backprop_cli.immutable import immutable

# A longer text is no figure that a person wrote.
_LONGEST = 60
# Last digits beyond these places are outside float64.
_FIRST_PLACE, _LAST_PLACE = -308, 320
# 0.56, -.5: what most figures look like.
_USUAL = re.compile(r"(?P<sign>[-+]?)(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?(?P<power>)")
# 0.56, -.5, 1e-4, 3.5×10⁻⁵, 3.5 x 10^-5; a Unicode minus and a decimal comma are read.  Of 10-5, whose raised digits
# were lost in a copy, the sign still tells that it is a power; 105 and 2*100 may be anything.
_ANY = (
    r"(?P<sign>[-+−–]?)\s*(?P<whole>\d*)(?:[.,](?P<part>\d*))?"
    r"(?:\s*(?:[eE]|[×x·*]\s*10(?:\^|\*\*|(?=[-+−–]|\s*[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹])))\s*"
    r"(?:(?P<round>\()|(?P<curly>\{))?(?P<power>[-+−–]?\d+|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)(?(round)\))(?(curly)\}))?"
)
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−–", "0123456789-+--")


@immutable
class Printed:
    """A figure as it was written.

    Attributes:
        text: what was written.
        value: the number, exactly.
        decimals: digits after the point that the last written digit stands at; below 0 in front of it, as for 3e5.
        digits: how many significant digits were written; 1 for zero.
        whole: whether it is a number without a point and without a power of ten.
    """

    text: str
    value: Decimal
    decimals: int
    digits: int
    whole: bool

    @property
    def unit(self) -> Decimal:
        """What one unit of the last written digit is worth."""
        return Decimal(1).scaleb(-self.decimals)


def read_figure(text: str) -> Printed | None:
    """Read a figure; None where the text is none.

    `0.30` keeps its zero; `-.5`, `1e-4`, `3.5×10⁻⁵`, a Unicode minus and a decimal comma are read.
    """
    match = _shape_of(text.strip()) if len(text) <= _LONGEST else None
    if match is None or not (match["whole"] or match["part"]):
        return None
    power = int((match["power"] or "0").translate(_PLAIN))
    part = match["part"] or ""
    number, decimals = int(match["whole"] + part), len(part) - power
    if not _FIRST_PLACE <= decimals <= _LAST_PLACE:
        return None
    sign = "-" if match["sign"].translate(_PLAIN) == "-" else ""
    # The context's precision would round what is put together by arithmetic.
    value = Decimal(f"{sign}{number}E{-decimals}")
    if not math.isfinite(float(value)):
        return None
    whole = match["part"] is None and not match["power"]
    return Printed(text.strip(), value, decimals, len(str(number)), whole)


def _shape_of(text: str) -> re.Match[str] | None:
    return _USUAL.fullmatch(text) or _any().fullmatch(text)


@cache
def _any() -> re.Pattern[str]:
    """Give the pattern of all figures, when the first unusual one is met: its many sets make it slow to compile."""
    return re.compile(_ANY)
