"""Read tables: CSV and TSV files with a header, as text, by row."""

import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from io import BufferedReader
from typing import BinaryIO, NoReturn, cast

from backprop_cli.documents.files import Location, Unreadable, foreign_encoding, open_bytes, unfit_character
from backprop_cli.documents.findings import Findings
from backprop_cli.documents.packed import Packed, Packer
from backprop_cli.documents.tree import shortened
from backprop_cli.errors import DataError, Problem, did_you_mean
from backprop_cli.immutable import immutable

_MOST_PROBLEMS = 20
# Reading by this many characters bounds the memory that a file without line ends takes.
_LONGEST_LINE = 16 * 2**20
_MOST_LISTED = 10

_UNFIT = re.compile("[\0\ud800-\udfff]")


@immutable
class Table:
    """The cells of a table as they are written.

    Attributes:
        name: the file, as the user named it.
        header: the names of the columns, without spaces around them.
        columns: the cells of each, one per row.
        lines: the 1-based line of the file on which each row starts.
    """

    name: str
    header: tuple[str, ...]
    columns: tuple[Packed, ...]
    lines: Sequence[int]

    @property
    def rows(self) -> list[list[str]]:
        """The cells of every row; each row has one per column."""
        return [list(cells) for cells in zip(*self.columns, strict=True)]

    def column(self, name: str) -> Packed:
        """Give the cells of one column.

        Raises:
            DataError: there is no such column.
        """
        if name not in self.header:
            raise DataError([Problem(self._why_unknown(name), where=self.name)])
        return self.columns[self.header.index(name)]

    def problem(self, row_index: int, column_name: str, message: str) -> Problem:
        """Say that something is wrong with a cell.

        Args:
            row_index: 0-based, without the header.
            column_name: one of `header`.
            message: what the cell holds, why it cannot be, what to do.
        """
        line = self.lines[row_index]
        return Problem(f"row {row_index + 1}, column {column_name!r}: {message}", where=self.name, line=line)

    def _why_unknown(self, name: str) -> str:
        """Name the columns that there are."""
        names = ", ".join(repr(shortened(column)) for column in self.header[:_MOST_LISTED])
        more = len(self.header) - _MOST_LISTED
        listed = f"{names} and {more:,} more" if more > 0 else names
        hint = did_you_mean(name, self.header)
        if len(self.header) == 1 and not hint:
            hint = "; is there another delimiter between the columns?"
        return f"there is no column {name!r} among {listed}{hint}"


def read_table(path: Location, *, delimiter: str | None = None) -> Table:
    """Read a CSV or TSV file whose first line that is not blank is the header.

    Args:
        path: the file, UTF-8 with or without a byte order mark.
        delimiter: what stands between cells; by default a tab for `.tsv` and `.tab`, a comma otherwise.

    Raises:
        DataError: the file cannot be read or is no table, with every problem that was found.
    """
    name = os.fspath(path)
    reading = _Reading(name, _delimiter(name) if delimiter is None else delimiter)
    try:
        with open_bytes(path) as file:
            return reading.read(file)
    except Unreadable as error:
        raise DataError([Problem(str(error), where=name)]) from error


def read_stream(stream: BinaryIO, name: str, *, delimiter: str | None = None) -> Table:
    """Read a table from what is open already, such as standard input.

    Args:
        stream: its bytes, UTF-8 with or without a byte order mark.
        name: stands in every problem.
        delimiter: what stands between cells; by default a comma.

    Raises:
        DataError: as `read_table`.
    """
    # Only a buffer lets its reader look ahead.
    file = stream if isinstance(stream, BufferedReader) else BufferedReader(cast("io.RawIOBase", stream))
    try:
        return _Reading(name, _delimiter(name) if delimiter is None else delimiter).read(file)
    except OSError as error:
        raise DataError([Problem(f"this cannot be read: {error.strerror or error}", where=name)]) from error


def _delimiter(name: str) -> str:
    """Give the delimiter that a file name promises."""
    return "\t" if name.lower().endswith((".tsv", ".tab")) else ","


class _Stopped(Exception):  # noqa: N818  it says what happened; the problem itself was kept
    """End the reading: nothing that follows could be trusted."""


class _Reading:
    """Read one table and collect what is wrong with it."""

    def __init__(self, name: str, delimiter: str) -> None:
        self._name = name
        self._delimiter = delimiter
        self._findings = Findings(name, _MOST_PROBLEMS)

    def read(self, file: BufferedReader) -> Table:
        header: tuple[str, ...] = ()
        packer, read = Packer(0), 0
        try:
            for line, cells in self._rows(file):
                if not header:
                    header = self._header(line, cells)
                    packer = Packer(len(header))
                    continue
                read += 1
                if len(cells) == len(header):
                    packer.add(cells, line)
                else:
                    self._add(_ragged(read, len(cells), len(header), self._delimiter), line)
            # Rows that could not be read are no reason to call the table empty.
            if not read and not self._findings.problems():
                self._refuse_emptiness(header)
        except _Stopped:
            pass
        problems = self._findings.problems()
        if problems:
            raise DataError(problems)
        return Table(self._name, header, packer.columns(), packer.lines)

    def _rows(self, file: BufferedReader) -> Iterator[tuple[int, list[str]]]:
        """Give the rows that are not blank, each with its first line."""
        self._check(file)
        reader = csv.reader(self._lines(file), delimiter=self._delimiter, strict=True)
        has_header = False
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._add(_fault(str(error)), line)
                # Without its header, or after a cell that swallowed lines, every row would look wrong.
                if not has_header or "limit" in str(error):
                    raise _Stopped from error
                continue
            if cells and not (len(cells) == 1 and cells[0].isspace()):
                has_header = True
                yield line, cells

    def _check(self, file: BufferedReader) -> None:
        """Refuse a delimiter and an encoding that cannot be used."""
        if len(self._delimiter) != 1 or self._delimiter in '\r\n"\0':
            self._stop(f"delimiter {self._delimiter!r} cannot separate cells; use one character, such as ';'")
        foreign = foreign_encoding(file.peek(4))
        if foreign is not None:
            self._stop(foreign)

    def _lines(self, file: BufferedReader) -> Iterator[str]:
        """Give the lines with their ends, up to the first that is no text."""
        # An escaped byte tells its line; a decoding error would not.
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        try:
            for number, line in enumerate(iter(lambda: text.readline(_LONGEST_LINE), ""), start=1):
                match = None if line.isascii() and "\0" not in line else _UNFIT.search(line)
                if match is not None:
                    self._stop(unfit_character(match[0]), number)
                if len(line) == _LONGEST_LINE:
                    self._stop(f"this line is longer than {_LONGEST_LINE:,} characters; is this file a table?", number)
                yield line
        finally:
            # The file is its opener's to close.
            text.detach()

    def _header(self, line: int, cells: list[str]) -> tuple[str, ...]:
        """Give the names of the columns, and report those that name nothing or two columns."""
        first: dict[str, int] = {}
        names = tuple(cell.strip() for cell in cells)
        for number, name in enumerate(names, start=1):
            if not name:
                self._add(f"column {number} has no name; write one in the header", line)
            elif name in first:
                both = f"columns {first[name]} and {number}"
                self._add(f"{both} are both named {shortened(name)!r}; rename one of them", line)
            else:
                first[name] = number
        return names

    def _refuse_emptiness(self, header: tuple[str, ...]) -> None:
        if header:
            self._add("the table has a header but no rows; write rows under the header")
        else:
            self._add("there is nothing to read: the file is empty or blank; write a header and rows under it")

    def _add(self, message: str, line: int | None = None) -> None:
        self._findings.add(Problem(message, where=self._name, line=line))

    def _stop(self, message: str, line: int | None = None) -> NoReturn:
        self._add(message, line)
        raise _Stopped


def _ragged(row: int, cells: int, columns: int, delimiter: str) -> str:
    """Say that a row is shorter or longer than the header."""
    counted = f"{cells:,} cell" if cells == 1 else f"{cells:,} cells"
    todo = "write the missing ones" if cells < columns else f"put a cell that holds {delimiter!r} in quotes"
    return f"row {row:,} has {counted}, but the header has {columns:,}; {todo}"


def _fault(said: str) -> str:
    """Say a complaint of the csv module in plain words."""
    if "end of data" in said:
        return "a quote opens in the row that starts here and is never closed; close it"
    if "limit" in said:
        most = csv.field_size_limit()
        return f"the row that starts here has a cell of over {most:,} characters; is a quote never closed?"
    if "expected after" in said:
        return 'text follows a closing quote in the row that starts here; write a quote in a cell as "" and close each'
    return f"the row that starts here cannot be read: {said}"
