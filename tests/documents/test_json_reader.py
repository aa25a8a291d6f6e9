"""JSON is read as RFC 8259 says, with the text of numbers and the place of everything; what is wrong is told."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.documents import json_reader
from backprop_cli.documents.expectation import Expectation
from backprop_cli.documents.json_reader import parse_json
from backprop_cli.documents.texts import MOST_BYTES
from backprop_cli.documents.tree import Document, Node
from backprop_cli.documents.yaml_reader import parse_yaml
from backprop_cli.errors import ConfigError

ANY = Expectation(write="a list", repeated="write a list", lists=True)


def refusal(text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_json(text, "x.json", ANY)
    return str(caught.value)


def at(document: Document, *path: str | int) -> Node:
    return document.find(path)


def test_numbers_keep_their_text() -> None:
    found = parse_json('[0.30, -1E-04, 12, "0.30", true, null]', "x.json", ANY)

    assert found.plain() == [0.3, -1e-4, 12, "0.30", True, None]
    assert found.plain(lambda _path: True) == ["0.30", "-1E-04", "12", "0.30", "true", "null"]
    assert [at(found, number).quoted for number in range(6)] == [False, False, False, True, False, False]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_everything_has_its_line_and_column(end: str) -> None:
    found = parse_json(f'\ufeff{{{end}  "z": 0.30,{end}\t"list": [1,{end} {{"\\ud83d\\ude00": "😀"}}]{end}}}', "x.json")

    assert (at(found, "z").line, at(found, "z").column) == (2, 8)
    assert (at(found, "z").key_line, at(found, "z").key_column) == (2, 3)
    assert (at(found, "list").line, at(found, "list").column, at(found, "list").text) == (3, 10, None)
    assert (at(found, "list", 1, "😀").line, at(found, "list", 1, "😀").column) == (4, 19)
    assert len(found.lines) == 5


def test_a_line_separator_in_a_text_ends_no_line() -> None:
    found = parse_json('["a\u2028b",\n1]', "x.json", ANY)

    assert (at(found, 1).line, at(found, 1).column) == (2, 1)


MESSAGES = {
    "": "x.json: there is nothing to read: this is empty; write a list",
    " \n": "x.json: there is nothing to read: this is empty; write a list",
    "3": "x.json:1:1: the top level is the number 3; write a list",
    '"a"': "x.json:1:1: the top level is the text 'a'; write a list",
    '{"a": 1, "a": 2}': "x.json:1:10: key 'a' was given before, on line 1; write a list",
    "[NaN]": "x.json:1:2: 'NaN' is no number; JSON knows finite ones alone",
    "[-Infinity]": "x.json:1:2: '-Infinity' is no number; JSON knows finite ones alone",
    "[.5]": "x.json:1:2: '.5' is no number as JSON writes them; put it in quotes",
    "[01]": "x.json:1:2: '01' is no number as JSON writes them; put it in quotes",
    "[−0.94]": "x.json:1:2: '−0.94' is no number as JSON writes them; put it in quotes",
    "[True]": "x.json:1:2: 'True' is no value in JSON; did you mean 'true'?",
    "[None]": "x.json:1:2: 'None' is no value in JSON; did you mean 'null'?",
    "[wrong]": "x.json:1:2: 'wrong' is no value in JSON; put text in double quotes",
    "['a']": "x.json:1:2: JSON knows double quotes alone; write \" in place of '",
    "{'a': 1}": "x.json:1:2: JSON knows double quotes alone; write \" in place of '",
    "{dL/dw: 1}": 'x.json:1:2: a key needs double quotes in JSON; write "dL/dw"',
    "{[1]: 1}": "x.json:1:2: a key in double quotes is expected here; write one",
    "// a\n[1]": "x.json:1:1: JSON has no comments; remove this one",
    "[1,]": "x.json:1:3: a comma stands before ']'; remove it",
    '{"a": 1,}': "x.json:1:8: a comma stands before '}'; remove it",
    "[1 2]": "x.json:1:4: a ',' or ']' is missing before this",
    "[1}": "x.json:1:3: a ',' or ']' is missing before this",
    "[,1]": "x.json:1:2: a value is missing before ','; write one, or remove the extra sign",
    '{"a": }': "x.json:1:7: a value is missing before '}'; write one, or remove the extra sign",
    '{"a" 1}': "x.json:1:6: a ':' is missing after the key; write one between a key and its value",
    "[1] [2]": "x.json:1:5: this stands after the end of the document; remove it, or check the line above",
    "[1": "x.json:1:1: '[' opens here and is never closed; close it with ']'",
    "[1,": "x.json:1:1: '[' opens here and is never closed; close it with ']'",
    '[{"a"': "x.json:1:2: '{' opens here and is never closed; close it with '}'",
    '[{"a":': "x.json:1:2: '{' opens here and is never closed; close it with '}'",
    '["a': 'x.json:1:2: the quote (") that opens here is never closed on its line; close it with "',
    '["a\nb"]': 'x.json:1:2: the quote (") that opens here is never closed on its line; close it with "',
    '["a\tb"]': r"x.json:1:4: a tab stands in a text; write '\t'",
    r'["a\d"]': r"x.json:1:4: this is no escape that JSON knows; write '\\' for a backslash",
    r'["\ud83d"]': r"x.json:1:2: \ud83d is half of a character; write the other half, too",
    "[" + "9" * 5000 + "]": "x.json:1:2: an integer of 5,000 digits is too long: at most 4,300 are read; shorten it",
    "[" * 65: "x.json:1:65: values are nested more than 64 levels deep here; nest them less",
}


@pytest.mark.parametrize("text", MESSAGES, ids=[text[:12] for text in MESSAGES])
def test_what_is_wrong_is_told(text: str) -> None:
    assert refusal(text).split("\n")[0] == MESSAGES[text]


def test_what_does_not_end_the_reading_is_told_at_once() -> None:
    said = refusal('{"a": NaN,\n "b": .5,\n "a": 1,\n c: None,\n}')

    assert [line.split(" ")[0] for line in said.split("\n") if line.startswith("x")] == [
        "x.json:1:7:", "x.json:2:7:", "x.json:3:2:", "x.json:4:2:", "x.json:4:5:", "x.json:4:9:",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[1, \xff]", "x.json:1:5: byte 0xff is not UTF-8; save the text as UTF-8"),
        ("[1]".encode("utf-16"), "x.json: this text is UTF-16, not UTF-8; save it as UTF-8"),
        (b"[\x00]", "x.json:1:2: a NUL character: this is no text file, or not UTF-8; save it as UTF-8 text"),
        (b" " * (MOST_BYTES + 1), "x.json: this is more than 16,777,216 bytes, the most that is read; make it smaller"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, message: str) -> None:
    assert refusal(data).split("\n")[0] == message


def test_there_is_a_limit_on_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reader, "MOST_NODES", 100)

    assert parse_json("[" + "1," * 98 + "1]", "x.json", ANY)
    assert refusal("[" + "1," * 99 + "1]").startswith("x.json:1:200: this is more than 1,000,000 values; make it")


def test_a_mapping_is_expected_where_nothing_else_is_said() -> None:
    with pytest.raises(ConfigError, match="the top level is a list of 1; write 'key: value' lines"):
        parse_json("[1]", "x.json")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=300)
@given(value=VALUES, indent=st.none() | st.integers(0, 3))
def test_what_the_standard_library_writes_is_read_back(value: Any, indent: int | None) -> None:
    assert parse_json(json.dumps([value], indent=indent), "x.json", ANY).plain() == [value]


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=80) | st.text(alphabet="{}[]\",:'\\u\n\t ae019.-+/\u2028", max_size=40))
def test_whatever_is_read_is_json_or_refused_with_places(data: bytes | str) -> None:
    try:
        found = parse_json(data, "x.json", ANY)
    except ConfigError as error:
        assert all(problem.line is None or problem.line >= 1 for problem in error.problems)  # noqa: PT017
        assert str(error).encode()  # noqa: PT017  either end is right
    else:
        assert found.plain() == json.loads(data)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.dictionaries(st.text("abz", min_size=1), st.integers() | st.text("ab é", max_size=4)), max_size=4))
def test_json_has_the_places_that_it_has_as_yaml(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)

    assert parse_json(text, "x", ANY).root == parse_yaml(text, "x", ANY).root
