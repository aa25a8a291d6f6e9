"""Answer sheets that are tables: rows of cells as the mappings that they stand for."""

import re
from collections.abc import Iterator

from backprop_cli.documents.cells import Cell, Cells
from backprop_cli.documents.pairs import NAME, PRINTED
from backprop_cli.documents.tree import Node, shortened
from backprop_cli.errors import ConfigError, Problem
from backprop_cli.grading.entries import KEYS, MOST_PROBLEMS, SYNONYMS, in_order, unknown

WRITE = "a header, name,printed, and a row for each figure"

_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBERS = {"step", "sample", "decimals"}
_NO_COLUMN = "this cell stands under no column of the header"
_THIRD = "no cell of the first row is 'name', so a row is a name and a figure, and this is another cell"
_COMMA = "; put a figure with a decimal comma in quotes, or name the column"


def items_of(table: Cells) -> tuple[tuple[Node, ...], list[Problem]]:
    """Give the mapping that each row stands for, and what is wrong; empty optional cells are left out.

    The first row is a header when one of its cells is the word `name` or `printed`; else it is a figure like the
    others, and every row is a name and a figure.

    Raises:
        ConfigError: with every problem of the header, under which no row can be understood.
    """
    first = table.rows[0]
    if not any(_plain(cell) in {NAME, PRINTED} for cell in first):
        return _read(table.rows, [NAME, PRINTED], table, _THIRD)
    problems: list[Problem] = []
    keys = list(_header(first, table, problems))
    if not problems and len(table.rows) == 1:
        problems.append(_at(first[0], "there are no figures under the header; write a row for each", table))
    if problems:
        raise ConfigError(in_order(problems, table.source.name))
    return _read(table.rows[1:], keys, table, _NO_COLUMN)


def _read(
    rows: tuple[tuple[Cell, ...], ...], keys: list[str], table: Cells, stray: str
) -> tuple[tuple[Node, ...], list[Problem]]:
    problems = [_at(cell, f"{stray}{_COMMA}", table) for cell in _strays(rows, keys)]
    return tuple(_item(row, keys) for row in rows), problems


def _at(cell: Cell, message: str, table: Cells) -> Problem:
    return table.source.problem(message, cell.line, cell.column)


def _plain(cell: Cell) -> str:
    return cell.text.casefold()


def _header(row: tuple[Cell, ...], table: Cells, problems: list[Problem]) -> Iterator[str]:
    """Give the key of each column, '' for one without; report what is no column, or one twice."""
    first: dict[str, Cell] = {}
    for cell in row:
        key = PRINTED if _plain(cell) in SYNONYMS else _plain(cell)
        if key in first:
            both = f"columns {shortened(first[key].text)!r} and {shortened(cell.text)!r} mean the same"
            problems.append(_at(cell, f"{both}; remove one of them", table))
        elif key and key not in KEYS:
            message = unknown(key, "column") if len(problems) < MOST_PROBLEMS else ""
            problems.append(_at(cell, message, table))
        elif key:
            first[key] = cell
        yield key
    missing = [key for key in (NAME, PRINTED) if key not in first]
    problems += (_at(row[0], f"{key}: is required and missing; add a column for it", table) for key in missing)


def _strays(rows: tuple[tuple[Cell, ...], ...], keys: list[str]) -> Iterator[Cell]:
    """Find the cells that belong to no column."""
    for row in rows:
        for number, cell in enumerate(row):
            if cell.text and not (number < len(keys) and keys[number]):
                yield cell


def _item(row: tuple[Cell, ...], keys: list[str]) -> Node:
    cells = {key: cell for key, cell in zip(keys, row, strict=False) if cell.text or key in {NAME, PRINTED}}
    return Node({key: _node(key, cell) for key, cell in cells.items()}, row[0].line, row[0].column)


def _node(key: str, cell: Cell) -> Node:
    is_number = key in _NUMBERS and _WHOLE.fullmatch(cell.text)
    value = int(cell.text) if is_number else cell.text
    return Node(value, cell.line, cell.column, cell.text, quoted=not is_number)
