"""Tables and text on a terminal, in a pipe or in a file. No digit is ever clipped: what is too wide is stacked."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest
from textwrap import wrap

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from backprop_cli.render.columns import on_the_point
from backprop_cli.render.rows import Table
from backprop_cli.render.spans import Row

# Room between two columns, and the least that a column of formulas is given.
_GAP, _NARROWEST = 3, 14
_BEFORE_SIGN = re.compile(r" (?=[·+−/] )")


def show_started(console: Console, summary: str, circumstances: str = "") -> None:
    """Print the network in one line and what its run starts from."""
    show_text(console, summary, "bold")
    show_text(console, circumstances, "dim")


def show_step(console: Console, heading: str, predictions: Table, gradients: Table) -> None:
    """Print one step, with a blank line before it: its heading, its predictions and its gradient table."""
    console.print()
    show_text(console, heading, "bold")
    show_table(console, predictions)
    console.print()
    show_table(console, gradients)


def show_summary(console: Console, summary: Table) -> None:
    """Print the end of a run, with a blank line before it."""
    console.print()
    show_table(console, summary)


def show_confusion(console: Console, confusion: Table) -> None:
    """Print which classes were taken for which, with a blank line before it."""
    console.print()
    show_table(console, confusion)


def show_checks(console: Console, checks: Table) -> None:
    """Print what was expected of a run and what was found, with a blank line before it."""
    console.print()
    show_table(console, checks)


def show_parameters(console: Console, parameters: Table) -> None:
    """Print the final parameters, with a blank line before them."""
    console.print()
    show_table(console, parameters)


def show_text(console: Console, text: str, style: str = "") -> None:
    """Print text, wrapped at spaces where the console is narrow; a number that is wider still stays in one piece."""
    for line in wrap(text, max(1, console.width), break_long_words=False, break_on_hyphens=False):
        _show_line(console, Text(line, style=style))


def _show_line(console: Console, line: Text) -> None:
    console.print(line, crop=False, overflow="ignore", no_wrap=True)


def show_table(console: Console, table: Table) -> None:
    """Print a table as a grid, its formulas folded where that makes it fit, or else row by row."""
    if table.title:
        show_text(console, table.title, "bold")
    room = formula_width(table, console.width)
    folded = table if room is None else _fold_formulas(table, room)
    # An operand may be wider than the room for its column.
    if needed_width(folded) <= console.width:
        _show_grid(console, folded)
    else:
        _show_stacked(console, table)
    if table.note:
        show_text(console, table.note, "dim")


def formula_width(table: Table, width: int) -> int | None:
    """Give the widest that a formula may be in a grid of some width; None where there is no room for a grid."""
    widths = _widths(table)
    others = sum(width for number, width in enumerate(widths) if number not in table.formulas)
    left = width - others - _GAP * (len(widths) - 1)
    formulas = sorted(widths[number] for number in table.formulas)
    while formulas and formulas[0] * len(formulas) <= left:
        left -= formulas.pop(0)
    if not formulas:
        return width if left >= 0 else None
    return left // len(formulas) if left // len(formulas) >= _NARROWEST else None


def _widths(table: Table) -> list[int]:
    return [max(len(row[column]) for row in (table.columns, *table.rows)) for column in range(len(table.columns))]


def needed_width(table: Table) -> int:
    """Give the width of a table as a grid without folds."""
    widths = _widths(table)
    return sum(widths) + _GAP * (len(widths) - 1)


def fold(formula: str, width: int) -> list[str]:
    """Break a formula before its signs into lines of at most a width, as far as its operands fit."""
    lines: list[str] = []
    for operand in _BEFORE_SIGN.split(formula):
        longer = f"{lines[-1]} {operand}" if lines else ""
        if longer and len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(operand)
    return lines


def _fold_formulas(table: Table, width: int) -> Table:
    """Give a table whose formulas are at most so wide; what does not fit on a row continues on rows of its own."""
    rows = []
    for row in table.rows:
        cells = [fold(cell, width) if number in table.formulas else [cell] for number, cell in enumerate(row)]
        rows += list(zip_longest(*cells, fillvalue=""))
    return replace(table, rows=tuple(rows))


def _show_grid(console: Console, table: Table) -> None:
    grid = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1), header_style="bold")
    headings, *rows = _aligned(table)
    for heading in headings:
        grid.add_column(Text(heading), no_wrap=True, overflow="ignore")
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    console.print(grid, crop=False, overflow="ignore", no_wrap=True)


def _aligned(table: Table) -> list[tuple[str, ...]]:
    """Pad headings and cells to the width of their column: names to the left, numbers to the right by their points.

    Rich leaves text alone that it may not wrap, so it would not align it.
    """
    columns = []
    for number, heading in enumerate(table.columns):
        cells = [row[number] for row in table.rows]
        to_the_right = bool(number) and number not in table.formulas
        column = [heading, *(on_the_point(cells) if to_the_right else cells)]
        width = max(map(len, column))
        columns.append([cell.rjust(width) if to_the_right else cell.ljust(width) for cell in column])
    return list(zip(*columns, strict=True))


def _show_stacked(console: Console, table: Table) -> None:
    """Print each row as a block: its name, then a line per value."""
    width = max(len(heading) for heading in table.columns[1:])
    for name, *cells in table.rows:
        show_text(console, name, "bold")
        for number, (heading, cell) in enumerate(zip(table.columns[1:], cells, strict=True), start=1):
            lines = fold(cell, console.width - width - 4) if number in table.formulas else [cell]
            for lead, line in zip_longest([heading], lines, fillvalue=""):
                _show_line(console, Text(f"  {lead:<{width}}  {line}"))


# Styles on a terminal.
_STYLES = {
    "heading": "bold underline",
    "bold": "bold",
    "dim": "dim",
    "value": "bold cyan",
    "good": "green",
    "fair": "yellow",
    "bad": "bold red",
    "": "",
}


def show_rows(console: Console, rows: Iterable[Row]) -> None:
    """Print rows that were laid out for the console's width; what is wider still is left whole."""
    for row in rows:
        _show_line(console, Text.assemble(*((span.text, _STYLES[span.style]) for span in row)))
