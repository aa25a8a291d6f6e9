"""Set single values of a document, as `--set key.path=value` asks for."""

from collections.abc import Mapping
from dataclasses import replace

from backprop_cli.documents.composer import MOST_LEVELS, TOO_DEEP
from backprop_cli.documents.source import Source
from backprop_cli.documents.texts import unfit
from backprop_cli.documents.tree import Node, kind, shortened
from backprop_cli.documents.yaml_reader import compose
from backprop_cli.errors import ConfigError, Problem, UsageError
from backprop_cli.immutable import immutable


def override(root: Node, setting: str) -> Node:
    """Give a root with one `key.path=value` set; what the path does not touch is shared.

    Raises:
        UsageError: the setting has no `=`, or no complete path before it.
        ConfigError: the path cannot be followed, or the value is not valid YAML.
    """
    path, value = _split(setting)
    step = _Override(f"--set {setting}", path)
    return step.placed(root, 0, step.read(value))


def _split(setting: str) -> tuple[tuple[str, ...], str]:
    """Take a setting apart at its first '='."""
    path, sign, value = setting.partition("=")
    example = "for example --set optimizer.learning_rate=0.5"
    if not sign:
        raise UsageError(f"--set {setting!r} has no '='; write --set key.path=value, {example}")
    parts = tuple(part.strip() for part in path.split("."))
    if "" in parts:
        raise UsageError(f"--set {setting!r} lacks a name before '='; write --set key.path=value, {example}")
    return parts, value


@immutable
class _Override:
    origin: str
    path: tuple[str, ...]

    def read(self, text: str) -> Node:
        """Read the value as YAML; nothing at all is null, as it is in a file."""
        if len(self.path) > MOST_LEVELS:
            raise self._refusal(TOO_DEEP)
        source = Source("", tuple(text.splitlines()), self.origin)
        flaw = unfit(text, "")
        if flaw is not None:
            raise self._refusal(flaw.message)
        return compose(text, source, levels=len(self.path)) or self._node(None, "")

    def placed(self, node: Node | None, depth: int, value: Node) -> Node:
        """Give the node at a depth of the path with the value set below it; None is a node to be made."""
        if depth == len(self.path):
            return value
        part = self.path[depth]
        if node is None or node.value is None:
            return self._node({part: self.placed(None, depth + 1, value)}, None)
        match node.value:
            case Mapping() as entries:
                below = self.placed(entries.get(part), depth + 1, value)
                return replace(node, value={**entries, part: below})
            case tuple() as items:
                number = self._number(items, depth)
                below = self.placed(items[number], depth + 1, value)
                return replace(node, value=(*items[:number], below, *items[number + 1 :]))
            case str():
                # 'optimizer: sgd' is short for 'optimizer: {name: sgd}'.
                named = replace(node, value={"name": node}, text=None, quoted=False)
                return self.placed(named, depth, value)
            case _:
                message = f"{self._so_far(depth)} is {kind(node)}; nothing can be set below it, only in its place"
                raise self._refusal(message)

    def _number(self, items: tuple[Node, ...], depth: int) -> int:
        """Read a part of the path as the number of an item."""
        part = self.path[depth]
        what = f"{self._so_far(depth)} is a list of {len(items):,}"
        if not items:
            raise self._refusal(f"{self._so_far(depth)} is an empty list; set the whole list instead")
        last = f"its items are numbered from 0 to {len(items) - 1}"
        if not (part.isascii() and part.isdecimal()):
            raise self._refusal(f"{what}, and {shortened(part)!r} is no number; {last}")
        digits = part.lstrip("0") or "0"
        # Compare lengths first: Python refuses to read a number of thousands of digits.
        if len(digits) > len(str(len(items))) or int(digits) >= len(items):
            raise self._refusal(f"{what}, and has no item {shortened(part)}; {last}")
        return int(digits)

    def _so_far(self, depth: int) -> str:
        return repr(".".join(self.path[:depth]))

    def _node(self, value: "dict[str, Node] | None", text: str | None) -> Node:
        return Node(value, 1, 1, text, origin=self.origin)

    def _refusal(self, message: str) -> ConfigError:
        return ConfigError([Problem(message, where=self.origin)])
