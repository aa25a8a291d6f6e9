"""A finished run as a notebook shows it."""

from html import escape

from backprop_cli.algebra.digits import Digits
from backprop_cli.errors import counted
from backprop_cli.render.numbers import format_number
from backprop_cli.training.events import RunStopped, Values

# More parameters are counted, not shown.
MOST_PARAMETERS = 64
_DIGITS = Digits()


def _measured(stopped: RunStopped) -> dict[str, Values]:
    last = "best" if stopped.restored else "last"
    found = {"first": stopped.initial, last: stopped.final, "validation": stopped.validation, "test": stopped.test}
    return {name: values for name, values in found.items() if values is not None}


def _rows(stopped: RunStopped) -> list[list[str]]:
    """Give loss and metrics as rows of text, headings first."""
    measured = _measured(stopped)
    rows = [["", *measured], ["loss", *(format_number(each.loss, _DIGITS) for each in measured.values())]]
    names = stopped.final.metrics
    return rows + [
        [name, *(format_number(each.metrics[name], _DIGITS) for each in measured.values())] for name in names
    ]


def _parameters(stopped: RunStopped) -> list[list[str]]:
    if len(stopped.parameters) > MOST_PARAMETERS:
        return []
    named = stopped.parameters.items()
    return [["parameter", "value"], *([name, format_number(value, _DIGITS)] for name, value in named)]


def _caption(stopped: RunStopped) -> str:
    how = stopped.trouble.sentence if stopped.trouble else stopped.outcome
    return f"{how} · {counted(stopped.steps, 'step')} · {counted(stopped.epochs, 'epoch')}"


def run_as_html(stopped: RunStopped) -> str:
    """Write a run's losses, metrics and parameters as tables."""
    tables = [_html_table(rows) for rows in (_rows(stopped), _parameters(stopped)) if rows]
    return f"<p>{escape(_caption(stopped))}</p>" + "".join(tables)


def _html_table(rows: list[list[str]]) -> str:
    head, *body = rows
    heading = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
        for name, *cells in body
    )
    return f"<table><thead><tr>{heading}</tr></thead><tbody>{lines}</tbody></table>"


def run_as_latex(stopped: RunStopped) -> str:
    """Write a run's losses and metrics as an array, which notebooks typeset."""
    head, *body = _rows(stopped)
    lines = [" & ".join(_words(cell) for cell in head), *(" & ".join([_words(name), *cells]) for name, *cells in body)]
    inner = r" \\ ".join(lines)
    return rf"$$\begin{{array}}{{l{'r' * (len(head) - 1)}}} {inner} \end{{array}}$$"


def _words(cell: str) -> str:
    escaped = cell.replace("_", r"\_")
    return rf"\text{{{escaped}}}" if cell else ""
