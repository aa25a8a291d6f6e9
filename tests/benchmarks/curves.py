"""Curves on logarithmic scales as SVG: panels beside each other that share their heights."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

# All in pixels of the picture.
WIDTH, HEIGHT, GAP, LEFT, TOP, BELOW = 380, 220, 30, 62, 84, 70
COLUMNS = 2
COLOURS = ("#2563eb", "#f97316", "#16a34a")
INK, FAINT, GRID = "#1f2937", "#6b7280", "#e5e7eb"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True)
class Panel:
    """Curves over the same places.

    Attributes:
        across: what the places are.
        places: from left to right, all above 0.
        curves: heights by label, as many as places, all above 0; every panel has the same labels.
    """

    across: str
    places: Sequence[float]
    curves: Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Scale:
    """A logarithmic scale from a number to a number, and where they are drawn."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    @property
    def decades(self) -> list[float]:
        """Powers of ten on the scale."""
        powers = range(math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1)
        return [10.0**power for power in powers]


def drawn(panels: Sequence[Panel], title: str, caption: str, name_of: Callable[[float], str]) -> str:
    """Draw panels with a title and a caption; heights are written as name_of says."""
    rows = -(-len(panels) // COLUMNS)
    width, height = COLUMNS * (LEFT + WIDTH + GAP), TOP + rows * (HEIGHT + BELOW)
    heights = [one for panel in panels for curve in panel.curves.values() for one in curve]
    low, high = 10 ** math.floor(math.log10(min(heights))), 10 ** math.ceil(math.log10(max(heights)))
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" font-size="12" fill="{FAINT}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>',
        _text(LEFT, 30, title, f'font-size="17" font-weight="600" fill="{INK}"'),
        _text(LEFT, 50, caption),
        *_legend(list(panels[0].curves), LEFT, 70),
    ]
    for number, panel in enumerate(panels):
        row, column = divmod(number, COLUMNS)
        left, top = LEFT + column * (LEFT + WIDTH + GAP), TOP + 14 + row * (HEIGHT + BELOW)
        across = Scale(panel.places[0], panel.places[-1], left + 12, left + WIDTH - 12)
        parts += _panel(panel, across, Scale(low, high, top + HEIGHT, top), name_of)
    return "\n".join([*parts, "</svg>", ""])


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(text)}</text>'.replace(" >", ">")


def _line(x: float, y: float, to_x: float, to_y: float, colour: str) -> str:
    return f'<path d="M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}" stroke="{colour}"/>'


def _legend(labels: Sequence[str], x: float, y: float) -> Iterator[str]:
    for label, colour in zip(labels, COLOURS, strict=False):
        yield f'<path d="M{x} {y - 4}h22" stroke="{colour}" stroke-width="2.5"/>'
        yield f'<circle cx="{x + 11}" cy="{y - 4}" r="3.5" fill="{colour}"/>'
        yield _text(x + 30, y, label, f'fill="{INK}"')
        x += 60 + 7 * len(label)


def _panel(panel: Panel, across: Scale, height: Scale, name_of: Callable[[float], str]) -> Iterator[str]:
    left, right = across.start - 12, across.end + 12
    for value in height.decades:
        yield _line(left, height(value), right, height(value), GRID)
        yield _text(left - 8, height(value) + 4, name_of(value), 'text-anchor="end"')
    for place in panel.places:
        yield _line(across(place), height.start, across(place), height.start + 4, FAINT)
        yield _text(across(place), height.start + 18, _short(place), 'text-anchor="middle"')
    yield _line(left, height.start, right, height.start, FAINT)
    yield _text(
        (left + right) / 2, height.start + 38, panel.across, f'text-anchor="middle" font-weight="600" fill="{INK}"'
    )
    for curve, colour in zip(panel.curves.values(), COLOURS, strict=False):
        points = [(across(place), height(value)) for place, value in zip(panel.places, curve, strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-linejoin="round"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points)


def _short(value: float) -> str:
    """Write a number briefly: 32768 as 32.8k."""
    for least, unit, letter in ((1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if value >= least:
            return f"{value / unit:.3g}{letter}"
    return f"{value:g}"
