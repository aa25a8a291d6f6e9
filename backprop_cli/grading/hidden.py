"""Steps that are rounded though they are not written down: what a pencil does between two figures of a sheet."""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from backprop_cli.algebra.arrays import ARRAYS, Samples
from backprop_cli.algebra.functions import quietly, samples
from backprop_cli.grading.prints import Print, Usual
from backprop_cli.grading.reading import Node, Reading
from backprop_cli.grading.spans import listed
from backprop_cli.immutable import immutable

# Steps of which every choice of one or two is looked at, and of which any is.
_FEW, _MOST = 8, 400


@immutable
class _Rounding:
    """One way in which the steps may have been rounded.

    Attributes:
        steps: which of them.
        places: decimals, or significant digits.
        significant: whether they are significant digits.
    """

    steps: frozenset[Node]
    places: int
    significant: bool


def follows_by_rounded_steps(
    reading: Reading, values: Mapping[int, float], figure: Print, usual: Usual, skipped: Iterable[Print] = ()
) -> bool:
    """Say whether a line gives a figure when some of the steps between are rounded.

    Args:
        reading: how the line follows from earlier figures.
        values: those figures, as they are written.
        figure: what is written for the line.
        usual: what most figures of the sheet have.
        skipped: the figures that the reading leaves aside: what was meant may have as many digits.
    """
    steps = [node for node in reading.lines if node != reading.target and node not in reading.links]
    if not 0 < len(steps) <= _MOST:
        return False
    like = [figure, *skipped]
    decimals = sorted({usual.decimals, *(each.decimals for each in like)})
    digits = sorted({usual.digits, *(each.digits for each in like)})
    ways = [_Rounding(chosen, places, significant=False) for places in decimals for chosen in _choices(steps)]
    ways += [_Rounding(chosen, places, significant=True) for places in digits for chosen in _choices(steps)]
    return any(figure.rounds(value) for value in _evaluate(reading, values, ways))


def _choices(steps: list[Node]) -> Iterator[frozenset[Node]]:
    """Walk what may be rounded: all steps, one, two, or all but one."""
    yield frozenset(steps)
    if len(steps) > _FEW:
        return
    for count in (1, 2, len(steps) - 1):
        yield from map(frozenset, combinations(steps, count))


def _evaluate(reading: Reading, values: Mapping[int, float], ways: list[_Rounding]) -> list[float]:
    """Evaluate a reading once for every way of rounding."""
    places = samples([way.places for way in ways])
    significant = samples([float(way.significant) for way in ways])

    def settle(node: Node, value: Samples) -> Samples:
        chosen = samples([float(node in way.steps) for way in ways])
        units = 10.0 ** (significant * (_magnitude(value) + 1.0) - places)
        return value + chosen * (_nearest(value / units) * units - value)

    columns = {number: samples([value] * len(ways)) for number, value in values.items()}
    with quietly():
        found = reading.value(ARRAYS, columns.__getitem__, settle)
    return listed(found, len(ways))


def _magnitude(values: Samples) -> Samples:
    """Give the power of ten that the first digit of numbers stands at."""
    tiny = samples([1e-300])
    return ARRAYS.actions["floor"](ARRAYS.actions["ln"](abs(values) + tiny) / math.log(10.0) + 1e-12)


def _nearest(counts: Samples) -> Samples:
    """Round to the nearest whole number, half away from zero."""
    return ARRAYS.actions["sign"](counts) * ARRAYS.actions["floor"](abs(counts) + 0.5 + 1e-9)
