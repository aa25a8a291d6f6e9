"""Tables are read as text, with every row's line, and refused with a sentence that says where and why."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backprop_cli.documents.table_reader import Table, read_table
from backprop_cli.errors import DataError


def table(tmp_path: Path, content: bytes, name: str = "t.csv") -> Table:
    (tmp_path / name).write_bytes(content)
    return read_table(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "header", "rows", "lines"),
    [
        (b"a,b\n1,2\n3,4\n", ("a", "b"), [["1", "2"], ["3", "4"]], [2, 3]),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n", ("a", "b"), [["1", "2"]], [2]),
        (b'a,b\n"x, ""y""",2\n', ("a", "b"), [['x, "y"', "2"]], [2]),
        (b'a,b\n"two\nlines",2\n3,4\n', ("a", "b"), [["two\nlines", "2"], ["3", "4"]], [2, 4]),
        (b"\n a , b \n\n1,2\n\n", ("a", "b"), [["1", "2"]], [4]),
        ("ä,b\nö,2".encode(), ("ä", "b"), [["ö", "2"]], [2]),
    ],
)
def test_a_table_is_read_with_its_lines(
    content: bytes, header: tuple[str, ...], rows: list[list[str]], lines: list[int], tmp_path: Path
) -> None:
    found = table(tmp_path, content)

    assert (found.header, found.rows, list(found.lines)) == (header, rows, lines)


def test_a_tab_separates_the_columns_of_a_tsv(tmp_path: Path) -> None:
    assert table(tmp_path, b"a\tb\n1,5\t2\n", "t.tsv").rows == [["1,5", "2"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "there is nothing to read: the file is empty or blank; write a header and rows under it"),
        (b"a,b\n", "the table has a header but no rows; write rows under the header"),
    ],
)
def test_an_empty_table_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        table(tmp_path, content)

    assert str(error.value) == f"{tmp_path}/t.csv: {message}"


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"a,b\n1\n", ":2", "1 cell"),
        (b"a,a\n1,2\n", ":1", "both named 'a'"),
        (b"a,\n1,2\n", ":1", "column 2 has no name"),
        (b'a,b\n"1,2\n', ":2", "quote"),
        (b"a,b\n1,\xff\n", ":2", "UTF-8"),
        (b"a,b\n1,\x00\n", ":2", "NUL"),
        ("a,b\n1,2\n".encode("utf-16"), "", "UTF-16"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(content: bytes, place: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        table(tmp_path, content)

    assert str(error.value).startswith(f"{tmp_path}/t.csv{place}")
    assert words in str(error.value)


def test_all_ragged_rows_are_told_up_to_a_limit(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        table(tmp_path, b"a,b\n" + b"1\n" * 50)

    assert len(error.value.problems) == 21
    assert "30 more" in str(error.value.problems[-1])


def test_a_missing_column_is_told_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no column 'widht' among 'width', 'b'; did you mean 'width'\?"):
        table(tmp_path, b"width,b\n1,2\n").column("widht")


def test_what_is_no_readable_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(DataError, match=str(tmp_path)):
            read_table(path)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=120) | st.text(alphabet='ab,"\n\r\t;1 ', max_size=60).map(str.encode))
def test_whatever_is_read_ends_in_a_table_or_a_clear_error(content: bytes, tmp_path: Path) -> None:
    try:
        found = table(tmp_path, content)
    except DataError as error:
        assert str(error)  # noqa: PT017  either end is right
    else:
        assert all(len(row) == len(found.header) for row in found.rows)
