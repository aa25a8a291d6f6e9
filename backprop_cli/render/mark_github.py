"""A marked sheet as commands of GitHub's workflows, which it shows beside the lines of a file.

How they are written is documented under "Workflow commands for GitHub Actions"; what is escaped, and how, is what
`@actions/core` does.
"""

from collections.abc import Iterator, Mapping

from backprop_cli.grading.marking import LENIENT, Place
from backprop_cli.render.mark_telling import Column, Figure, Report
from backprop_cli.render.sheets import Options

_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
# Standard input is no file that anything could stand beside.
_NO_FILE = {"", "-", "<stdin>"}


def render(report: Report, options: Options) -> str:  # noqa: ARG001  every form is given its options
    """Write a command for every figure that is refused, and a notice for every other one that is not quite right."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    for figure in report.figures:
        level = _level(figure)
        if level:
            yield command(level, {**_place(figure.verdict.claim.place), "title": _title(figure)}, message_on(figure))
    yield from (report.score, *report.endings)


def _level(figure: Figure) -> str:
    """Give how loud a figure is; '' where nothing is to be said of it."""
    declared = figure.verdict.claim.verdict is not None
    lenient = figure.status in LENIENT and not declared
    if figure.refused:
        return "warning" if lenient else "error"
    return "notice" if lenient else ""


def command(name: str, properties: Mapping[str, str], message: str) -> str:
    """Write a workflow command; a property that is empty is left out."""
    listed = ",".join(f"{key}={value.translate(_IN_PROPERTY)}" for key, value in properties.items() if value)
    return f"::{f'{name} {listed}'.rstrip()}::{message.translate(_IN_MESSAGE)}"


def _place(place: Place) -> Mapping[str, str]:
    if place.file in _NO_FILE:
        return {}
    return {"file": place.file, "line": str(place.line or ""), "col": str(place.column or "")}


def _title(figure: Figure) -> str:
    return f"{figure.label}: {figure.cells[Column.VERDICT]}"


def message_on(figure: Figure) -> str:
    """Say in one line what was written, what belongs there as far as that is shown, and why."""
    shown = (Column.WRITTEN, Column.TRUE, Column.OWN)
    numbers = ", ".join(f"{column} {figure.cells[column]}" for column in shown if figure.cells[column])
    return f"{numbers}; {figure.cells[Column.NOTE]}" if figure.cells[Column.NOTE] else numbers
