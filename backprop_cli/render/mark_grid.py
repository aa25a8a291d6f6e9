"""The table of figures in columns, before it is known where notes stand."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from textwrap import wrap

from backprop_cli.grading.marking import Status
from backprop_cli.immutable import immutable
from backprop_cli.render.mark_telling import NUMBERS, Column, Figure, Report, pointed
from backprop_cli.render.spans import Row, Span, width_of

# A verdict that a sheet passes with is never the colour of one that it does not pass with.
_STYLES: Mapping[Status, str] = {Status.RIGHT: "good"}
# A heading is folded to this width, or to that of its column.
_HEADING = 11


def style_of(figure: Figure) -> str:
    """Give the style that a figure's verdict is written in."""
    return "bad" if figure.refused else _STYLES.get(figure.status, "fair")


@immutable
class Grid:
    """Columns of equal rows; notes are no part of it.

    Attributes:
        figures: what the rows are of.
        columns: the columns that say something.
        cells: of each column, padded to its width.
        widths: of the columns.
        gap_width: between two columns.
    """

    figures: tuple[Figure, ...]
    columns: tuple[Column, ...]
    cells: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    gap_width: int

    @classmethod
    def of(cls, report: Report, gap: int) -> "Grid":
        """Put a report's figures into columns."""
        columns = tuple(column for column in report.columns if column is not Column.NOTE)
        cells = [pointed(report, column) for column in columns]
        widths = tuple(_width(column, texts) for column, texts in zip(columns, cells, strict=True))
        padded = tuple(
            tuple(_padded(text, column, width) for text in texts)
            for column, texts, width in zip(columns, cells, widths, strict=True)
        )
        return cls(report.figures, columns, padded, widths, gap)

    @property
    def gap(self) -> str:
        """What stands between two columns."""
        return " " * self.gap_width

    @property
    def width(self) -> int:
        """Of a row."""
        return sum(self.widths) + self.gap_width * (len(self.widths) - 1)

    def headings(self) -> Iterator[Row]:
        """Walk the rows of headings; a long one takes several, of which the last stands above the column."""
        folded = [_folded(column, width) for column, width in zip(self.columns, self.widths, strict=True)]
        for texts in reversed(list(zip_longest(*(reversed(lines) for lines in folded), fillvalue=""))):
            places = zip(texts, self.columns, self.widths, strict=True)
            yield (Span(self.gap.join(_padded(text, column, width) for text, column, width in places), "bold"),)

    def rows(self) -> Iterator[Row]:
        """Walk the rows of figures."""
        for figure, texts in zip(self.figures, zip(*self.cells, strict=True), strict=True):
            yield tuple(self._spans(figure, texts))

    def _spans(self, figure: Figure, texts: Sequence[str]) -> Iterator[Span]:
        styles = {Column.FIGURE: "bold", Column.VERDICT: style_of(figure), Column.SOURCE: "dim"}
        for number, (column, text) in enumerate(zip(self.columns, texts, strict=True)):
            yield Span(self.gap if number else "")
            yield Span(text, styles.get(column, ""))


def _width(column: Column, texts: Sequence[str]) -> int:
    cells = max(map(width_of, texts), default=0)
    return max(cells, *map(len, _folded(column, max(cells, _HEADING))))


def _folded(column: Column, width: int) -> list[str]:
    return wrap(column.value, width, break_long_words=False)


def _padded(text: str, column: Column, width: int) -> str:
    blank = " " * (width - width_of(text))
    return blank + text if column in NUMBERS else text + blank
