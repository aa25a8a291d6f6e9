"""A rule as curves, for whoever draws them."""

from collections.abc import Callable, Sequence
from typing import Self

from backprop_cli.immutable import immutable


@immutable
class Curve:
    """A line through points.

    Attributes:
        label: what it shows: `a′`.
        heights: one for each place of its picture.
    """

    label: str
    heights: tuple[float, ...]


@immutable
class Picture:
    """Curves over the same places.

    Attributes:
        caption: what is drawn, in words.
        across: what the places are values of: `z`.
        places: from left to right.
        curves: at least one.
    """

    caption: str
    across: str
    places: tuple[float, ...]
    curves: tuple[Curve, ...]

    @classmethod
    def of(
        cls, caption: str, across: str, places: Sequence[float], functions: dict[str, Callable[[float], float]]
    ) -> Self:
        """Draw functions of one number, each under its label."""
        curves = tuple(Curve(label, tuple(map(function, places))) for label, function in functions.items())
        return cls(caption, across, tuple(places), curves)


def evenly(low: float, high: float, intervals: int = 240) -> tuple[float, ...]:
    """Give places from low to high, both included."""
    return tuple(low + (high - low) * number / intervals for number in range(intervals + 1))
