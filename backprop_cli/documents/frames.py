"""Collections whose end has not been read yet."""

from dataclasses import dataclass, field
from typing import TypeAlias

from yaml.events import CollectionStartEvent

from backprop_cli.documents.tree import Node
from backprop_cli.immutable import immutable


@immutable
class Finished:
    """A node with the number of nodes in it and the number of levels it adds."""

    node: Node
    size: int = 1
    height: int = 0


@dataclass(slots=True)
class ListFrame:
    """An open list.

    Attributes:
        start: the event that opened it.
        key: the key that it stands under.
        size: the nodes in it so far, itself included.
        height: the levels that it adds so far, its own included.
    """

    start: CollectionStartEvent
    key: Node | None
    size: int = 1
    height: int = 1
    items: list[Node] = field(default_factory=list)

    def put(self, node: Node) -> None:
        """Take the next item."""
        self.items.append(node)

    def value(self) -> tuple[Node, ...]:
        """Give the items."""
        return tuple(self.items)


@dataclass(slots=True)
class MappingFrame:
    """An open mapping; its first four attributes are those of an open list.

    Attributes:
        awaits_key: whether a key comes next, not a value.
        current: the key whose value comes next; None when that key cannot be used.
    """

    start: CollectionStartEvent
    key: Node | None
    size: int = 1
    height: int = 1
    entries: dict[str, Node] = field(default_factory=dict)
    awaits_key: bool = True
    current: Node | None = None

    def put_key(self, key: Node | None) -> None:
        """Take the next key, or None for one that cannot be used."""
        self.current = key
        self.awaits_key = False

    def put(self, node: Node) -> None:
        """Take the next value, and drop it when its key cannot be used."""
        if self.awaits_key:
            # A collection or an alias in the place of a key; it was reported where it began.
            self.put_key(None)
            return
        if self.current is not None:
            self.entries[self.current.text or ""] = node
        self.awaits_key = True

    def value(self) -> dict[str, Node]:
        """Give the entries."""
        return self.entries


Frame: TypeAlias = ListFrame | MappingFrame
