"""Ranges: what a line may give when its inputs are known to a number of digits.

No interval arithmetic is needed, which would take a(1 − a) for a product of two numbers: the line is evaluated where
its inputs are as written, where they are true, where each alone is at either end, and at the two corners that these
point to, as they are and with each input alone at its other end.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from backprop_cli.algebra.arrays import ARRAYS, Samples
from backprop_cli.algebra.functions import quietly, samples
from backprop_cli.grading.reading import Reading
from backprop_cli.immutable import immutable


@immutable
class Band:
    """What a figure may have been before it was written, as an input of later lines.

    Attributes:
        written: the figure.
        true: the true value where the figure is sound, else the figure.
        low: the least number it may have been.
        high: the largest.
    """

    written: float
    true: float
    low: float
    high: float


def at(reading: Reading, values: Mapping[int, float]) -> float:
    """Evaluate a reading at one number for each figure that it uses."""
    return _evaluate(reading, {number: [value] for number, value in values.items()}, 1)[0]


def span(reading: Reading, bands: Callable[[int], Band]) -> tuple[float, float]:
    """Give the range of a line over the bands of the figures that it uses; empty, high below low, where it has none."""
    used = reading.used
    inputs = [bands(number) for number in used]
    found = _evaluate(reading, dict(zip(used, _stars(inputs), strict=True)), 2 * len(used) + 2)
    corners = [_corner(band, *found[2 * n + 2 : 2 * n + 4]) for n, band in enumerate(inputs)]
    turned = [_turned(corners, own) for own in range(len(used))]
    found += _evaluate(reading, dict(zip(used, turned, strict=True)), 2 * len(used) + 2)
    finite = [value for value in found if math.isfinite(value)]
    return min(finite, default=math.inf), max(finite, default=-math.inf)


def _stars(inputs: Sequence[Band]) -> list[list[float]]:
    """Give the samples of every input: as written, true, and each alone at its ends."""
    columns = []
    for own, band in enumerate(inputs):
        column = [band.written] * (2 * len(inputs) + 2)
        column[1], column[2 * own + 2], column[2 * own + 3] = band.true, band.low, band.high
        columns.append(column)
    return columns


def _corner(band: Band, at_low: float, at_high: float) -> list[float]:
    """Give the ends of an input that make the line smallest and largest."""
    return [band.low, band.high] if at_low <= at_high else [band.high, band.low]


def _turned(corners: Sequence[list[float]], own: int) -> list[float]:
    """Give the samples of an input at both corners, and at those with one input each at its other end.

    What divides a number that is written as 0 makes no difference where that is as written, and all elsewhere.
    """
    at_least, at_most = corners[own]
    column = corners[own] * (len(corners) + 1)
    column[2 * own + 2], column[2 * own + 3] = at_most, at_least
    return column


def _evaluate(reading: Reading, columns: Mapping[int, list[float]], count: int) -> list[float]:
    arrays = {number: samples(column) for number, column in columns.items()}
    with quietly():
        found = reading.value(ARRAYS, arrays.__getitem__)
    return listed(found, count)


def listed(found: Samples, count: int) -> list[float]:
    """Give samples as a list; a line that does not depend on its inputs is one number."""
    return [float(found)] * count if getattr(found, "ndim", 0) == 0 else [float(value) for value in found.tolist()]
