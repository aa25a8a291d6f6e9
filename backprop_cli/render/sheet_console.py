"""A worksheet as text for a terminal: every equation in full at any width, folded between its pieces, never cut."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import TypeAlias

from backprop_cli.render.notation import UNICODE
from backprop_cli.render.sheets import Options
from backprop_cli.render.symbols import UnicodeScript
from backprop_cli.render.telling import Sides, Teller, Told
from backprop_cli.render.titles import KINDS, stage_title
from backprop_cli.worksheet.places import Kind
from backprop_cli.worksheet.sheet import Stage

# What is given stands in short equations side by side; more than this are counted.
MOST_GIVEN = 24
_INDENT = "  "
# Below this many columns a name takes a line of its own.
_NARROWEST = 24


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style: '', 'bold', 'dim' or 'value'."""

    text: str
    style: str = ""


Row: TypeAlias = tuple[Span, ...]


def render(told: Told, options: Options) -> str:
    """Write a worksheet as plain text."""
    rows = lay_out(told, options.width)
    return "".join("".join(span.text for span in row).rstrip() + "\n" for row in rows)


def lay_out(told: Told, width: int) -> Iterator[Row]:
    """Lay a worksheet out in rows of at most a width, as far as its words and numbers fit."""
    teller = Teller(told, UNICODE, UnicodeScript())
    yield from _wrapped(told.summary, width, "dim")
    yield from _wrapped(told.title, width, "bold")
    for kind, stages in groupby(told.sheet.stages, key=lambda stage: stage.kind):
        yield ()
        yield (Span(KINDS[kind], "heading"),)
        if kind is Kind.GIVEN:
            yield from _given(teller, list(stages), width)
        else:
            for stage in stages:
                yield from _stage(teller, stage, width)


def _given(teller: Teller, stages: Sequence[Stage], width: int) -> Iterator[Row]:
    for stage in stages:
        shown = [_equation(teller.sides(line)) for line, _ in zip(stage.lines(), range(MOST_GIVEN), strict=False)]
        more = [f"… {stage.count - MOST_GIVEN:,} more"] if stage.count > MOST_GIVEN else []
        title = stage_title(stage.place, teller.told.names, split=False, letter=_letter(teller, stage))
        yield from _filled(f"{_INDENT}{title}: ", [*shown, *more], width)


def _letter(teller: Teller, stage: Stage) -> str:
    return teller.script.letter(stage.place.letter) if stage.place.letter else ""


def _equation(sides: Sides) -> str:
    return f"{sides.name} = {sides.value}"


def _stage(teller: Teller, stage: Stage, width: int) -> Iterator[Row]:
    title = stage_title(
        stage.place, teller.told.names, split=teller.told.sheet.ground.split, letter=_letter(teller, stage)
    )
    yield from _wrapped(title[0].upper() + title[1:], width, "bold", _INDENT)
    rule = teller.rule(stage)
    if rule is not None:
        left, right = rule
        yield from _folded(f"{_INDENT * 2}{left} = ", right, width, "dim")
    for line in stage.lines():
        yield from _line(teller.sides(line), width)


def _line(sides: Sides, width: int) -> Iterator[Row]:
    """Write an equation on one row if it fits, else with a row for each side, the signs under each other."""
    name = _INDENT * 2 + sides.name
    members = [("", side) for side in (sides.symbols, sides.numbers) if side]
    note = f"   ({sides.condition})" if sides.condition else ""
    whole = name + "".join(" = " + "".join(side) for _, side in members) + f" = {sides.value}" + note
    if len(whole) <= width:
        yield _in_one_row(name, sides, note)
        return
    narrow = len(name) > width - _NARROWEST
    if narrow:
        yield (Span(name, "bold"),)
    lead = _INDENT * 3 if narrow else name
    for number, (_, side) in enumerate(members):
        first = lead if number == 0 else " " * len(lead)
        yield from _folded(f"{first} = ", side, width, "", bold=not narrow and number == 0)
    yield from _ending(lead, sides, note, width, first=not members)


def _ending(lead: str, sides: Sides, note: str, width: int, *, first: bool) -> Iterator[Row]:
    start = lead if first else " " * len(lead)
    row = (Span(start), Span(" = "), Span(sides.value, "value"))
    if len(start) + len(sides.value) + len(note) + 3 <= width:
        yield (*row, Span(note, "dim"))
        return
    yield row
    if note:
        yield from _wrapped(note.strip(), width, "dim", " " * (len(lead) + 3))


def _in_one_row(name: str, sides: Sides, note: str) -> Row:
    middle = [" = " + "".join(side) for side in (sides.symbols, sides.numbers) if side]
    spans = (Span(name, "bold"), Span("".join(middle)), Span(" = "), Span(sides.value, "value"))
    return (*spans, Span(note, "dim")) if note else spans


def _folded(lead: str, pieces: Sequence[str], width: int, style: str, *, bold: bool = False) -> Iterator[Row]:
    """Fill rows with pieces; what follows the first row stands behind the equals sign."""
    start, text = lead, ""
    for piece in pieces:
        if text and len(start) + len(text) + len(piece.rstrip()) > width:
            yield _row(start, text, style, bold=bold)
            # The sign that a piece begins with hangs before the column.
            start, text, bold = " " * max(0, len(lead) - 2), piece.lstrip(), False
        else:
            text += piece
    yield _row(start, text, style, bold=bold)


def _row(start: str, text: str, style: str, *, bold: bool) -> Row:
    return (Span(start, "bold" if bold else style), Span(text.rstrip(), style))


def _filled(lead: str, items: Sequence[str], width: int) -> Iterator[Row]:
    start, text = lead, ""
    for item in items:
        gap = "   " if text else ""
        if text and len(start) + len(text) + len(gap) + len(item) > width:
            yield (Span(start, "dim"), Span(text))
            start, text, gap = _INDENT * 2, "", ""
        text += gap + item
    yield (Span(start, "dim"), Span(text))


def _wrapped(text: str, width: int, style: str, indent: str = "") -> Iterator[Row]:
    room = max(1, width - len(indent))
    for line in wrap(text, room, break_long_words=False, break_on_hyphens=False):
        yield (Span(indent + line, style),)
