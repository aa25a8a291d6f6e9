"""Each complaint about YAML has one sentence, the same from both of PyYAML's parsers, and one place."""

import io
import math
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, TextIO

import pytest
import yaml

from backprop_cli.documents import yaml_reader
from backprop_cli.documents.texts import MOST_BYTES
from backprop_cli.documents.yaml_reader import parse_yaml, read_yaml
from backprop_cli.errors import ConfigError, Problem


@pytest.fixture(params=[yaml.CSafeLoader, yaml.SafeLoader], ids=["libyaml", "python"])
def _both_parsers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_reader, "_PARSER", request.param)


def plain(text: str | bytes) -> object:
    return parse_yaml(text, "c.yaml").plain()


def refusal(text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "c.yaml")
    assert caught.value.exit_code == 3
    return str(caught.value)


VALUES = {
    "words and numbers": ("a: 1e-4\nb: yes\nc: 012\nd: ~\n", {"a": 1e-4, "b": "yes", "c": 12, "d": None}),
    "keys as written": (
        "y: 1\nyes: 1\n012: 1\n0.50: 1\nnull: 1\n",
        dict.fromkeys(("y", "yes", "012", "0.50", "null"), 1),
    ),
    "quoted keys": ("{\"a b\": 1, 'c': 2, \"\": 3, '<<': 4}", {"a b": 1, "c": 2, "": 3, "<<": 4}),
    "quoted values": ("a: '1'\nb: \"true\"\nc: ''\n", {"a": "1", "b": "true", "c": ""}),
    "blocks of text": ("a: |\n  1\n  2\nb: >-\n  x\n  y\n", {"a": "1\n2\n", "b": "x y"}),
    "nested": ("a:\n  - b: [1, {c: 2}]\n  -\n", {"a": [{"b": [1, {"c": 2}]}, None]}),
    "aliases": ("a: &x [1, &y {b: 2}]\nc: *x\nd: *y\n", {"a": [1, {"b": 2}], "c": [1, {"b": 2}], "d": {"b": 2}}),
    "an anchor on a key": ("&k a: 1\nb: *k\n", {"a": 1, "b": "a"}),
    "an anchor given twice": ("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", {"a": 1, "b": 1, "c": 2, "d": 2}),
    "a start mark and an end mark": ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
    "a colon within a word": ("a: http://x.org:80\nb: 12:30\n", {"a": "http://x.org:80", "b": "12:30"}),
    "keys without values": ("? a\n? b\n", {"a": None, "b": None}),
    "carriage returns": ("a: 1\r\nb: |\r\n  x\r\n", {"a": 1, "b": "x\n"}),
    "other alphabets": ("größe: ∂L/∂w\n", {"größe": "∂L/∂w"}),
    "empty collections": ("a: []\nb: {}\n", {"a": [], "b": {}}),
}


@pytest.mark.usefixtures("_both_parsers")
@pytest.mark.parametrize(("text", "value"), VALUES.values(), ids=VALUES)
def test_yaml_is_read_into_plain_values(text: str, value: object) -> None:
    assert plain(text) == value


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["bare", "with a byte order mark"])
def test_bytes_are_utf_8(mark: bytes) -> None:
    document = parse_yaml(mark + "ü: é\n".encode(), "c.yaml")

    assert document.plain() == {"ü": "é"}
    assert document.find(("ü",)).column == 4


def test_values_know_where_they_stand() -> None:
    document = parse_yaml("a: &x 0.30\nb:\n  - 'q'\n  - {c: *x, d: }\n", "c.yaml")

    found = {
        path: (node.text, node.quoted, node.line, node.column, node.key_line, node.key_column)
        for path in [("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "c"), ("b", 1, "d")]
        for node in [document.find(path)]
    }

    assert found == {
        ("a",): ("0.30", False, 1, 4, 1, 1),
        ("b",): (None, False, 3, 3, 2, 1),
        ("b", 0): ("q", True, 3, 5, None, None),
        ("b", 1): (None, False, 4, 5, None, None),
        # An alias gives the value from where it was written, under the key that it is used for.
        ("b", 1, "c"): ("0.30", False, 1, 4, 4, 6),
        ("b", 1, "d"): ("", False, 4, 16, 4, 13),
    }
    assert document.lines == ("a: &x 0.30", "b:", "  - 'q'", "  - {c: *x, d: }")
    assert document.find(("a",)).origin == ""


# Both parsers must lead to the same sentence at the same place.
SYNTAX = {
    "an open single quote": (
        "a: 'x\nb: 1\n",
        "c.yaml:1:4: the quote (') that opens here is never closed; close it with '\n    a: 'x\n       ^",
    ),
    "an open double quote": (
        'a: "x\n---\n',
        'c.yaml:1:4: the quote (") that opens here is never closed; close it with "\n    a: "x\n       ^',
    ),
    "an open bracket at the end": (
        "a: [1,\n  2\n",
        "c.yaml:1:4: '[' opens here, but it is never closed; close it with ']'\n    a: [1,\n       ^",
    ),
    "an open bracket before the next key": (
        "a: [1, 2\nb: 1\n",
        "c.yaml:1:4: '[' opens here, but a ',' or ']' is missing before ': 1' on line 2\n    a: [1, 2\n       ^",
    ),
    "an open brace": (
        "a: {x: 1\n",
        "c.yaml:1:4: '{' opens here, but it is never closed; close it with '}'\n    a: {x: 1\n       ^",
    ),
    "a missing comma": (
        "a: {x: 1 y: 2}\n",
        "c.yaml:1:4: '{' opens here, but a ',' or '}' is missing before ': 2}'\n    a: {x: 1 y: 2}\n       ^",
    ),
    "the wrong bracket": (
        "a: [1, 2}\n",
        "c.yaml:1:4: '[' opens here, but a ',' or ']' is missing before '}'\n    a: [1, 2}\n       ^",
    ),
    "a bracket too many": (
        "a: ]\n",
        "c.yaml:1:4: a value is missing here; write one, or remove the extra sign\n    a: ]\n       ^",
    ),
    "a comma too many": (
        "a: [1, , 2]\n",
        "c.yaml:1:8: a value is missing here; write one, or remove the extra sign\n    a: [1, , 2]\n           ^",
    ),
    "no colon": (
        "a: 1\nb 2\nc: 3\n",
        "c.yaml:2:1: 'b 2' is no 'key: value'; write a colon and a space after the key\n    b 2\n    ^",
    ),
    "no colon on the first line": (
        "\na\n\nb: 1\n",
        "c.yaml:2:1: 'a' is no 'key: value'; write a colon and a space after the key\n    a\n    ^",
    ),
    "no space after a colon": (
        "a: 1\n  # x\nb:2\n",
        "c.yaml:3:1: 'b:2' has no space after its colon; write 'b: 2'\n    b:2\n    ^",
    ),
    "no space on the first line": (
        "a:1\nb: 2\n",
        "c.yaml:1:1: 'a:1' has no space after its colon; write 'a: 1'\n    a:1\n    ^",
    ),
    "no space on the only line": (
        "lr:0.1\n",
        "c.yaml:1:1: 'lr:0.1' has no space after its colon; write 'lr: 0.1'\n    lr:0.1\n    ^",
    ),
    "no space in braces": (
        "a: {lr:0.1, b: 2}\n",
        "c.yaml:1:5: 'lr:0.1' has no space after its colon; write 'lr: 0.1'\n    a: {lr:0.1, b: 2}\n        ^",
    ),
    "two colons": (
        "a: b: c\n",
        "c.yaml:1:5: a second colon on one line; put the value in quotes, or start a new line\n    a: b: c\n        ^",
    ),
    "indented under a value": (
        "a: 1\n  b: 2\n",
        (
            "c.yaml:2:3: this line is indented under 'a: 1', which has a value; align it, or remove that value\n"
            "      b: 2\n      ^"
        ),
    ),
    "indented to nowhere": (
        "a:\n    b: 1\n  c: 2\n",
        (
            "c.yaml:3:3: this indentation fits no line above; align this line with the keys it belongs to\n"
            "      c: 2\n      ^"
        ),
    ),
    "an item among keys": (
        "a: 1\n- 2\n",
        "c.yaml:2:1: a list item stands among keys; align it with its list, or write its key above it\n    - 2\n    ^",
    ),
    "a key among items": (
        "a:\n - b: 1\n   c: 2\n  d: 3\n",
        "c.yaml:4:3: a list item that starts with '- ' is expected here; check the indentation\n      d: 3\n      ^",
    ),
    "text after a quote in an item": (
        "a:\n - 'b' c\n",
        (
            "c.yaml:2:8: 'c' follows a closing quote; put the whole value in one pair of quotes\n"
            "     - 'b' c\n           ^"
        ),
    ),
    "a list on the line of its key": (
        "a: - 1\n",
        (
            "c.yaml:1:4: a list cannot start on the line of its key; put '- ' on a line of its own, or write [a, b]\n"
            "    a: - 1\n       ^"
        ),
    ),
    "a quote in quotes": (
        "a: 'it's'\n",
        (
            'c.yaml:1:8: "s\'" follows a closing quote; put the whole value in one pair of quotes\n'
            "    a: 'it's'\n           ^"
        ),
    ),
    "two anchors": (
        "a: &b &c d\n",
        "c.yaml:1:7: '&c d' cannot stand here; put the value in quotes\n    a: &b &c d\n          ^",
    ),
    "no key": (
        "a: 1\n: 1\n",
        "c.yaml:2:1: a key is missing before the colon; write one\n    : 1\n    ^",
    ),
    "a tab": (
        "a:\n\tb: 1\n",
        "c.yaml:2:1: a tab indents this line; YAML wants spaces\n     b: 1\n    ^",
    ),
    "a tab after spaces": (
        "a:\n  \tb: 1\n",
        "c.yaml:2:3: a tab indents this line; YAML wants spaces\n       b: 1\n      ^",
    ),
    "a tab under a value": (
        "a: 1\n\tb: 2\n",
        "c.yaml:2:1: a tab indents this line; YAML wants spaces\n     b: 2\n    ^",
    ),
    "a tab after a blank line": (
        "a: 1\n\n  \tb: 2\n",
        "c.yaml:3:3: a tab indents this line; YAML wants spaces\n       b: 2\n      ^",
    ),
    "a tab in a block": (
        "a: |\n\tx\n",
        "c.yaml:2:1: a tab indents this line; YAML wants spaces\n     x\n    ^",
    ),
    "a reserved sign": (
        "a: @x\n",
        "c.yaml:1:4: a value cannot start with '@'; put it in quotes\n    a: @x\n       ^",
    ),
    "a lone star": (
        "a: *\n",
        "c.yaml:1:4: '*' and '&' need a name right after them; put a text that starts so in quotes\n    a: *\n       ^",
    ),
    "a bar before text": (
        "a: |x\n  y\n",
        (
            "c.yaml:1:4: '|' and '>' start a block of text on the next line; put a text that starts so in quotes\n"
            "    a: |x\n       ^"
        ),
    ),
    "half an escape": (
        'a: "\\xZZ"\n',
        (
            "c.yaml:1:7: this is no escape that YAML knows; write '\\\\' for a backslash, or use single quotes\n"
            '    a: "\\xZZ"\n          ^'
        ),
    ),
    "a tag without a handle": (
        "a: !x!y 1\n",
        (
            "c.yaml:1:4: tags are not read; remove this one, or put a text that starts with '!' in quotes\n"
            "    a: !x!y 1\n       ^"
        ),
    ),
    "text after the end": (
        "a: 1\n...\nb: 2\n",
        "c.yaml:3:1: this stands after the end of the document; remove it, or check the line above\n    b: 2\n    ^",
    ),
    "a future version": (
        "%YAML 3.0\n---\na: 1\n",
        (
            "c.yaml:1:1: a line that starts with '%' is a directive and not read; "
            "put the text in quotes, or remove it\n"
            "    %YAML 3.0\n    ^"
        ),
    ),
}


@pytest.mark.usefixtures("_both_parsers")
@pytest.mark.parametrize(("text", "message"), SYNTAX.values(), ids=SYNTAX)
def test_a_syntax_error_says_what_to_do(text: str, message: str) -> None:
    assert refusal(text) == message


CONTENT = {
    "a duplicate key": (
        "a: 1\nb: 2\na: 3\na: 4\n",
        (
            "c.yaml:3:1: key 'a' was given before, on line 1; keep one of the two\n    a: 3\n    ^\n"
            "c.yaml:4:1: key 'a' was given before, on line 1; keep one of the two\n    a: 4\n    ^"
        ),
    ),
    "a duplicate key below": (
        "a:\n  - {b: 1, 'b': 2}\n",
        (
            "c.yaml:2:12: key 'b' was given before, on line 2; keep one of the two\n"
            "      - {b: 1, 'b': 2}\n               ^"
        ),
    ),
    "tags everywhere": (
        "a: !!int 3\nb: !x [1]\nc: !!python/object:os.system {}\n! d: 2\n",
        (
            "c.yaml:1:4: tags are not read: '!!int'; remove it, or put the text in quotes\n    a: !!int 3\n       ^\n"
            "c.yaml:2:4: tags are not read: '!x'; remove it, or put the text in quotes\n    b: !x [1]\n       ^\n"
            "c.yaml:3:4: tags are not read: '!!python/object:os.system'; remove it, or put the text in quotes\n"
            "    c: !!python/object:os.system {}\n       ^\n"
            "c.yaml:4:1: tags are not read: '!'; remove it, or put the text in quotes\n    ! d: 2\n    ^"
        ),
    ),
    "a merge key": (
        "a: &x {b: 1}\nc:\n  <<: *x\n",
        (
            "c.yaml:3:3: merge keys ('<<') are not read; write out the keys that should be merged in\n"
            "      <<: *x\n      ^"
        ),
    ),
    "keys that are no words": (
        "? [1]\n: 2\n? {a: 1}\n: 3\n? |\n  a\n: 4\n{b: 5}: 6\n",
        (
            "c.yaml:1:3: a list cannot be a key; write a word or a number before the colon\n    ? [1]\n      ^\n"
            "c.yaml:3:3: a mapping cannot be a key; write a word or a number before the colon\n    ? {a: 1}\n      ^\n"
            "c.yaml:5:3: a block of text cannot be a key; write the key on one line\n    ? |\n      ^\n"
            "c.yaml:8:1: a mapping cannot be a key; write a word or a number before the colon\n    {b: 5}: 6\n    ^"
        ),
    ),
    "an alias as a key": (
        "a: &x 1\n*x : 2\n",
        "c.yaml:2:1: an alias cannot be a key; write a word or a number before the colon\n    *x : 2\n    ^",
    ),
    "a recursive alias": (
        "a: &x [1, {b: *x}]\n",
        (
            "c.yaml:1:15: alias '*x' stands inside of what it names; write the value out\n"
            "    a: &x [1, {b: *x}]\n                  ^"
        ),
    ),
    "unknown aliases": (
        "a: &layer 1\nb: *layr\nc: *q\n",
        (
            "c.yaml:2:4: alias '*layr' names nothing above it; did you mean 'layer'?\n    b: *layr\n       ^\n"
            "c.yaml:3:4: alias '*q' names nothing above it; write '&q' there, or put the text in quotes\n"
            "    c: *q\n       ^"
        ),
    ),
    "an integer too long": (
        f"a: {'1' * 5000}\n",
        (
            "c.yaml:1:4: an integer of 5,000 digits is too long: at most 4,300 are read; shorten it\n"
            f"    a: {'1' * 97}…\n       ^"
        ),
    ),
    "a second document": (
        "a: 1\n---\nb: 2\n",
        (
            "c.yaml:2:1: a second document starts here, but a file holds one; remove it, or give it a file of its own\n"
            "    ---\n    ^"
        ),
    ),
    "what came before a syntax error": (
        "a: 1\na: 2\nb: !x 1\nc: [1\n",
        (
            "c.yaml:2:1: key 'a' was given before, on line 1; keep one of the two\n    a: 2\n    ^\n"
            "c.yaml:3:4: tags are not read: '!x'; remove it, or put the text in quotes\n    b: !x 1\n       ^\n"
            "c.yaml:4:4: '[' opens here, but it is never closed; close it with ']'\n    c: [1\n       ^"
        ),
    ),
    "a list at the top": (
        "- 1\n- 2\n",
        "c.yaml:1:1: the top level is a list of 2; write 'key: value' lines\n    - 1\n    ^",
    ),
    "an empty list at the top": (
        "[]\n",
        "c.yaml:1:1: the top level is an empty list; write 'key: value' lines\n    []\n    ^",
    ),
    "a word at the top": (
        "abc\n",
        "c.yaml:1:1: the top level is the text 'abc'; write 'key: value' lines\n    abc\n    ^",
    ),
    "a number at the top": (
        "# x\n5.0\n",
        "c.yaml:2:1: the top level is the number 5.0; write 'key: value' lines\n    5.0\n    ^",
    ),
    "a truth value at the top": (
        "true\n",
        "c.yaml:1:1: the top level is the truth value true; write 'key: value' lines\n    true\n    ^",
    ),
    "null at the top": (
        "~\n",
        "c.yaml:1:1: the top level is null; write 'key: value' lines\n    ~\n    ^",
    ),
}
EMPTY = "c.yaml: there is nothing to read: this is empty or holds only comments; write 'key: value' lines"
CONTENT |= {f"nothing: {text!r}": (text, EMPTY) for text in ("", " \n\n", "# a\n# b", "---\n", "---\n...\n")}


@pytest.mark.usefixtures("_both_parsers")
@pytest.mark.parametrize(("text", "message"), CONTENT.values(), ids=CONTENT)
def test_what_cannot_be_used_is_refused_all_at_once(text: str, message: str) -> None:
    assert refusal(text) == message


ENCODINGS = {
    "Latin-1": (
        "a: 1\nb: Größe\n".encode("latin-1"),
        "c.yaml:2:6: byte 0xf6 is not UTF-8; save the text as UTF-8\n    b: Gr��e\n         ^",
    ),
    "UTF-16": ("a: 1".encode("utf-16"), "c.yaml: this text is UTF-16, not UTF-8; save it as UTF-8"),
    "UTF-32": ("a: 1".encode("utf-32"), "c.yaml: this text is UTF-32, not UTF-8; save it as UTF-8"),
    "UTF-16 without a mark": (
        "a: 1".encode("utf-16-le"),
        (
            "c.yaml:1:2: a NUL character: this is no text file, or not UTF-8; save it as UTF-8 text\n"
            "    a�:� �1�\n"
            "     ^"
        ),
    ),
    "a NUL byte": (
        b"a: 1\r\nb: \x00\r\n",
        ("c.yaml:2:4: a NUL character: this is no text file, or not UTF-8; save it as UTF-8 text\n    b: �\n       ^"),
    ),
    "a picture": (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "c.yaml:1:1: byte 0x89 is not UTF-8; save the text as UTF-8\n    �PNG\n    ^",
    ),
    "a control character": (
        b"a: \x1b[1m\n",
        "c.yaml:1:4: character U+001B cannot stand here; remove it\n    a: �[1m\n       ^",
    ),
    "a byte order mark in the middle": (
        "a: '\ufeff'\n",
        "c.yaml:1:5: character U+FEFF cannot stand here; remove it\n    a: '�'\n        ^",
    ),
    "half a character": (
        "a: '\ud83d'\n",
        "c.yaml:1:5: character U+D83D cannot stand here; remove it\n    a: '�'\n        ^",
    ),
}


@pytest.mark.parametrize(("data", "message"), ENCODINGS.values(), ids=ENCODINGS)
def test_what_is_no_utf_8_text_is_refused(data: bytes | str, message: str) -> None:
    assert refusal(data) == message


def test_half_a_character_in_an_escape_is_refused() -> None:
    assert refusal('a: "\\ud83d"\n') == (
        'c.yaml:1:7: this escape is no character; write the character itself\n    a: "\\ud83d"\n          ^'
    )


DEEP = "values are nested more than 64 levels deep here; nest them less"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[" * 3000, "1:65"),
        ("a: " + "[" * 64 + "]" * 64, "1:67"),
        ("- " * 3000, "1:129"),
        ("\n".join(f"{' ' * depth}a:" for depth in range(65)), "65:65"),
        (f"a: &x {'[' * 40}{']' * 40}\nb: {'[' * 24}*x{']' * 24}\n", "2:28"),
    ],
    ids=["brackets", "below a key", "dashes", "keys", "through an alias"],
)
def test_deep_nesting_is_refused(text: str, place: str) -> None:
    assert refusal(text).splitlines()[0] == f"c.yaml:{place}: {DEEP}"


def test_sixty_four_levels_are_read() -> None:
    value: object = None
    for _ in range(63):
        value = [value]

    assert plain(f"a: {'[' * 63}~{']' * 63}") == {"a": value}
    assert plain(f"a: &x {'[' * 40}~{']' * 40}\nb: {'[' * 23}*x{']' * 23}") is not None


TOO_MANY = "this is more than 1,000,000 values, with aliases written out; make it smaller"


def test_an_alias_bomb_is_refused() -> None:
    names = "abcdefghi"
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for below, name in pairwise(names):
        bomb += f"{name}: &{name} [{', '.join([f'*{below}'] * 10)}]\n"

    assert refusal(bomb).splitlines() == [
        f"c.yaml:6:36: {TOO_MANY}",
        "    " + bomb.splitlines()[5],
        "    " + " " * 35 + "^",
    ]


def test_a_file_with_too_many_values_is_refused() -> None:
    # A list of lists through aliases: each line counts with all that is in it.
    text = f"a: &a [{'1,' * 50_000}]\n" + "".join(f"b{number}: *a\n" for number in range(20))

    assert refusal(text).splitlines()[0] == f"c.yaml:20:6: {TOO_MANY}"


def test_problems_are_shown_up_to_a_hundred() -> None:
    found = refusal("a: 1\n" * 151).splitlines()

    assert found[-1] == "c.yaml: … and 50 more"
    assert len(found) == 3 * 100 + 1


def test_a_file_is_read_under_the_name_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.yaml").write_text("a: 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert read_yaml("sub/c.yaml").name == "sub/c.yaml"
    assert read_yaml(Path("sub/c.yaml")).plain() == {"a": 1}


def test_a_problem_in_a_file_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "c.yaml").write_text("a: 'x\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigError, match=r"^c\.yaml:1:4: the quote"):
        read_yaml("c.yaml")


FILES = {
    "missing.yaml": "there is no such file; check the name and the folder",
    "folder": "this is a folder, not a file; name a file in it",
    "c.yaml/d.yaml": "this file cannot be read: Not a directory",
    "a\0b": "this cannot be the name of a file; check it for unusual characters",
    "loop": "this file cannot be read: Too many levels of symbolic links",
}


@pytest.mark.parametrize(("name", "message"), FILES.items(), ids=[name.replace("\0", "NUL") for name in FILES])
def test_a_file_that_cannot_be_opened_is_refused(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "c.yaml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigError) as caught:
        read_yaml(name)

    assert caught.value.problems == (Problem(message, where=name),)


def test_a_file_whose_reading_fails_is_refused() -> None:
    # Reading the memory of a process at address zero is an error on Linux.
    if not Path("/proc/self/mem").exists():
        pytest.skip("there is no unreadable file here")

    with pytest.raises(ConfigError) as caught:
        read_yaml("/proc/self/mem")

    assert str(caught.value) == "/proc/self/mem: this file cannot be read: Input/output error"


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # The superuser may read everything, so that the answer has to be made up.
    monkeypatch.setattr(Path, "open", deny)
    path = tmp_path / "c.yaml"

    with pytest.raises(ConfigError) as caught:
        read_yaml(path)

    assert str(caught.value) == f"{path}: this file may not be read; check its permissions"


TOO_BIG = "this is more than 16,777,216 bytes, the most that is read; make it smaller"


def test_a_file_of_fifty_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    with path.open("wb") as file:
        file.write(b"a: 1\n" * 1000)
        file.truncate(50_000_000)

    with pytest.raises(ConfigError) as caught:
        read_yaml(path)

    assert str(caught.value) == f"{path}: {TOO_BIG}"


def test_an_endless_file_is_refused() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("there is no endless file here")

    with pytest.raises(ConfigError) as caught:
        read_yaml("/dev/zero")

    assert str(caught.value) == f"/dev/zero: {TOO_BIG}"


def test_the_largest_text_is_read() -> None:
    assert plain("a: " + "x" * (MOST_BYTES - 3)) == {"a": "x" * (MOST_BYTES - 3)}
    assert refusal("a: " + "x" * (MOST_BYTES - 2)) == f"c.yaml: {TOO_BIG}"


@pytest.mark.parametrize(
    "stdin",
    [
        io.BytesIO(b"\xef\xbb\xbfa: 1\n"),
        io.StringIO("a: 1\n"),
        io.TextIOWrapper(io.BytesIO(b"a: 1\n"), encoding="latin-1"),
    ],
    ids=["bytes", "text", "text over bytes"],
)
def test_a_dash_reads_standard_input(stdin: TextIO | BinaryIO) -> None:
    document = read_yaml("-", stdin=stdin)

    assert (document.name, document.plain()) == ("<stdin>", {"a": 1})


def test_a_dash_reads_the_standard_input_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a: \xff\n")))

    with pytest.raises(ConfigError, match=r"^<stdin>:1:4: byte 0xff is not UTF-8; save the text as UTF-8\n"):
        read_yaml("-")


def test_no_standard_input_is_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)

    with pytest.raises(ConfigError, match=r"^<stdin>: there is nothing to read"):
        read_yaml("-")


def test_a_closed_standard_input_is_refused() -> None:
    closed = io.BytesIO()
    closed.close()

    with pytest.raises(ConfigError, match=r"^<stdin>: standard input cannot be read: I/O operation on closed file"):
        read_yaml("-", stdin=closed)


def test_infinity_and_not_a_number_are_numbers() -> None:
    found = parse_yaml("a: .nan\nb: -.inf\n", "c.yaml")

    value = found.find(("a",)).value
    assert isinstance(value, float)
    assert math.isnan(value)
    assert found.find(("b",)).value == -math.inf
