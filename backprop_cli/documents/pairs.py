"""Figures written as pairs: the short form of a list of mappings that have a name and a printed figure."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from backprop_cli.documents.tree import Node

NAME, PRINTED = "name", "printed"


def written_out(node: Node, keys: Collection[str]) -> Node:
    """Give the list of mappings that a node stands for; what cannot be one stays as it is, for others to refuse.

    Read are a list whose items are mappings with `name`, `printed` and other keys, or single pairs `name: figure`; a
    mapping of such pairs; and one mapping that has a key `name`.

    Args:
        node: what was written.
        keys: those that a mapping may have; a single pair under one of them is such a mapping, and not complete.
    """
    match node.value:
        case Mapping() as entries if NAME in entries:
            return replace(node, value=(node,))
        case Mapping() as entries:
            return replace(node, value=tuple(_pair(name, figure) for name, figure in entries.items()))
        case tuple() as items:
            return replace(node, value=tuple(_item(item, keys) for item in items))
        case _:
            return node


def _item(node: Node, keys: Collection[str]) -> Node:
    match node.value:
        case Mapping() as entries if len(entries) == 1 and not set(entries) & set(keys):
            ((name, figure),) = entries.items()
            return _pair(name, figure)
        case _:
            return node


def _pair(name: str, figure: Node) -> Node:
    """Write out one pair; the name stands where its key does."""
    line, column = figure.key_line or figure.line, figure.key_column or figure.column
    key = Node(name, line, column, name, quoted=True, origin=figure.origin)
    return Node({NAME: key, PRINTED: figure}, line, column, origin=figure.origin)
