"""Cells of a table are read with their places, and what is wrong with them is told where it stands."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.documents import cells as module
from backprop_cli.documents.cells import delimiter_in, looks_like_a_table, parse_cells
from backprop_cli.errors import ConfigError


def texts(data: bytes | str, delimiter: str = ",") -> list[list[str]]:
    return [[cell.text for cell in row] for row in parse_cells(data, "x.csv", delimiter).rows]


def places(text: str, delimiter: str = ",") -> list[list[tuple[int, int]]]:
    return [[(cell.line, cell.column) for cell in row] for row in parse_cells(text, "x.csv", delimiter).rows]


@pytest.mark.parametrize(
    ("text", "expected", "where"),
    [
        ("", [], []),
        (" \n\t\r\n,,\n", [], []),
        ("a,b", [["a", "b"]], [[(1, 1), (1, 3)]]),
        ("\ufeffa,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]], [[(1, 1), (1, 3)], [(2, 1), (2, 3)]]),
        ("a,b\r1,2\r", [["a", "b"], ["1", "2"]], [[(1, 1), (1, 3)], [(2, 1), (2, 3)]]),
        ("\n\n a , b \n\n1,\n", [["a", "b"], ["1", ""]], [[(3, 2), (3, 6)], [(5, 1), (5, 3)]]),
        ('a, "x, ""y""" ,3\n', [["a", 'x, "y"', "3"]], [[(1, 1), (1, 4), (1, 16)]]),
        ('"two\nlines",b\nc,d', [["two\nlines", "b"], ["c", "d"]], [[(1, 1), (2, 8)], [(3, 1), (3, 3)]]),
        ('a"b,5" long\n', [['a"b', '5" long']], [[(1, 1), (1, 5)]]),
        ("a\u2028b,c", [["a\u2028b", "c"]], [[(1, 1), (1, 5)]]),
    ],
)
def test_cells_are_read_with_their_places(
    text: str, expected: list[list[str]], where: list[list[tuple[int, int]]]
) -> None:
    assert texts(text) == expected
    assert places(text) == where


def test_a_tab_can_separate_cells() -> None:
    assert texts('a\t1,5\n"b\tc"\t 2 \n\t3\n', "\t") == [["a", "1,5"], ["b\tc", "2"], ["", "3"]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('a,b\nc,"d\n', 'x.csv:2:3: a quote opens here and is never closed; close it\n    c,"d\n      ^'),
        (
            'a,"b" c,d\n"e"f,g\n',
            ('x.csv:1:7: text follows a closing quote here; write a quote in a cell as "" and close each\n'
            '    a,"b" c,d\n          ^\n'
            'x.csv:2:4: text follows a closing quote here; write a quote in a cell as "" and close each\n'
            '    "e"f,g\n       ^'),
        ),
        (b"a,\xff\n", "x.csv:1:3: byte 0xff is not UTF-8; save the text as UTF-8\n    a,\ufffd\n      ^"),
        (b"a,\x00\n", ("x.csv:1:3: a NUL character: this is no text file, or not UTF-8; save it as UTF-8 text\n"
         "    a,\ufffd\n      ^")),
        ("a,b".encode("utf-16"), "x.csv: this text is UTF-16, not UTF-8; save it as UTF-8"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(data: bytes | str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_cells(data, "x.csv", ",")

    assert str(error.value) == message


def test_there_is_a_limit_on_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_NODES", 100)

    assert len(texts("a,b\n" * 50)) == 50
    with pytest.raises(ConfigError, match=r"x.csv:51:1: this is more than 1,000,000 cells; make it smaller"):
        texts("a,b\n" * 60)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("name,printed\nz;1,2", ","),
        ("name;printed\n", ";"),
        ("\n\nz;0,56\n", ";"),
        ("a\tb,c", "\t"),
        ('"a;b",c', ","),
        ("", ","),
        ("a", ","),
    ],
)
def test_the_first_line_tells_the_delimiter(text: str, delimiter: str) -> None:
    assert delimiter_in(text) == delimiter


@pytest.mark.parametrize(
    "text", ["name,printed\n", "\ufeff\n z,0.5\n", "z;0,5", "z\t0.5", '"z",0.5', "m:w1,0.5\n", "-dL/dz,1"]
)
def test_tables_are_told_from_yaml_and_json(text: str) -> None:
    assert looks_like_a_table(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "z: 0,5\n", "- z: 0,5", "-\tz: 0,5", "-", "[1, 2]", '{"z": 1, "a": 2}', "# a, b\n", "---\na: 1,2\n",
        "? a,b\n", "z:\t0,5", "a, b:\n", "z", "%YAML 1.2, x",
    ],
)  # fmt: skip
def test_yaml_and_json_are_told_from_tables(text: str) -> None:
    assert not looks_like_a_table(text)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(st.text('ab",; \n\té', max_size=4), min_size=1, max_size=4), max_size=4))
def test_what_the_standard_library_writes_is_read_back(rows: list[list[str]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    stripped = [[cell.strip() for cell in row] for row in rows]

    assert texts(file.getvalue()) == [row for row in stripped if any(row)]


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=80) | st.text('ab",;\t\r\n \ufeff\u2028', max_size=40), st.sampled_from(",;\t"))
def test_whatever_is_read_ends_in_cells_or_a_clear_error(data: bytes | str, delimiter: str) -> None:
    try:
        rows = parse_cells(data, "x.csv", delimiter).rows
    except ConfigError as error:
        assert str(error).encode()  # noqa: PT017  either end is right
    else:
        assert all(any(cell.text for cell in row) for row in rows)
