"""What the YAML parsers complain about, in plain sentences that say what to do.

PyYAML has two parsers, libyaml and its own, which word the same complaints differently; both are known.
"""

import re
from collections.abc import Callable
from typing import Protocol, TypeAlias

from yaml.error import MarkedYAMLError, YAMLError

from backprop_cli.documents.tree import shortened
from backprop_cli.immutable import immutable

Complaint: TypeAlias = tuple[str, int, int]


class Mark(Protocol):
    """A 0-based position of either parser."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


def position(mark: Mark | None) -> tuple[int, int]:
    """Give the 1-based line and column of a mark."""
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


_TIGHT = re.compile(r"\s*(?:- +)*(?P<key>[^\s:'\"\[\]{},#]+):(?P<value>[^\s:/]\S*)")


def no_space(text: str) -> str | None:
    """Say that 'key:value' lacks its space, where a text begins so."""
    match = _TIGHT.match(text)
    if match is None:
        return None
    key, value = shortened(match["key"]), shortened(match["value"].rstrip(","))
    return f"'{key}:{value}' has no space after its colon; write '{key}: {value}'"


@immutable
class _Trouble:
    """A syntax error: where the parser gave up, and where what it was reading had begun."""

    lines: tuple[str, ...]
    line: int
    column: int
    begun: tuple[int, int]

    def at(self, message: str) -> Complaint:
        return message, self.line, self.column

    @property
    def text(self) -> str:
        return self.lines[self.line - 1] if self.line <= len(self.lines) else ""

    @property
    def before(self) -> str:
        return self.text[: self.column - 1]

    @property
    def rest(self) -> str:
        return shortened(self.text[self.column - 1 :].strip())

    def opening(self) -> str:
        line, column = self.begun
        return self.lines[line - 1][column - 1 : column]

    def line_above(self) -> int:
        """Give the number of the nearest line above that is not blank; the same line when there is none."""
        above = (number for number in range(self.line - 1, 0, -1) if self.lines[number - 1].strip())
        return next(above, self.line)


def _tab(trouble: _Trouble) -> Complaint | None:
    indent = re.match(r"\s*", trouble.text)
    offset = indent[0].find("\t") if indent else -1
    if offset < 0:
        return None
    return "a tab indents this line; YAML wants spaces", trouble.line, offset + 1


def _bad_start(trouble: _Trouble) -> Complaint:
    found = trouble.text[trouble.column - 1 : trouble.column]
    # libyaml takes a tab after a colon or a comma, PyYAML's own parser does not.
    if found == "\t":
        return _tab(trouble) or trouble.at("a tab stands here; write spaces")
    return trouble.at(f"a value cannot start with {found!r}; put it in quotes")


def _quote(trouble: _Trouble) -> Complaint:
    quote = trouble.opening()
    return f"the quote ({quote}) that opens here is never closed; close it with {quote}", *trouble.begun


def _bracket(trouble: _Trouble) -> Complaint:
    opening = trouble.opening()
    closing = {"[": "]", "{": "}"}.get(opening, opening)
    missing = f"a ',' or '{closing}' is missing before {trouble.rest!r}"
    if not trouble.rest:
        missing = f"it is never closed; close it with '{closing}'"
    elif trouble.line != trouble.begun[0]:
        missing = f"{missing} on line {trouble.line}"
    return f"'{opening}' opens here, but {missing}", *trouble.begun


def _stray_colon(trouble: _Trouble) -> Complaint:
    if re.search(r":\s", trouble.before):
        return trouble.at("a second colon on one line; put the value in quotes, or start a new line")
    number = trouble.line_above()
    above = trouble.lines[number - 1]
    tight = no_space(above)
    if tight is not None or ":" not in above:
        return _no_pair(above, number)
    found = _tab(trouble)
    if found is not None:
        return found
    message = (
        f"this line is indented under {shortened(above.strip())!r}, which has a value; align it, or remove that value"
    )
    return message, trouble.line, _indent(trouble.text) + 1


def _no_colon(trouble: _Trouble) -> Complaint:
    number = trouble.begun[0]
    return _no_pair(trouble.lines[number - 1], number)


def _no_pair(text: str, number: int) -> Complaint:
    message = (
        no_space(text) or f"{shortened(text.strip())!r} is no 'key: value'; write a colon and a space after the key"
    )
    return message, number, _indent(text) + 1


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _in_mapping(trouble: _Trouble) -> Complaint:
    before = trouble.before.strip()
    if before.endswith(("'", '"')):
        return trouble.at(f"{trouble.rest!r} follows a closing quote; put the whole value in one pair of quotes")
    if before:
        return trouble.at(f"{trouble.rest!r} cannot stand here; put the value in quotes")
    if trouble.rest.startswith(":"):
        return trouble.at("a key is missing before the colon; write one")
    if trouble.rest.startswith("- "):
        return trouble.at("a list item stands among keys; align it with its list, or write its key above it")
    return _tab(trouble) or trouble.at(
        "this indentation fits no line above; align this line with the keys it belongs to"
    )


def _in_list(trouble: _Trouble) -> Complaint:
    if trouble.before.strip():
        return _in_mapping(trouble)
    return _tab(trouble) or trouble.at("a list item that starts with '- ' is expected here; check the indentation")


def _here(message: str) -> Callable[[_Trouble], Complaint]:
    return lambda trouble: trouble.at(message)


def _where_it_began(message: str) -> Callable[[_Trouble], Complaint]:
    return lambda trouble: (message, *trouble.begun)


_RULES: tuple[tuple[str, Callable[[_Trouble], Complaint | None]], ...] = (
    (r"cannot start any token", _bad_start),
    (r"found a tab", _tab),
    (r"quoted scalar: found unexpected (end of stream|document)", _quote),
    (r"parsing a flow (sequence|mapping): .*expected ',' or", _bracket),
    (r"mapping values are not allowed", _stray_colon),
    (r"could not find expected ':'", _no_colon),
    (r"block mapping: .*expected (key|<block end>)", _in_mapping),
    (r"block collection: .*expected ('-' indicator|<block end>)", _in_list),
    (
        r"sequence entries are not allowed",
        _here("a list cannot start on the line of its key; put '- ' on a line of its own, or write [a, b]"),
    ),
    (
        r"scanning an (alias|anchor)",
        _where_it_began("'*' and '&' need a name right after them; put a text that starts so in quotes"),
    ),
    (
        r"scanning a block scalar",
        _where_it_began("'|' and '>' start a block of text on the next line; put a text that starts so in quotes"),
    ),
    (r"[Uu]nicode character escape", _here("this escape is no character; write the character itself")),
    (
        r"unknown escape|hexa?decimal",
        _here(r"this is no escape that YAML knows; write '\\' for a backslash, or use single quotes"),
    ),
    (
        r"\btag\b",
        _where_it_began("tags are not read; remove this one, or put a text that starts with '!' in quotes"),
    ),
    (r"node content", _here("a value is missing here; write one, or remove the extra sign")),
    (r"<document start>", _here("this stands after the end of the document; remove it, or check the line above")),
    (
        r"directive|incompatible YAML",
        _where_it_began(
            "a line that starts with '%' is a directive and not read; put the text in quotes, or remove it"
        ),
    ),
)


def plainly(error: YAMLError, lines: tuple[str, ...]) -> Complaint:
    """Say a parser's complaint in plain words, with the 1-based line and column that it is about."""
    if not isinstance(error, MarkedYAMLError):
        return f"this is not valid YAML: {error}", 1, 1
    line, column = position(error.problem_mark or error.context_mark)
    trouble = _Trouble(lines, line, column, position(error.context_mark or error.problem_mark))
    said = f"{error.context or ''}: {error.problem or ''}"
    rules = (rule(trouble) for pattern, rule in _RULES if re.search(pattern, said))
    found = next((complaint for complaint in rules if complaint is not None), None)
    return found or trouble.at(f"this is not valid YAML: {said.removeprefix(': ')}")
