"""Read JSON (RFC 8259) into a document: the text of numbers, line and column kept, no duplicate keys, with limits.

JSON is nearly YAML, but escapes what lies beyond U+FFFF as two halves, which YAML does not take for a character.
"""

import json
import re
from typing import NoReturn

from backprop_cli.documents.composer import MOST_LEVELS, MOST_NODES, TOO_DEEP, LimitReached
from backprop_cli.documents.expectation import SETTINGS, Expectation
from backprop_cli.documents.findings import Findings
from backprop_cli.documents.json_words import fault_of_string, fault_of_value, fault_of_word
from backprop_cli.documents.lines import Lines
from backprop_cli.documents.scalars import Scalar, resolve
from backprop_cli.documents.source import Source
from backprop_cli.documents.texts import decoded
from backprop_cli.documents.tree import Document, Node, kind, shortened
from backprop_cli.errors import ConfigError, Problem

_MOST_PROBLEMS = 100
_TOO_MANY = f"this is more than {MOST_NODES:,} values; make it smaller"

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_WORD = re.compile(r"""[^\s\[\]{},:"'/][^\s\[\]{},:"]*""")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_HALF = re.compile("[\ud800-\udfff]")
_CLOSING = {"[": "]", "{": "}"}


def parse_json(data: bytes | str, name: str, expected: Expectation = SETTINGS) -> Document:
    """Read JSON that is at hand already.

    Args:
        data: the text; bytes are UTF-8.
        name: stands in every problem.
        expected: what kind of document it is.

    Raises:
        ConfigError: the text is not valid, with every problem that was found.
    """
    text = decoded(data, name)
    lines = Lines(text)
    source = Source(name, lines.texts)
    if not text.strip():
        message = f"there is nothing to read: this is empty; write {expected.write}"
        raise ConfigError([Problem(message, where=name)])
    root = _Reader(text, source, lines, expected.repeated).read()
    if not expected.allows(root.value):
        raise ConfigError(
            [source.problem(f"the top level is {kind(root)}; write {expected.write}", root.line, root.column)]
        )
    return Document(name, root, source.lines)


class _Reader:
    """Read one text from its start to its end."""

    def __init__(self, text: str, source: Source, lines: Lines, repeated: str) -> None:
        self._text = text
        self._source = source
        self._repeated = repeated
        self._position = lines.position
        self._findings = Findings(source.name, _MOST_PROBLEMS)
        # Where each list and mapping that is not closed yet begins.
        self._open: list[int] = []
        self._nodes = 0
        self._at = 0

    def read(self) -> Node:
        """Give the root.

        Raises:
            ConfigError: with every problem that was found.
        """
        root = None
        try:
            root = self._value(None)
            if self._next():
                self._stop("this stands after the end of the document; remove it, or check the line above")
        except LimitReached:
            pass
        problems = self._findings.problems()
        if problems or root is None:
            raise ConfigError(problems)
        return root

    def _value(self, key: Node | None) -> Node:
        self._nodes += 1
        sign = self._next()
        if self._nodes > MOST_NODES:
            self._stop(_TOO_MANY)
        match sign:
            case "{" | "[":
                return self._collection(sign, key)
            case '"':
                start = self._at
                return self._node(start, self._string(), key)
            case _:
                return self._word(key)

    def _collection(self, sign: str, key: Node | None) -> Node:
        if len(self._open) >= MOST_LEVELS:
            self._stop(TOO_DEEP)
        start = self._at
        self._open.append(start)
        self._at += 1
        value = self._entries() if sign == "{" else self._items()
        self._open.pop()
        return self._node(start, value, key)

    def _items(self) -> tuple[Node, ...]:
        items: list[Node] = []
        while self._goes_on("]", is_first=not items):
            items.append(self._value(None))
        return tuple(items)

    def _entries(self) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        is_first = True
        while self._goes_on("}", is_first=is_first):
            is_first = False
            key = self._key(entries)
            sign = self._next()
            if not sign:
                self._stop_at_end()
            if sign != ":":
                self._stop("a ':' is missing after the key; write one between a key and its value")
            self._at += 1
            entries.setdefault(key.text or "", self._value(key))
        return entries

    def _key(self, entries: dict[str, Node]) -> Node:
        start = self._at
        if self._text[start] == '"':
            name = self._string()
        else:
            name = self._letters("a key in double quotes is expected here; write one")
            self._report(f"a key needs double quotes in JSON; write {json.dumps(shortened(name))}", start)
        if name in entries:
            before = f"was given before, on line {entries[name].key_line}"
            self._report(f"key {shortened(name)!r} {before}; {self._repeated}", start)
        return self._node(start, name, None)

    def _goes_on(self, closing: str, *, is_first: bool) -> bool:
        """Go to the next item; past the end of the list or mapping, there is none."""
        sign = self._next()
        if sign == "," and not is_first:
            comma = self._at
            self._at += 1
            sign = self._next()
            if sign == closing:
                self._report(f"a comma stands before {closing!r}; remove it", comma)
        elif sign and sign != closing and not is_first:
            self._stop(f"a ',' or '{closing}' is missing before this")
        if not sign:
            self._stop_at_end()
        self._at += sign == closing
        return sign != closing

    def _string(self) -> str:
        start = self._at
        match = _STRING.match(self._text, start)
        if match is None:
            message, offset = fault_of_string(self._text, start)
            self._at = offset
            self._stop(message)
        self._at = match.end()
        text = str(json.loads(match[0]))
        half = _HALF.search(text)
        if half is not None:
            self._report(f"\\u{ord(half[0]):04x} is half of a character; write the other half, too", start)
        return text

    def _word(self, key: Node | None) -> Node:
        start = self._at
        word = self._letters()
        if not (_NUMBER.fullmatch(word) or word in {"true", "false", "null"}):
            self._report(fault_of_word(word), start)
            return self._node(start, None, key, word)
        value: Scalar = None
        try:
            value = resolve(word)
        except ValueError as error:
            self._report(str(error), start)
        return self._node(start, value, key, word)

    def _letters(self, missing: str = "") -> str:
        """Take what stands without quotes up to the next sign of JSON."""
        if not self._next():
            self._stop_at_end()
        match = _WORD.match(self._text, self._at)
        if match is None:
            self._stop(fault_of_value(self._text[self._at], missing))
        self._at = match.end()
        return match[0]

    def _next(self) -> str:
        """Go past blanks; give the sign that stands there, '' at the end."""
        blank = _SPACE.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._text[self._at : self._at + 1]

    def _node(
        self,
        start: int,
        value: "Scalar | tuple[Node, ...] | dict[str, Node]",
        key: Node | None,
        word: str | None = None,
    ) -> Node:
        place = (None, None) if key is None else (key.line, key.column)
        text = value if isinstance(value, str) else word
        return Node(value, *self._position(start), text, isinstance(value, str), *place)

    def _report(self, message: str, offset: int) -> None:
        self._findings.add(self._source.problem(message, *self._position(offset)))

    def _stop(self, message: str) -> NoReturn:
        self._report(message, self._at)
        raise LimitReached

    def _stop_at_end(self) -> NoReturn:
        opening = self._text[self._open[-1]] if self._open else ""
        self._at = self._open[-1] if self._open else self._at
        self._stop(f"'{opening}' opens here and is never closed; close it with '{_CLOSING.get(opening, '')}'")
