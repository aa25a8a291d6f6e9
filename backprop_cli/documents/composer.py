"""Build a tree from the events of a YAML parser, without recursion, and hold the limits."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NoReturn, TypeAlias

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from backprop_cli.documents.complaints import no_space, position
from backprop_cli.documents.frames import Finished, Frame, ListFrame, MappingFrame
from backprop_cli.documents.scalars import Scalar, resolve
from backprop_cli.documents.tree import Node, shortened
from backprop_cli.errors import did_you_mean

MOST_LEVELS = 64
MOST_NODES = 1_000_000

TOO_DEEP = f"values are nested more than {MOST_LEVELS} levels deep here; nest them less"
_TOO_MANY = f"this is more than {MOST_NODES:,} values, with aliases written out; make it smaller"
_MERGE = "merge keys ('<<') are not read; write out the keys that should be merged in"
_SECOND = "a second document starts here, but a file holds one; remove it, or give it a file of its own"

Report: TypeAlias = Callable[[str, int, int], None]


class LimitReached(Exception):  # noqa: N818  it says what happened; the problem itself was reported
    """End the reading: what follows would only be more of the same."""


class Composer:
    """Build one document's tree.

    Args:
        report: takes a message, a line and a column.
        origin: given to every node.
        levels: how deep in another tree this one will stand.
        repeated: what to do about a key that was given before.
    """

    def __init__(self, report: Report, *, repeated: str, origin: str = "", levels: int = 0) -> None:
        self._report = report
        self._repeated = repeated
        self._origin = origin
        self._levels = levels
        self._open: list[Frame] = []
        # None while the end of what the anchor names has not been read.
        self._anchors: dict[str, Finished | None] = {}
        self._documents = 0
        self._nodes = 0
        self._root: Node | None = None

    def compose(self, events: Iterable[Event]) -> Node | None:
        """Give the root, or None when the events hold no document.

        Raises:
            LimitReached: reported, and there is no use in reading on.
        """
        for event in events:
            match event:
                case ScalarEvent():
                    self._scalar(event)
                case CollectionStartEvent():
                    self._start(event)
                case CollectionEndEvent():
                    self._end()
                case AliasEvent():
                    self._alias(event)
                case DocumentStartEvent():
                    self._document(event)
                case _:
                    pass
        return self._root

    def _document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(event, _SECOND)

    def _scalar(self, event: ScalarEvent) -> None:
        self._count(event)
        self._refuse_tag(event)
        frame = self._frame_awaiting_key()
        if frame is not None:
            self._key(event, frame)
            return
        finished = Finished(self._leaf(event, self._value(event)))
        self._name_anchor(event, finished)
        self._place(finished)

    def _key(self, event: ScalarEvent, frame: MappingFrame) -> None:
        key = self._leaf(event, event.value)
        self._name_anchor(event, Finished(key))
        fault = _fault_of_key(event, frame, self._repeated)
        if fault is not None:
            self._complain(event, fault)
        frame.size += 1
        frame.put_key(key if fault is None else None)

    def _start(self, event: CollectionStartEvent) -> None:
        self._count(event)
        self._refuse_tag(event)
        is_mapping = isinstance(event, MappingStartEvent)
        self._refuse_as_key(event, "a mapping" if is_mapping else "a list")
        if self._levels + len(self._open) >= MOST_LEVELS:
            self._stop(event, TOO_DEEP)
        self._name_anchor(event, None)
        key = self._current_key()
        self._open.append(MappingFrame(event, key) if is_mapping else ListFrame(event, key))

    def _end(self) -> None:
        frame = self._open.pop()
        line, column = position(frame.start.start_mark)
        node = _under(frame.key, Node(frame.value(), line, column, origin=self._origin))
        finished = Finished(node, frame.size, frame.height)
        self._name_anchor(frame.start, finished)
        self._place(finished)

    def _alias(self, event: AliasEvent) -> None:
        self._refuse_as_key(event, "an alias")
        name = event.anchor or ""
        target = self._anchors.get(name)
        if target is None:
            self._complain(event, self._fault_of_alias(name))
            target = Finished(self._leaf(event, None))
        self._count(event, target.size)
        if self._levels + len(self._open) + target.height > MOST_LEVELS:
            self._stop(event, TOO_DEEP)
        self._place(replace(target, node=_under(self._current_key(), target.node)))

    def _fault_of_alias(self, name: str) -> str:
        if name in self._anchors:
            return f"alias '*{name}' stands inside of what it names; write the value out"
        hint = did_you_mean(name, self._anchors) or f"; write '&{name}' there, or put the text in quotes"
        return f"alias '*{name}' names nothing above it{hint}"

    def _leaf(self, event: NodeEvent, value: Scalar) -> Node:
        line, column = position(event.start_mark)
        text, quoted = (event.value, bool(event.style)) if isinstance(event, ScalarEvent) else ("", False)
        return _under(self._current_key(), Node(value, line, column, text, quoted, origin=self._origin))

    def _value(self, event: ScalarEvent) -> Scalar:
        if event.style:
            return event.value
        if not event.value:
            self._refuse_tight_key()
        try:
            return resolve(event.value)
        except ValueError as error:
            self._complain(event, str(error))
            return None

    def _refuse_tight_key(self) -> None:
        # In {a:1} YAML sees the key 'a:1' without a value, which nobody means.
        key = self._current_key()
        fault = None if key is None or key.quoted else no_space(key.text or "")
        if key is not None and fault is not None:
            self._report(fault, key.line, key.column)

    def _refuse_as_key(self, event: NodeEvent, what: str) -> None:
        if self._frame_awaiting_key() is not None:
            self._complain(event, f"{what} cannot be a key; write a word or a number before the colon")

    def _refuse_tag(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.tag is not None:
            tag = shortened(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._complain(event, f"tags are not read: {tag!r}; remove it, or put the text in quotes")

    def _name_anchor(self, event: NodeEvent, finished: Finished | None) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = finished

    def _frame_awaiting_key(self) -> MappingFrame | None:
        frame = self._open[-1] if self._open else None
        return frame if isinstance(frame, MappingFrame) and frame.awaits_key else None

    def _current_key(self) -> Node | None:
        frame = self._open[-1] if self._open else None
        return frame.current if isinstance(frame, MappingFrame) and not frame.awaits_key else None

    def _place(self, finished: Finished) -> None:
        if not self._open:
            self._root = finished.node
            return
        frame = self._open[-1]
        frame.size += finished.size
        frame.height = max(frame.height, finished.height + 1)
        frame.put(finished.node)

    def _count(self, event: Event, nodes: int = 1) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            self._stop(event, _TOO_MANY)

    def _complain(self, event: Event, message: str) -> None:
        self._report(message, *position(event.start_mark))

    def _stop(self, event: Event, message: str) -> NoReturn:
        self._complain(event, message)
        raise LimitReached


def _under(key: Node | None, node: Node) -> Node:
    """Give a node the position of the key that it stands under."""
    place = (None, None) if key is None else (key.line, key.column)
    if (node.key_line, node.key_column) == place:
        return node
    return replace(node, key_line=place[0], key_column=place[1])


def _fault_of_key(event: ScalarEvent, frame: MappingFrame, repeated: str) -> str | None:
    """Say why a scalar cannot be the next key of a mapping."""
    key = event.value
    if event.style in {"|", ">"}:
        return "a block of text cannot be a key; write the key on one line"
    if not key and not event.style:
        return "a key is missing before the colon; write one"
    if key == "<<" and not event.style:
        return _MERGE
    if key in frame.entries:
        first = frame.entries[key]
        # Within a flag there are no lines to speak of.
        where = "" if first.origin else f", on line {first.key_line}"
        return f"key {shortened(key)!r} was given before{where}; {repeated}"
    return None
