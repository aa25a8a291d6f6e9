"""A marked sheet as Markdown for GitHub."""

from collections.abc import Iterator, Sequence

from backprop_cli.render.mark_scores import mark_of
from backprop_cli.render.mark_telling import NUMBERS, Column, Figure, Report
from backprop_cli.render.markdown import plain, table
from backprop_cli.render.sheets import Options


def render(report: Report, options: Options) -> str:  # noqa: ARG001  every form is given its options
    """Write a marked sheet as Markdown."""
    return "\n\n".join(_blocks(report)) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    yield f"# {plain(report.title)}"
    yield plain(report.about)
    # A line break that no blank line makes is one of two spaces.
    yield "  \n".join([f"**{plain(report.score)}**", *map(plain, report.endings)])
    yield from _listed("Where it went wrong", [f"**{plain(label)}**: {plain(what)}" for label, what in report.roots])
    yield from _listed("Another convention fits", list(map(plain, report.conventions)))
    if report.figures:
        yield "## Figures"
        yield _table(report)
    if report.legend:
        yield "  \n".join(f"{mark_of(status)}: {plain(meaning)}" for status, meaning in report.legend)


def _listed(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"## {title}"
        yield "\n".join(f"- {item}" for item in items)


def _table(report: Report) -> str:
    numbers = frozenset(place for place, column in enumerate(report.columns) if column in NUMBERS)
    rows = [_row(figure, report.columns) for figure in report.figures]
    return table([column.value for column in report.columns], rows, numbers=numbers)


def _row(figure: Figure, columns: Sequence[Column]) -> list[str]:
    cells = {column: plain(figure.cells[column]) for column in columns}
    if figure.refused:
        cells[Column.VERDICT] = f"**{cells[Column.VERDICT]}**"
    return [cells[column] for column in columns]
