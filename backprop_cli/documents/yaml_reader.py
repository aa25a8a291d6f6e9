"""Read YAML into a document: the numbers and words of YAML 1.2, no tags, no duplicate keys, with limits."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, TextIO

import yaml

from backprop_cli.documents.complaints import no_space, plainly
from backprop_cli.documents.composer import Composer, LimitReached
from backprop_cli.documents.expectation import SETTINGS, Expectation
from backprop_cli.documents.files import Location
from backprop_cli.documents.findings import Findings
from backprop_cli.documents.source import Source
from backprop_cli.documents.texts import decoded, read_whole
from backprop_cli.documents.tree import Document, Node, kind
from backprop_cli.errors import ConfigError, Problem

# More than anyone repairs at once.
_MOST_PROBLEMS = 100

# libyaml is many times faster; a PyYAML that was built without it reads the same.
_PARSER: type[yaml.SafeLoader] | type["yaml.CSafeLoader"] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Location, *, stdin: TextIO | BinaryIO | None = None, expected: Expectation = SETTINGS) -> Document:
    """Read a YAML file, or standard input for `-`.

    Raises:
        ConfigError: the file cannot be read or is not valid, with every problem that was found.
    """
    return parse_yaml(*read_whole(path, stdin=stdin), expected)


def parse_yaml(data: bytes | str, name: str, expected: Expectation = SETTINGS) -> Document:
    """Read YAML that is at hand already.

    Args:
        data: the text; bytes are UTF-8.
        name: stands in every problem.
        expected: what kind of document it is.

    Raises:
        ConfigError: the text is not valid, with every problem that was found.
    """
    text = decoded(data, name)
    source = Source(name, tuple(text.splitlines()))
    root = compose(text, source, repeated=expected.repeated)
    if root is None or (root.text == "" and not root.quoted):
        message = f"there is nothing to read: this is empty or holds only comments; write {expected.write}"
        raise ConfigError([Problem(message, where=name)])
    if not expected.allows(root.value):
        message = no_space(root.text or "") or f"the top level is {kind(root)}; write {expected.write}"
        raise ConfigError([source.problem(message, root.line, root.column)])
    return Document(name, root, source.lines)


def compose(text: str, source: Source, *, levels: int = 0, repeated: str = SETTINGS.repeated) -> Node | None:
    """Give the root of a text that was decoded, or None when there is nothing in it.

    Args:
        text: YAML without characters that cannot stand in it.
        source: points at problems; its origin is that of every node.
        levels: how deep in another tree this one will stand.
        repeated: what to do about a key that was given before.

    Raises:
        ConfigError: the text is not valid.
    """
    findings = Findings(source.name, _MOST_PROBLEMS)

    def report(message: str, line: int, column: int) -> None:
        findings.add(source.problem(message, line, column))

    root = None
    try:
        root = Composer(report, origin=source.origin, levels=levels, repeated=repeated).compose(_events(text))
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
