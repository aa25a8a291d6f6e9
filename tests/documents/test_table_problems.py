"""Every way in which a table can be wrong has its sentence, and what can be told at once is."""

import errno
import io
import subprocess
import sys
from pathlib import Path

import pytest

from backprop_cli.documents.packed import Packed
from backprop_cli.documents.table_reader import Table, read_stream, read_table
from backprop_cli.errors import DataError, Problem


def table(tmp_path: Path, content: bytes, *, delimiter: str | None = None) -> Table:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    found = read_table(path, delimiter=delimiter)
    return Table("t.csv", found.header, found.columns, found.lines)


RAGGED = "put a cell that holds ',' in quotes"
AFTER_QUOTE = 'text follows a closing quote in the row that starts here; write a quote in a cell as "" and close each'
NOTHING = "there is nothing to read: the file is empty or blank; write a header and rows under it"
REFUSALS = {
    "empty": (b"", [f": {NOTHING}"]),
    "blank": (b"\n \n\r\n", [f": {NOTHING}"]),
    "header only": (b"\na,b\n\n", [": the table has a header but no rows; write rows under the header"]),
    "ragged rows": (
        b"a,b,c\n1\n1,2,3,4\n\n1,2,3\n1,2\n",
        [
            ":2: row 1 has 1 cell, but the header has 3; write the missing ones",
            f":3: row 2 has 4 cells, but the header has 3; {RAGGED}",
            ":6: row 4 has 2 cells, but the header has 3; write the missing ones",
        ],
    ),
    "names": (
        b"a, ,a,b,a\n1,2,3,4,5\n1,2\n",
        [
            ":1: column 2 has no name; write one in the header",
            ":1: columns 1 and 3 are both named 'a'; rename one of them",
            ":1: columns 1 and 5 are both named 'a'; rename one of them",
            ":3: row 2 has 2 cells, but the header has 5; write the missing ones",
        ],
    ),
    "Latin-1": (
        "a,b\n1\nMüller,2\n".encode("latin-1"),
        [
            ":2: row 1 has 1 cell, but the header has 2; write the missing ones",
            ":3: byte 0xfc is not UTF-8; save the text as UTF-8",
        ],
    ),
    "UTF-16": ("a,b".encode("utf-16"), [": this text is UTF-16, not UTF-8; save it as UTF-8"]),
    "UTF-32": ("a,b".encode("utf-32"), [": this text is UTF-32, not UTF-8; save it as UTF-8"]),
    "NUL": (
        b"a,b\n1,\x002\n",
        [":2: a NUL character: this is no text file, or not UTF-8; save it as UTF-8 text"],
    ),
    "an open quote": (
        b'a,b\n1,2\n3,"4\n5,6\n',
        [":3: a quote opens in the row that starts here and is never closed; close it"],
    ),
    "an open quote in the only row": (
        b'a,b\n3,"4\n',
        [":2: a quote opens in the row that starts here and is never closed; close it"],
    ),
    "an open quote in the header": (
        b'a,"b\n1,2\n1\n',
        [":1: a quote opens in the row that starts here and is never closed; close it"],
    ),
    "text after a quote": (
        b'a,b\n1,"2" x\n1\n',
        [f":2: {AFTER_QUOTE}", ":3: row 1 has 1 cell, but the header has 2; write the missing ones"],
    ),
    "text after a quote in the header": (b'a,"b" x\n1,2,3\n', [f":1: {AFTER_QUOTE}"]),
    "a long cell": (
        b'a,b\n1\n1,"' + b"x\n" * 70_000,
        [
            ":2: row 1 has 1 cell, but the header has 2; write the missing ones",
            ":3: the row that starts here has a cell of over 131,072 characters; is a quote never closed?",
        ],
    ),
}


@pytest.mark.parametrize(("content", "messages"), REFUSALS.values(), ids=REFUSALS)
def test_a_wrong_table_is_refused_with_all_its_problems(content: bytes, messages: list[str], tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        table(tmp_path, content)

    assert caught.value.exit_code == 4
    assert [str(problem) for problem in caught.value.problems] == [f"{tmp_path}/t.csv{text}" for text in messages]


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        table(tmp_path, b"a,b\n" + b"x" * (16 * 2**20 + 1))

    assert (
        str(caught.value)
        == f"{tmp_path}/t.csv:2: this line is longer than 16,777,216 characters; is this file a table?"
    )


def test_problems_are_shown_up_to_twenty(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        table(tmp_path, b"a,b\n" + b"1\n" * 1234)

    shown = [str(problem) for problem in caught.value.problems]
    assert len(shown) == 21
    assert shown[-1] == f"{tmp_path}/t.csv: … and 1,214 more"


FILES = {
    "missing.csv": "there is no such file; check the name and the folder",
    "folder": "this is a folder, not a file; name a file in it",
    "a\0b": "this cannot be the name of a file; check it for unusual characters",
}


@pytest.mark.parametrize(("name", "message"), FILES.items(), ids=["missing", "folder", "NUL"])
def test_a_file_that_cannot_be_opened_is_refused(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(DataError) as caught:
        read_table(name)

    assert str(caught.value) == str(Problem(message, where=name))


def test_a_stream_whose_reading_fails_is_refused() -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _buffer: object) -> int:
            raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(DataError) as caught:
        read_stream(Broken(), "<stdin>")

    assert str(caught.value) == "<stdin>: this cannot be read: Input/output error"


@pytest.mark.parametrize("delimiter", ["", "ab", "\n", '"', "\0"])
def test_a_delimiter_that_cannot_separate_is_refused(delimiter: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        table(tmp_path, b"a,b\n1,2\n", delimiter=delimiter)

    message = f"delimiter {delimiter!r} cannot separate cells; use one character, such as ';'"
    assert str(caught.value) == f"{tmp_path}/t.csv: {message}"


def test_a_delimiter_can_be_given(tmp_path: Path) -> None:
    assert table(tmp_path, b"a;b\n1,5;2\n", delimiter=";").rows == [["1,5", "2"]]


@pytest.mark.parametrize("name", ["t.tab", "T.TSV"])
def test_a_suffix_tells_the_delimiter(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"a\tb\n1\t2\n")

    assert read_table(tmp_path / name).header == ("a", "b")


def test_old_line_ends_and_rows_of_one_empty_cell_are_read(tmp_path: Path) -> None:
    assert list(table(tmp_path, b"a,b\r1,2\r3,4").lines) == [2, 3]
    assert table(tmp_path, b'a\n""\n \n1\n').rows == [[""], ["1"]]


def test_a_column_is_given_by_name() -> None:
    found = Table("t.csv", ("a", "b"), (Packed.of(["1", "3"]), Packed.of(["2", "4"])), [2, 3])

    assert found.column("b") == ["2", "4"]


@pytest.mark.parametrize(
    ("header", "name", "message"),
    [
        (("width", "height"), "widht", "there is no column 'widht' among 'width', 'height'; did you mean 'width'?"),
        (("width", "height"), "x", "there is no column 'x' among 'width', 'height'"),
        (("a;b",), "x", "there is no column 'x' among 'a;b'; is there another delimiter between the columns?"),
        (
            tuple(f"x{number}" for number in range(12)),
            "label",
            "there is no column 'label' among 'x0', 'x1', 'x2', 'x3', 'x4', 'x5', 'x6', 'x7', 'x8', 'x9' and 2 more",
        ),
    ],
)
def test_an_unknown_column_is_refused_with_those_there_are(header: tuple[str, ...], name: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        Table("t.csv", header, (Packed.of(["1"]),) * len(header), [2]).column(name)

    assert str(caught.value) == f"t.csv: {message}"


def test_a_problem_names_the_line_of_the_file_and_the_row_of_the_data(tmp_path: Path) -> None:
    found = table(tmp_path, b'width,b\n"1\n2",x\n\nabc,y\n')

    problem = found.problem(1, "width", "'abc' is not a number; write one")

    assert str(problem) == "t.csv:5: row 2, column 'width': 'abc' is not a number; write one"


def test_a_hundred_thousand_rows_are_read(tmp_path: Path) -> None:
    found = table(tmp_path, b"a,b,c\n" + b"5.1,3.5,setosa\n" * 100_000)

    assert (len(found.rows), found.lines[-1]) == (100_000, 100_001)


def test_tables_are_read_without_a_yaml_parser() -> None:
    code = "import sys, backprop_cli.documents.table_reader; sys.exit('yaml' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
