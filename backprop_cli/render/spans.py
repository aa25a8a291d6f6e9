"""Rows of text for a terminal, in a few styles, before any terminal is known."""

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TypeAlias
from unicodedata import combining

from backprop_cli.immutable import immutable

_DOT = " · "


@immutable
class Span:
    """Text in one style: '', 'bold', 'dim', 'heading' or 'value'."""

    text: str
    style: str = ""


Row: TypeAlias = tuple[Span, ...]


def plain(rows: Iterable[Row]) -> str:
    """Write rows without their styles."""
    return "".join("".join(span.text for span in row).rstrip() + "\n" for row in rows)


def width_of(text: str) -> int:
    """Count the columns that a text takes; the hat of m̂ takes none of its own."""
    return sum(not combining(letter) for letter in text)


def wrapped(text: str, width: int, style: str, indent: str = "") -> Iterator[Row]:
    """Break a text between its words, never inside one."""
    room = max(1, width - len(indent))
    for line in wrap(text, room, break_long_words=False, break_on_hyphens=False):
        yield (Span(indent + line, style),)


def heading(text: str, width: int, style: str, indent: str = "") -> Iterator[Row]:
    """Break a text at its dots, which stand between two parts alone, and between words where a part is too long."""
    row, room = "", width - len(indent)
    for part in text.split(_DOT):
        longer = row + _DOT + part
        if row and width_of(longer) > room:
            yield from wrapped(row, width, style, indent)
            row = part
        else:
            row = longer if row else part
    yield from wrapped(row, width, style, indent)
