"""A document as a tree of values, each of which knows where it was written."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from backprop_cli.documents.source import Source
from backprop_cli.errors import Problem
from backprop_cli.immutable import immutable

KeyPath: TypeAlias = tuple[str | int, ...]


@immutable
class Node:
    """One value of a document.

    Attributes:
        value: a scalar, a tuple of nodes (a list), or a mapping of nodes.
        line: 1-based line of the value.
        column: 1-based column of the value.
        text: a scalar as it was written, without its quotes and with escapes resolved; None for
            collections.
        quoted: whether the scalar stands in quotes or is a block of text.
        key_line: 1-based line of its key; None outside mappings.
        key_column: 1-based column of its key; None outside mappings.
        origin: the flag that set the value; empty when it stands in the file.
    """

    value: "bool | int | float | str | tuple[Node, ...] | Mapping[str, Node] | None"
    line: int
    column: int
    text: str | None = None
    quoted: bool = False
    key_line: int | None = None
    key_column: int | None = None
    origin: str = ""

    def child(self, step: str | int) -> "Node | None":
        """Give the value under a key or a 0-based number, or None when there is none."""
        if isinstance(self.value, Mapping):
            return self.value.get(step) if isinstance(step, str) else None
        if isinstance(self.value, tuple) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]
        return None


def never(_path: KeyPath) -> bool:
    """Keep the text of no scalar."""
    return False


@immutable
class Document:
    """A file that was read.

    Attributes:
        name: the file, as the user named it.
        root: its top level, a mapping; a list where the reader was told to expect one, too.
        lines: its lines, without line ends.
    """

    name: str
    root: Node
    lines: tuple[str, ...]

    def find(self, path: KeyPath) -> Node:
        """Give the deepest node that exists on a path: for a missing key, what it is missing from."""
        node = self.root
        for step in path:
            below = node.child(step)
            if below is None:
                return node
            node = below
        return node

    def problem(self, path: KeyPath, message: str, *, at_key: bool = False) -> Problem:
        """Say that something is wrong with a value, or with its key, and point at it."""
        node = self.find(path)
        line, column = node.line, node.column
        if at_key and node.key_line is not None and node.key_column is not None:
            line, column = node.key_line, node.key_column
        return Source(self.name, self.lines, node.origin).problem(message, line, column)

    def plain(self, keep_text: Callable[[KeyPath], bool] = never) -> object:
        """Give the tree as dicts, lists and scalars.

        Args:
            keep_text: asked with the path of each scalar; where it answers yes, the scalar's text is
                given instead of its value.
        """
        return _plain(self.root, (), keep_text)

    def with_override(self, setting: str) -> "Document":
        """Give the document with one `key.path=value` set, as the flag `--set` asks for.

        The value is read as YAML. Missing mappings on the way are made; a word on the way becomes the
        mapping `{name: word}`, whose short form it is.

        Raises:
            UsageError: the setting has no `=`, or no complete path before it.
            ConfigError: the path cannot be followed, or the value is not valid YAML.
        """
        # The tree itself needs no YAML parser, so that other readers can do without one.
        from backprop_cli.documents.overrides import override

        return Document(self.name, override(self.root, setting), self.lines)


def _plain(node: Node, path: KeyPath, keep_text: Callable[[KeyPath], bool]) -> object:
    """Give one node as plain Python; readers bound the depth."""
    match node.value:
        case Mapping() as entries:
            return {key: _plain(child, (*path, key), keep_text) for key, child in entries.items()}
        case tuple() as items:
            return [_plain(child, (*path, number), keep_text) for number, child in enumerate(items)]
        case _:
            return node.text if keep_text(path) else node.value


def kind(node: Node) -> str:
    """Name what a node is, with its value where that is short to say."""
    match node.value:
        case Mapping():
            return "a mapping"
        case tuple() as items:
            return f"a list of {len(items):,}" if items else "an empty list"
        case None:
            return "null"
        case bool():
            return f"the truth value {node.text}"
        case int() | float():
            return f"the number {shortened(node.text or '')}"
        case str():
            return f"the text {shortened(node.text or '')!r}"


# What a message shows of a long value.
_SHOWN = 40


def shortened(text: str) -> str:
    """Cut a long text for a message."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def listed(names: Sequence[str], most: int, between: str = ", ") -> str:
    """Name the first of what may be many, each cut for a message."""
    return between.join([*map(shortened, names[:most]), *("…" if len(names) > most else "")])
