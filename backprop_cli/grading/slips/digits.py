"""Slips in writing a number down, and in working it out, with the right expression."""

from abc import abstractmethod
from collections.abc import Iterator
from itertools import pairwise

from backprop_cli.grading.prints import Print, Usual
from backprop_cli.grading.slips.base import Fit, Slip, Suspect

# Within this factor of the right number, a wrong one is a matter of arithmetic.
_NEAR = 2.0
# In units of the last digit.
_NEXT_DIGIT = 1.5
_SHIFTS = (1, -1, 2, -2, 3, -3)


class Misprint(Slip):
    """A slip after which another figure stands on paper than was meant."""

    @abstractmethod
    def meant(self, text: str, figure: Print, usual: Usual) -> Iterator[tuple[float, float]]:
        """Walk the figures that may have been meant, each as its value and the unit of its last digit.

        Args:
            text: what is written.
            figure: what it stands for.
            usual: what most figures of the sheet have.
        """

    def fits(self, suspect: Suspect) -> Iterator[Fit]:
        """Look whether a figure that may have been meant is right, or follows."""
        for value, unit in self.meant(suspect.text, suspect.figure, suspect.usual):
            if suspect.follows(value, unit):
                yield Fit(exact=True, value=value, true=value)


def _read(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


class DigitsSwapped(Misprint):
    """Write two neighbouring digits in each other's place."""

    name = "digits_swapped"
    sentence = "two neighbouring digits have changed places"
    rank = 220

    def meant(self, text: str, figure: Print, usual: Usual) -> Iterator[tuple[float, float]]:  # noqa: ARG002
        """Swap every two neighbouring digits; a point may stand between them."""
        places = [place for place, letter in enumerate(text) if letter.isdigit()]
        for one, other in pairwise(places):
            if text[one] == text[other]:
                continue
            letters = list(text)
            letters[one], letters[other] = letters[other], letters[one]
            value = _read("".join(letters))
            if value is not None:
                yield value, figure.unit


class DigitDropped(Misprint):
    """Leave a digit out."""

    name = "digit_dropped"
    sentence = "a digit is missing"
    rank = 250

    def meant(self, text: str, figure: Print, usual: Usual) -> Iterator[tuple[float, float]]:
        """Put a digit in, where the figure then has as many as the others of the sheet."""
        point = text.find(".")
        if point < 0:
            return
        starts = len(text) - len(text.lstrip("-+"))
        for place in range(starts, len(text)):
            behind = place > point
            if figure.decimals + behind != usual.decimals and figure.digits + 1 != usual.digits:
                continue
            unit = figure.unit / 10.0 if behind else figure.unit
            for digit in "0123456789":
                value = _read(text[:place] + digit + text[place:])
                if value is not None:
                    yield value, unit


class PointShifted(Misprint):
    """Put the decimal point in another place."""

    name = "point_shifted"
    sentence = "the decimal point is in another place"
    rank = 240

    def meant(self, text: str, figure: Print, usual: Usual) -> Iterator[tuple[float, float]]:  # noqa: ARG002
        """Shift the point by a few places."""
        if figure.value:
            for places in _SHIFTS:
                yield figure.value * 10.0**places, figure.unit * 10.0**places


class OffBy(Slip):
    """A slip whose number is not far from the right one."""

    def fits(self, suspect: Suspect) -> Iterator[Fit]:
        """Look at what the line gives at the sheet's own figures, and in truth."""
        for expected in suspect.expected:
            if self.explains(suspect.figure, expected):
                yield Fit(exact=True, value=expected, true=expected)
                return

    @abstractmethod
    def explains(self, figure: Print, expected: float) -> bool:
        """Say whether the slip may have made a figure of the number that the line gives."""


class LastDigit(OffBy):
    """Round to the digit beside the right one."""

    name = "last_digit"
    sentence = "the last digit is one off"
    rank = 230

    def explains(self, figure: Print, expected: float) -> bool:
        """Look whether the figure next to this one is right; a single digit has no last one."""
        return figure.digits > 1 and abs(figure.value - expected) < _NEXT_DIGIT * figure.unit - figure.slack


class Miscopied(Slip):
    """Write another number for what is given."""

    last_resort = True

    name = "miscopied"
    sentence = "this is given, and another number stands here"
    rank = 265

    def fits(self, suspect: Suspect) -> Iterator[Fit]:
        """Look whether there is anything to copy."""
        if suspect.is_given:
            value = suspect.figure.value
            yield Fit(exact=True, value=value, true=value)


class Arithmetic(OffBy):
    """Work the right expression out wrongly.

    Nearly any wrong number may be one of these.
    """

    last_resort = True

    name = "arithmetic"
    sentence = "if the expression is right, the number is not: work it out again"
    rank = 270

    def fits(self, suspect: Suspect) -> Iterator[Fit]:
        """Look at lines that are worked out."""
        if not suspect.is_given:
            yield from super().fits(suspect)

    def explains(self, figure: Print, expected: float) -> bool:
        """Look whether the number is near the right one."""
        return bool(expected) and 1.0 / _NEAR <= figure.value / expected <= _NEAR
