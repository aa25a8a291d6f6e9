"""Tables and text on a terminal, in a pipe or in a file. No digit is ever clipped: what is too wide is stacked."""

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from backprop_cli.render.rows import Table

# Room between two columns, and around the table.
_GAP, _MARGIN = 3, 2


def show_text(console: Console, text: str, style: str = "") -> None:
    """Print text, folded at spaces where the console is narrow."""
    console.print(Text(text, style=style), overflow="fold", crop=False)


def show_table(console: Console, table: Table) -> None:
    """Print a table, as a grid where it fits and row by row where it does not."""
    if table.title:
        show_text(console, table.title, "bold")
    if needed_width(table) <= console.width:
        _show_grid(console, table)
    else:
        _show_stacked(console, table)
    if table.note:
        show_text(console, table.note, "dim")


def needed_width(table: Table) -> int:
    """Give the width of a table as a grid."""
    widths = [max(len(row[column]) for row in (table.columns, *table.rows)) for column in range(len(table.columns))]
    return sum(widths) + _GAP * (len(widths) - 1) + _MARGIN


def _show_grid(console: Console, table: Table) -> None:
    grid = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1), header_style="bold")
    for number, heading in enumerate(table.columns):
        grid.add_column(heading, justify="right" if number else "left", no_wrap=True, overflow="ignore")
    for row in _aligned(table):
        grid.add_row(*(Text(cell) for cell in row))
    console.print(grid, crop=False, overflow="ignore", no_wrap=True)


def _aligned(table: Table) -> list[tuple[str, ...]]:
    """Pad the numbers of each column so that their points stand under each other."""
    columns = [_on_the_point(list(column)) for column in zip(*table.rows, strict=True)]
    return list(zip(*columns, strict=True))


def _on_the_point(cells: list[str]) -> list[str]:
    """Pad numbers on the right to equal length behind the point, where that costs little room."""
    if not all(_is_number(cell) for cell in cells):
        return cells
    behind = [len(cell) - cell.index(".") if "." in cell else 0 for cell in cells]
    padded = [cell + " " * (max(behind) - own) for cell, own in zip(cells, behind, strict=True)]
    # Aligning 0.3 with 1.234e-05 would only push numbers apart.
    return padded if max(map(len, padded)) <= max(map(len, cells)) else cells


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return cell == "frozen"
    return "e" not in cell


def _show_stacked(console: Console, table: Table) -> None:
    """Print each row as a block: its name, then a line per value."""
    width = max(len(heading) for heading in table.columns[1:])
    for name, *cells in table.rows:
        show_text(console, name, "bold")
        for heading, cell in zip(table.columns[1:], cells, strict=True):
            console.print(Text(f"  {heading:<{width}}  {cell}"), crop=False, overflow="ignore", no_wrap=True)
