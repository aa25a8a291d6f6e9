"""YAML is read by our rules: its numbers and words, its limits, and what is refused with which sentence."""

import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.documents.expectation import Expectation
from backprop_cli.documents.tree import Document
from backprop_cli.documents.yaml_reader import parse_yaml, read_yaml
from backprop_cli.errors import ConfigError, UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-4", 1e-4), ("012", 12), ("0o17", 15), ("0x1F", 31), (".5", 0.5), ("5.", 5.0), ("-3", -3), ("+2", 2),
        ("6.02E23", 6.02e23), (".inf", math.inf), ("-.inf", -math.inf), ("true", True), ("False", False),
        ("null", None), ("~", None), ("", None), ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"),
        ("12:30:45", "12:30:45"), ("2024-01-01", "2024-01-01"), ("1_000", "1_000"), ("'1'", "1"), ('"yes"', "yes"),
        ("nan", "nan"), ("inf", "inf"), ("1e", "1e"), ("[1, 2.5]", [1, 2.5]), ("{a: 1}", {"a": 1}),
    ],
)  # fmt: skip
def test_a_scalar_is_read_as_yaml_1_2_says(text: str, value: Any) -> None:
    found = parse_yaml(f"key: {text}\n", "x.yaml").plain()

    assert found == {"key": value}
    assert type(found["key"]) is type(value)  # type: ignore[index]


def test_not_a_number_is_a_number() -> None:
    assert math.isnan(parse_yaml("key: .nan", "x.yaml").plain()["key"])  # type: ignore[index]


def test_keys_are_words_as_they_are_written() -> None:
    assert parse_yaml("y: 1\nyes: 2\n012: 3\nnull: 4\n", "x.yaml").plain() == {"y": 1, "yes": 2, "012": 3, "null": 4}


def test_text_is_kept_where_digits_matter() -> None:
    document = parse_yaml("figures: [{printed: 0.30}, {printed: '1.0'}, {printed: 1e-04}]\n", "x.yaml")

    assert document.plain(lambda path: path[-1] == "printed") == {
        "figures": [{"printed": "0.30"}, {"printed": "1.0"}, {"printed": "1e-04"}]
    }


def test_anchors_and_aliases_work_within_limits() -> None:
    assert parse_yaml("a: &one [1, 2]\nb: *one\n", "x.yaml").plain() == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "x.yaml:2:1: key 'a' was given before, on line 1; keep one of the two\n    a: 2\n    ^"),
        ("a:\n\tb: 1\n", "x.yaml:2:1: a tab indents this line; YAML wants spaces\n     b: 1\n    ^"),
        (
            "# nothing\n",
            "x.yaml: there is nothing to read: this is empty or holds only comments; write 'key: value' lines",
        ),
        (
            "a: !!int 3\n",
            "x.yaml:1:4: tags are not read: '!!int'; remove it, or put the text in quotes\n    a: !!int 3\n       ^",
        ),
    ],
)  # fmt: skip
def test_a_problem_is_told_in_full(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_yaml(text, "x.yaml")

    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- 1\n- 2\n", "top level is a list"), ("just text", "top level is the text"),
        ("a: 1\n---\nb: 2\n", "document"), ("a: [1, 2\n", "'['"),
        ("a: 'open\n", "quote"), ("a: " + "[" * 3000, "64 levels"), ("? [1]\n: 2\n", "key"), ("a: *b\n", "b"),
        ("a: &a [*a]\n", "a"), ("a: " + "9" * 5000, "a"), ("a: 1\n b: 2\n", "x.yaml"), ("a:1\nb: 2\n", "x.yaml"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_reason(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_yaml(text, "x.yaml")

    assert words in str(error.value)
    assert str(error.value).startswith("x.yaml")


def test_several_problems_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        parse_yaml("a: !x 1\nb: 2\nb: 3\nc: !y 4\n", "x.yaml")

    assert [problem.line for problem in error.value.problems] == [1, 3, 4]


LISTS = Expectation(write="a list", repeated="write a list", lists=True)


def test_a_list_can_be_the_top_level_where_one_is_expected() -> None:
    assert parse_yaml("- 1\n- a: 2\n", "x.yaml", LISTS).plain() == [1, {"a": 2}]
    assert parse_yaml("a: 2\n", "x.yaml", LISTS).plain() == {"a": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text", "x.yaml:1:1: the top level is the text 'text'; write a list\n    text\n    ^"),
        ("", "x.yaml: there is nothing to read: this is empty or holds only comments; write a list"),
        ("a: 1\na: 2", "x.yaml:2:1: key 'a' was given before, on line 1; write a list\n    a: 2\n    ^"),
    ],
)
def test_advice_is_for_the_kind_of_document(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_yaml(text, "x.yaml", LISTS)

    assert str(error.value) == message


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200) | st.text(alphabet="{}[]&*!?:-#'\"\n\t ab01,|>%@`\\", max_size=60))
def test_whatever_is_read_ends_in_a_document_or_a_clear_error(data: bytes | str) -> None:
    try:
        assert isinstance(parse_yaml(data, "x.yaml"), Document)
    except ConfigError as error:
        assert str(error)  # noqa: PT017  either end is right


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcd", min_size=1), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(JSON)
def test_json_is_yaml(value: Any) -> None:
    assert parse_yaml(json.dumps({"key": value}), "x.yaml").plain() == {"key": value}


def test_every_value_knows_where_it_stands() -> None:
    document = parse_yaml("a:\n  - b: 1\n    c: [2, oops]\n", "x.yaml")
    node = document.find(("a", 0, "c", 1))

    assert (node.line, node.column, node.text) == (3, 12, "oops")
    assert document.find(("a", 0, "missing")).line == 2
    assert str(document.problem(("a", 0, "c", 1), "no")) == "x.yaml:3:12: no\n        c: [2, oops]\n               ^"


def test_standard_input_is_read_for_a_dash() -> None:
    assert read_yaml("-", stdin=io.StringIO("a: 1")).plain() == {"a": 1}
    assert read_yaml("-", stdin=io.BytesIO(b"\xef\xbb\xbfa: 1\r\n")).plain() == {"a": 1}


def test_what_is_no_readable_file_is_told(tmp_path: Path) -> None:
    for path, words in ((tmp_path, "folder"), (tmp_path / "none.yaml", "there is no such file")):
        with pytest.raises(ConfigError, match=words):
            read_yaml(path)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("a.b=2", {"a": {"b": 2}, "l": [1, {"u": 1}], "o": "sgd"}),
        ("l.1.u=5", {"a": {"b": 1}, "l": [1, {"u": 5}], "o": "sgd"}),
        ("l.0=[1, 2]", {"a": {"b": 1}, "l": [[1, 2], {"u": 1}], "o": "sgd"}),
        ("o.rate=1e-3", {"a": {"b": 1}, "l": [1, {"u": 1}], "o": {"name": "sgd", "rate": 1e-3}}),
        ("new.path.x=yes", {"a": {"b": 1}, "l": [1, {"u": 1}], "o": "sgd", "new": {"path": {"x": "yes"}}}),
        ("o={name: adam}", {"a": {"b": 1}, "l": [1, {"u": 1}], "o": {"name": "adam"}}),
        ("a.b=x=y", {"a": {"b": "x=y"}, "l": [1, {"u": 1}], "o": "sgd"}),
    ],
)
def test_set_changes_one_value_and_leaves_the_document_alone(setting: str, value: Any) -> None:
    document = parse_yaml("a: {b: 1}\nl: [1, {u: 1}]\no: sgd\n", "x.yaml")
    before = document.plain()

    assert document.with_override(setting).plain() == value
    assert document.plain() == before


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("l.2=1", "--set l.2=1: 'l' is a list of 2, and has no item 2; its items are numbered from 0 to 1"),
        ("l.x=1", "--set l.x=1: 'l' is a list of 2, and 'x' is no number; its items are numbered from 0 to 1"),
        ("n.x=1", "--set n.x=1: 'n' is the number 3; nothing can be set below it, only in its place"),
    ],
)
def test_set_that_leads_nowhere_is_refused(setting: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_yaml("l: [1, 2]\nn: 3\n", "x.yaml").with_override(setting)

    assert str(error.value) == message


@pytest.mark.parametrize("setting", ["nothing", "=1", "a..b=1"])
def test_set_needs_a_path_and_a_value(setting: str) -> None:
    with pytest.raises(UsageError, match=r"--set key\.path=value"):
        parse_yaml("a: 1", "x.yaml").with_override(setting)
