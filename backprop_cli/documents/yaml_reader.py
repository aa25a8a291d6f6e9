"""Read YAML into a document: the numbers and words of YAML 1.2, no tags, no duplicate keys, with limits."""

import os
import re
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, TextIO

import yaml

from backprop_cli.documents.complaints import no_space, plainly
from backprop_cli.documents.composer import Composer, LimitReached
from backprop_cli.documents.files import Location, Unreadable, foreign_encoding, open_bytes, unfit_character
from backprop_cli.documents.findings import Findings
from backprop_cli.documents.source import Source
from backprop_cli.documents.tree import Document, Node, kind
from backprop_cli.errors import ConfigError, Problem

MOST_BYTES = 16 * 2**20
# More than anyone repairs at once.
_MOST_PROBLEMS = 100

_EMPTY = "there is nothing to read: this is empty or holds only comments; write 'key: value' lines"
_TOO_BIG = f"this is more than {MOST_BYTES:,} bytes, the most that is read; make it smaller"

# YAML's printable characters but for the byte order mark, which may only stand at the start.
_UNFIT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")

# libyaml is many times faster; a PyYAML that was built without it reads the same.
_PARSER: type[yaml.SafeLoader] | type["yaml.CSafeLoader"] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Location, *, stdin: TextIO | BinaryIO | None = None) -> Document:
    """Read a YAML file, or standard input for `-`.

    Raises:
        ConfigError: the file cannot be read or is not valid, with every problem that was found.
    """
    name = os.fspath(path)
    if name == "-":
        return parse_yaml(_read_stdin(stdin), "<stdin>")
    try:
        with open_bytes(path) as file:
            is_small = os.fstat(file.fileno()).st_size <= MOST_BYTES
            # What is no regular file has no size; one byte more than the limit shows that it is over.
            data = file.read(MOST_BYTES + 1) if is_small else None
    except Unreadable as error:
        raise _refusal(str(error), name) from error
    if data is None:
        raise _refusal(_TOO_BIG, name)
    return parse_yaml(data, name)


def _read_stdin(stdin: TextIO | BinaryIO | None) -> bytes | str:
    """Read standard input, as bytes where it has them."""
    stream = sys.stdin if stdin is None else stdin
    stream = getattr(stream, "buffer", stream)
    try:
        return b"" if stream is None else stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _refusal(f"standard input cannot be read: {error}", "<stdin>") from error


def parse_yaml(data: bytes | str, name: str) -> Document:
    """Read YAML that is at hand already.

    Args:
        data: the text; bytes are UTF-8.
        name: stands in every problem.

    Raises:
        ConfigError: the text is not valid, with every problem that was found.
    """
    text = _decoded(data, name)
    source = Source(name, tuple(text.splitlines()))
    root = compose(text, source)
    if root is None or (root.text == "" and not root.quoted):
        raise _refusal(_EMPTY, name)
    if not isinstance(root.value, dict):
        message = no_space(root.text or "") or f"the top level is {kind(root)}; write 'key: value' lines"
        raise ConfigError([source.problem(message, root.line, root.column)])
    return Document(name, root, source.lines)


def compose(text: str, source: Source, *, levels: int = 0) -> Node | None:
    """Give the root of a text that was decoded, or None when there is nothing in it.

    Args:
        text: YAML without characters that cannot stand in it.
        source: points at problems; its origin is that of every node.
        levels: how deep in another tree this one will stand.

    Raises:
        ConfigError: the text is not valid.
    """
    findings = Findings(source.name, _MOST_PROBLEMS)

    def report(message: str, line: int, column: int) -> None:
        findings.add(source.problem(message, line, column))

    root = None
    try:
        root = Composer(report, origin=source.origin, levels=levels).compose(_events(text))
    except LimitReached:
        pass
    except yaml.YAMLError as error:
        report(*plainly(error, source.lines))
    problems = findings.problems()
    if problems:
        raise ConfigError(problems)
    return root


def _events(text: str) -> Iterator[Any]:
    """Give the events of a text.

    Newer versions of libyaml have a limit of their own on nesting and reach it while they look ahead, before they give
    the event that ours stops at.  The parser in Python has none, and is told apart by nothing else.
    """
    given = 0
    try:
        for event in yaml.parse(text, _PARSER):
            given += 1
            yield event
    except yaml.MarkedYAMLError as error:
        if "nesting depth" not in str(error.problem):
            raise
        yield from islice(yaml.parse(text, yaml.SafeLoader), given, None)


def _decoded(data: bytes | str, name: str) -> str:
    """Give the text without its byte order mark, if all of it can be YAML."""
    if len(data) > MOST_BYTES:
        raise _refusal(_TOO_BIG, name)
    if isinstance(data, bytes):
        foreign = foreign_encoding(data)
        if foreign is not None:
            raise _refusal(foreign, name)
        data = data.decode("utf-8", "surrogateescape")
    text = data.removeprefix("\ufeff")
    problem = unfit(text, name)
    if problem is not None:
        raise ConfigError([problem])
    return text


def unfit(text: str, name: str) -> Problem | None:
    """Point at the first character that cannot stand in YAML."""
    match = _UNFIT.search(text)
    if match is None:
        return None
    lines = _UNFIT.sub("\ufffd", text).splitlines()
    before = (text[: match.start()] + "|").splitlines()
    source = Source(name, tuple(lines))
    return source.problem(unfit_character(match[0]), len(before), len(before[-1]))


def _refusal(message: str, name: str) -> ConfigError:
    return ConfigError([Problem(message, where=name)])
