"""Slips of the pen: what becomes of a figure that is written down wrongly."""

import random
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

# Writes a figure down wrongly; None where it has no place for the slip.
Pen = Callable[[random.Random, str], str | None]


def digits_of(text: str) -> list[int]:
    """List the places of all digits."""
    return [place for place, letter in enumerate(text) if letter.isdigit()]


def significant(text: str) -> list[int]:
    """List the places of the significant digits."""
    return [place for place in digits_of(text) if text[: place + 1].strip("-0.")]


def unit_of(text: str) -> Decimal:
    """Give what one unit of the last digit is worth."""
    return Decimal(1).scaleb(-len(text.partition(".")[2]))


def swap_digits(rng: random.Random, text: str) -> str | None:
    meant = significant(text)
    pairs = [(one, two) for one, two in pairwise(digits_of(text)) if text[one] != text[two] and two in meant]
    if not pairs:
        return None
    one, two = rng.choice(pairs)
    letters = list(text)
    letters[one], letters[two] = letters[two], letters[one]
    return "".join(letters)


def drop_digit(rng: random.Random, text: str) -> str | None:
    """Leave out a digit after the point, and not the last one, which would be rounding."""
    point = text.find(".")
    places = [place for place in significant(text)[:-1] if text[place] != text[place + 1] and place > point >= 0]
    if not places:
        return None
    place = rng.choice(places)
    return text[:place] + text[place + 1 :]


def next_digit(rng: random.Random, text: str) -> str | None:
    return move_by(text, rng.choice([1, -1])) if len(significant(text)) > 1 else None


def move_by(text: str, units: int) -> str:
    """Give a figure so many units of its last digit away."""
    return f"{Decimal(text) + units * unit_of(text):f}"


def shift_point(rng: random.Random, text: str) -> str | None:
    return f"{Decimal(text).scaleb(rng.choice([1, -1])):f}" if len(significant(text)) > 1 else None


def miscount(rng: random.Random, text: str) -> str | None:
    """Put another digit somewhere in the middle: the number stays near."""
    places = significant(text)[1:-1]
    if not places:
        return None
    place = rng.choice(places)
    return text[:place] + rng.choice([digit for digit in "0123456789" if digit != text[place]]) + text[place + 1 :]


PENS: dict[str, Pen] = {
    "digits_swapped": swap_digits,
    "digit_dropped": drop_digit,
    "last_digit": next_digit,
    "point_shifted": shift_point,
    "arithmetic": miscount,
}
