"""A marked sheet as one HTML page: no scripts, nothing to load; light and dark, screen and paper, wide and narrow."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from backprop_cli.grading.marking import Status
from backprop_cli.render.mark_scores import MARKS
from backprop_cli.render.mark_telling import NUMBERS, Column, Figure, Report, pointed
from backprop_cli.render.sheets import Options
from backprop_cli.render.style import style

_POINTED = NUMBERS - {Column.STEP}


def render(report: Report, options: Options) -> str:
    """Write a marked sheet as HTML: a whole page, or a piece with a style of its own."""
    return _page(report) if options.document else _piece(report)


def _page(report: Report) -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(report.title)}</title>
<style>
{style("sheet.css", "page.css", "mark.css")}</style>
</head>
<body class="backprop-sheet backprop-marks">
<header>
{_heading(report, 1)}
</header>
<main>
{_lines(_parts(report, 2))}
</main>
</body>
</html>
"""


def _piece(report: Report) -> str:
    return f"""<div class="backprop-sheet backprop-marks in-page">
<style>
{style("sheet.css", "mark.css")}</style>
{_heading(report, 3)}
{_lines(_parts(report, 4))}
</div>
"""


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _heading(report: Report, level: int) -> str:
    title = f'<h{level} class="title">{escape(report.title)}</h{level}>'
    return f'{title}\n<p class="about">{escape(report.about)}</p>'


def _parts(report: Report, level: int) -> Iterator[str]:
    if report.figures:
        yield _bar(report)
    yield f'<p class="score">{escape(report.score)}</p>'
    yield from (f"<p>{escape(ending)}</p>" for ending in report.endings)
    roots = [f"<strong>{escape(label)}</strong>: {escape(what)}" for label, what in report.roots]
    yield from _section("Where it went wrong", roots, level)
    yield from _section("Another convention fits", list(map(escape, report.conventions)), level)
    if report.figures:
        yield f'<h{level} class="name">Figures</h{level}>\n{_table(report)}'
    if report.legend:
        yield f'<dl class="legend">\n{_lines(_legend(report))}\n</dl>'


def _bar(report: Report) -> str:
    """Draw how many figures have each verdict; the score says the same in words."""
    counts = report.marked.marking.counts
    shares = (f'<i class="{status}" style="flex: {counts[status]}"></i>' for status in Status if counts[status])
    return f'<div class="bar" aria-hidden="true">{"".join(shares)}</div>'


def _section(title: str, items: Sequence[str], level: int) -> Iterator[str]:
    if items:
        listed = _lines(f"<li>{item}</li>" for item in items)
        yield f'<h{level} class="name">{title}</h{level}>\n<ul class="listed">\n{listed}\n</ul>'


def _legend(report: Report) -> Iterator[str]:
    for status, meaning in report.legend:
        yield f'<div class="{status}"><dt>{_mark(status)}</dt><dd>{escape(meaning)}</dd></div>'


def _mark(status: Status) -> str:
    mark, word = MARKS[status]
    return f'<span class="mark" aria-hidden="true">{mark}</span> {word}'


def _table(report: Report) -> str:
    behind = {column: _behind(report, column) for column in report.columns if column in _POINTED}
    head = "".join(f'<th scope="col" role="columnheader"{_side(column)}>{column}</th>' for column in report.columns)
    # A table that is laid out as blocks stays a table to those who cannot see it by its roles alone.
    return f"""<table role="table">
<thead role="rowgroup"><tr role="row">{head}</tr></thead>
<tbody role="rowgroup">
{_lines(_row(figure, report.columns, behind) for figure in report.figures)}
</tbody>
</table>"""


def _side(column: Column) -> str:
    return ' class="number"' if column in NUMBERS else ""


def _behind(report: Report, column: Column) -> Mapping[str, int]:
    """Count how many places each number of a column has to move to the left, so that their points stand together."""
    cells = [figure.cells[column] for figure in report.figures]
    return {
        cell: len(padded) - len(padded.rstrip()) for cell, padded in zip(cells, pointed(report, column), strict=True)
    }


def _row(figure: Figure, columns: Sequence[Column], behind: Mapping[Column, Mapping[str, int]]) -> str:
    refused = " refused" if figure.refused else ""
    cells = "".join(_cell(figure, column, behind.get(column, {})) for column in columns)
    return f'<tr role="row" class="{figure.status}{refused}">{cells}</tr>'


def _cell(figure: Figure, column: Column, behind: Mapping[str, int]) -> str:
    text = escape(figure.cells[column])
    match column:
        case Column.FIGURE:
            return f'<th scope="row" role="rowheader">{text}</th>'
        case Column.VERDICT:
            return f'<td role="cell" class="verdict">{_mark(figure.status)}</td>'
        case Column.NOTE:
            return f'<td role="cell" class="note">{text}</td>'
        case _:
            places = behind.get(figure.cells[column], 0)
            aside = f' style="--behind: {places}"' if places else ""
            return f'<td role="cell"{_side(column)} data-label="{column}"{aside}>{text}</td>'
