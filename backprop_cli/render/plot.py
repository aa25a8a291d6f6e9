"""Curves as text, drawn by plotext."""

import math

from backprop_cli.rules.picture import Picture

# Each curve has a mark and a colour of its own, so that curves are told apart without colours, too.
_MARKS = ("braille", "•", "×")
_SAMPLES = ("⠤⠤", "••", "××")
_COLOURS = ("blue+", "orange+", "green+")
# A wider plot says no more.
_WIDEST, _MOST_TICKS = 100, 7
# Rows of the drawing itself, and of what stands around it: two of the frame, the scale, and its name.
_FEWEST_ROWS, _MOST_ROWS, _AROUND = 8, 13, 4


def plot(picture: Picture, width: int, *, whole: bool = False, decades: bool = False) -> str:
    """Draw a picture with its legend, in ANSI colours; no line is longer than the width.

    Args:
        picture: what to draw.
        width: of a line, at most.
        whole: whether places are counted, so that there are none between 1 and 2.
        decades: whether heights, which are above 0, are drawn on a logarithmic scale.
    """
    import plotext

    figure = min(width, _WIDEST)
    drawn = [[math.log10(one) if decades else one for one in curve.heights] for curve in picture.curves]
    heights = [height for curve in drawn for height in curve]
    across = _ticks(picture.places[0], picture.places[-1], 1.0 if whole else 0.0)
    up = _ticks(min(heights), max(heights), 1.0) if decades else _ticks(min(0.0, *heights), max(heights))
    # Plotext has one figure for the whole process, and would shrink it to a terminal that it thinks it sees.
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.theme("clear")
    plotext.plotsize(figure, _rows(figure, len(up) - 1) + _AROUND)
    for curve, mark, colour in zip(drawn, _MARKS, _COLOURS, strict=False):
        plotext.plot(picture.places, curve, marker=mark, color=colour)
    plotext.xlim(across[0], across[-1])
    plotext.xticks(across, [f"{tick:g}" for tick in across])
    plotext.ylim(up[0], up[-1])
    plotext.yticks(up, [f"{10**tick if decades else tick:g}" for tick in up])
    plotext.xlabel(picture.across)
    samples = zip(picture.curves, _SAMPLES, _COLOURS, strict=False)
    legend = "   ".join(plotext.colorize(f"{sample} {curve.label}", colour) for curve, sample, colour in samples)
    return f"{legend}\n{plotext.build()}".rstrip("\n")


def _rows(width: int, intervals: int) -> int:
    """Give the rows of a drawing, in proportion to its width and with the same number between any two ticks."""
    wanted = max(_FEWEST_ROWS, min(_MOST_ROWS, width // 6))
    return max(1, round(wanted / intervals)) * intervals + 1


def _ticks(low: float, high: float, least: float = 0.0) -> list[float]:
    """Give few round numbers that enclose an interval, apart by no less than is asked for."""
    span = max((high - low) or 1.0, least)
    power = 10.0 ** math.floor(math.log10(span / _MOST_TICKS))
    step = next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= _MOST_TICKS)
    step = max(step, least)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]
