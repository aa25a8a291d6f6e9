"""Read small tables, CSV and the like (RFC 4180), as cells that know where they were written, with a header or without.

Larger ones, whose cells are many and whose places are few, are read by `table_reader`.
"""

import contextlib
import re
from collections.abc import Iterator
from typing import NoReturn

from backprop_cli.documents.composer import MOST_NODES, LimitReached
from backprop_cli.documents.findings import Findings
from backprop_cli.documents.lines import Lines
from backprop_cli.documents.source import Source
from backprop_cli.documents.texts import decoded
from backprop_cli.errors import ConfigError
from backprop_cli.immutable import immutable

_MOST_PROBLEMS = 100
_TOO_MANY = f"this is more than {MOST_NODES:,} cells; make it smaller"
_OPEN = "a quote opens here and is never closed; close it"
_AFTER = 'text follows a closing quote here; write a quote in a cell as "" and close each'

_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n?|\n))*+")
_FIRST_LINE = re.compile(r"\S[^\r\n]*")
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
# What a line of YAML or JSON starts with, or has in it.
_NO_TABLE = re.compile(r"[\[{#%&*!|>@`]|[-?](?:\s|$)|---|.*:(?:\s|$)")


@immutable
class Cell:
    """One cell.

    Attributes:
        text: what it holds, without quotes and without blanks around it.
        line: 1-based line on which it starts.
        column: 1-based column at which it starts; for one in quotes, that of the quote.
    """

    text: str
    line: int
    column: int


@immutable
class Cells:
    """The rows of a table that are not blank.

    Attributes:
        source: points at problems.
        rows: their cells.
    """

    source: Source
    rows: tuple[tuple[Cell, ...], ...]


def delimiter_in(text: str) -> str:
    """Give what separates the cells of a table, by its first line: a semicolon or a tab where it has one, else a comma.

    Where people write a decimal comma, their spreadsheets write semicolons.
    """
    first = _first_line(text)
    return next((sign for sign in ";\t" if sign in first), ",")


def looks_like_a_table(text: str) -> bool:
    """Say whether a text is a table sooner than YAML or JSON, by its first line."""
    first = _first_line(text)
    return any(sign in first for sign in ",;\t") and not _NO_TABLE.match(first)


def _first_line(text: str) -> str:
    match = _FIRST_LINE.search(text.removeprefix("\ufeff"))
    return _QUOTED.sub('""', match[0]) if match else ""


def parse_cells(data: bytes | str, name: str, delimiter: str) -> Cells:
    """Read a table that is at hand already.

    Args:
        data: the text; bytes are UTF-8.
        name: stands in every problem.
        delimiter: what separates cells, one character.

    Raises:
        ConfigError: the text is not valid, with every problem that was found.
    """
    return _Reader(decoded(data, name), name, delimiter).read()


class _Reader:
    """Read one table from its start to its end."""

    def __init__(self, text: str, name: str, delimiter: str) -> None:
        lines = Lines(text)
        sign, blank = re.escape(delimiter), " " if delimiter == "\t" else r" \t"
        self._text = text
        self._position = lines.position
        self._source = Source(name, lines.texts)
        self._delimiter = delimiter
        self._findings = Findings(name, _MOST_PROBLEMS)
        self._blank = re.compile(f"[{blank}]*")
        self._plain = re.compile(f"[^{sign}\r\n]*")
        self._cells = 0
        self._at = 0

    def read(self) -> Cells:
        """Give all rows.

        Raises:
            ConfigError: with every problem that was found.
        """
        rows: tuple[tuple[Cell, ...], ...] = ()
        with contextlib.suppress(LimitReached):
            rows = tuple(row for row in self._rows() if any(cell.text for cell in row))
        problems = self._findings.problems()
        if problems:
            raise ConfigError(problems)
        return Cells(self._source, rows)

    def _rows(self) -> Iterator[tuple[Cell, ...]]:
        while True:
            self._skip(_BLANK_LINES)
            if self._at == len(self._text):
                return
            yield tuple(self._row())

    def _row(self) -> Iterator[Cell]:
        """Give the cells up to the end of the line."""
        while True:
            yield self._cell()
            if self._text[self._at : self._at + 1] != self._delimiter:
                return
            self._at += 1

    def _cell(self) -> Cell:
        self._cells += 1
        self._skip(self._blank)
        start = self._at
        if self._cells > MOST_NODES:
            self._stop(_TOO_MANY)
        text = self._quoted() if self._text[start : start + 1] == '"' else self._skip(self._plain)
        return Cell(text.strip(), *self._position(start))

    def _quoted(self) -> str:
        start = self._at
        text = self._skip(_QUOTED)
        if not text:
            self._stop(_OPEN)
        self._skip(self._blank)
        after = self._at
        if self._skip(self._plain):
            self._at, end = after, self._at
            self._report(_AFTER)
            self._at = end
        return self._text[start + 1 : start + len(text) - 1].replace('""', '"')

    def _skip(self, pattern: re.Pattern[str]) -> str:
        """Take what a pattern matches here."""
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match[0] if match else ""

    def _report(self, message: str) -> None:
        self._findings.add(self._source.problem(message, *self._position(self._at)))

    def _stop(self, message: str) -> NoReturn:
        self._report(message)
        raise LimitReached
