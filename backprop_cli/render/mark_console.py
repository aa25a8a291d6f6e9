"""A marked sheet as text for a terminal: a table where there is room, else figure by figure; no digit is ever cut."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from backprop_cli.render.mark_grid import Grid, style_of
from backprop_cli.render.mark_scores import mark_of
from backprop_cli.render.mark_telling import Column, Figure, Report
from backprop_cli.render.sheets import Options
from backprop_cli.render.spans import Row, Span, heading, plain, width_of, wrapped

_INDENT, _DEEPER = "  ", "    "
# A column of notes has this room at least, and is no wider than is pleasant to read.
_NARROW_NOTE, _WIDE_NOTE = 36, 76
_GAPS = (3, 2)


def render(report: Report, options: Options) -> str:
    """Write a marked sheet as plain text."""
    return plain(lay_out(report, options.width))


def lay_out(report: Report, width: int) -> Iterator[Row]:
    """Lay a marked sheet out in rows of at most a width, as far as its words and numbers fit."""
    yield from heading(report.title, width, "bold")
    yield from heading(report.about, width, "dim")
    yield from _listed("Where it went wrong", [f"{label}: {what}" for label, what in report.roots], width)
    yield from _listed("Another convention fits", report.conventions, width)
    if report.figures:
        yield ()
        yield from _table(report, width)
    if report.legend:
        yield ()
        for status, meaning in report.legend:
            yield from wrapped(f"{mark_of(status)}: {meaning}", width, "dim")
    yield ()
    yield from wrapped(report.score, width, "bold")
    for ending in report.endings:
        yield from wrapped(ending, width, "")


def _listed(title: str, items: Sequence[str], width: int) -> Iterator[Row]:
    if items:
        yield ()
        yield from wrapped(title, width, "heading")
    for item in items:
        yield from _hanging(item, width, _INDENT, _DEEPER)


def _hanging(text: str, width: int, indent: str, deeper: str) -> Iterator[Row]:
    """Break a text between its words; its first row stands out to the left."""
    lines = wrap(
        text,
        max(1, width),
        initial_indent=indent,
        subsequent_indent=deeper,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from ((Span(line),) for line in lines)


def _table(report: Report, width: int) -> Iterator[Row]:
    """Write notes in a column of their own, or below each figure, or everything below each other."""
    for gap in _GAPS:
        grid = Grid.of(report, gap)
        room = width - grid.width - gap
        if room >= _NARROW_NOTE:
            return _with_notes_beside(report, grid, min(room, _WIDE_NOTE))
        if grid.width <= width:
            return _with_notes_below(report, grid, width)
    return _one_by_one(report, width)


def _with_notes_beside(report: Report, grid: Grid, room: int) -> Iterator[Row]:
    notes = [_lines(figure, room) for figure in report.figures]
    longest = max((width_of(line) for lines in notes for line in lines), default=0)
    noted = Column.NOTE in report.columns
    *above, last = grid.headings()
    yield from above
    yield (*last, Span(grid.gap + Column.NOTE, "bold")) if noted else last
    yield (Span("─" * (grid.width + (grid.gap_width + longest if noted else 0))),)
    for cells, (first, *rest) in zip(grid.rows(), notes, strict=True):
        yield (*cells, Span(grid.gap + first))
        yield from ((Span(" " * grid.width + grid.gap + line),) for line in rest)


def _lines(figure: Figure, room: int) -> list[str]:
    return wrap(figure.cells[Column.NOTE], room, break_long_words=False, break_on_hyphens=False) or [""]


def _with_notes_below(report: Report, grid: Grid, width: int) -> Iterator[Row]:
    yield from grid.headings()
    yield (Span("─" * grid.width),)
    for figure, cells in zip(report.figures, grid.rows(), strict=True):
        yield cells
        yield from _hanging(figure.cells[Column.NOTE], width, _DEEPER, _DEEPER)


def _one_by_one(report: Report, width: int) -> Iterator[Row]:
    """Write each figure as a name with its verdict, and below it its numbers as far as they fit on a row."""
    numbers = [column for column in (Column.WRITTEN, Column.TRUE, Column.OWN) if column in report.columns]
    for figure in report.figures:
        yield from _name(figure, width)
        parts = (f"{column} {figure.cells[column]}" for column in numbers if figure.cells[column])
        yield from heading(" · ".join(parts), width, "", _DEEPER)
        yield from _hanging(figure.cells[Column.NOTE], width, _DEEPER, _DEEPER)


def _name(figure: Figure, width: int) -> Iterator[Row]:
    cells = figure.cells
    verdict, name = cells[Column.VERDICT], cells[Column.FIGURE]
    step = f"step {cells[Column.STEP]}" if cells[Column.STEP] else ""
    aside = "".join(f" · {part}" for part in (cells[Column.SOURCE], step) if part)
    if width_of(f"{verdict}  {name}{aside}") <= width:
        yield (Span(verdict, style_of(figure)), Span(f"  {name}", "bold"), Span(aside, "dim"))
        return
    yield (Span(verdict, style_of(figure)),)
    yield from wrapped(name, width, "bold", _INDENT)
    yield from heading(aside.removeprefix(" · "), width, "dim", _INDENT)
