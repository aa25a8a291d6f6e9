"""A worksheet as text for a terminal: every equation in full at any width, folded between its pieces, never cut."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from backprop_cli.render.notation import UNICODE
from backprop_cli.render.sheets import Options
from backprop_cli.render.spans import Row, Span, heading, plain, width_of, wrapped
from backprop_cli.render.symbols import UnicodeScript
from backprop_cli.render.telling import Sides, Teller, Told
from backprop_cli.render.titles import part_title, stage_heading, stage_title
from backprop_cli.worksheet.places import Kind
from backprop_cli.worksheet.sheet import Stage

# What is given stands in short equations side by side; more than this are counted.
MOST_GIVEN = 24
_INDENT, _GAP = "  ", "   "
_BEFORE_SIGN = re.compile(r"(?<=\S)(?= (?:[-+−·/>≤…]|if|else) )")
# Below this many columns a name takes a line of its own.
_NARROWEST = 24


def render(told: Told, options: Options) -> str:
    """Write a worksheet as plain text."""
    return plain(lay_out(told, options.width))


def lay_out(told: Told, width: int) -> Iterator[Row]:
    """Lay a worksheet out in rows of at most a width, as far as its words and numbers fit."""
    teller = Teller(told, UNICODE, UnicodeScript())
    yield from heading(told.summary, width, "dim")
    yield from heading(told.title, width, "bold")
    for kind, stages in groupby(told.sheet.stages, key=lambda stage: stage.kind):
        yield ()
        yield (Span(part_title(kind, many=told.sheet.ground.many), "heading"),)
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
        yield from _listed(f"{_INDENT}{title}:", [*shown, *more], width)


def _letter(teller: Teller, stage: Stage) -> str:
    return teller.script.letter(stage.place.letter) if stage.place.letter else ""


def _equation(sides: Sides) -> str:
    return f"{sides.name} = {sides.value}"


def _stage(teller: Teller, stage: Stage, width: int) -> Iterator[Row]:
    split = teller.told.sheet.ground.split
    title = stage_heading(stage.place, teller.told.names, split=split, letter=_letter(teller, stage))
    yield from wrapped(title, width, "bold", _INDENT)
    rule = teller.rule(stage)
    if rule is not None:
        left, right = rule
        yield from _folded(f"{_INDENT * 2}{left} = ", right, width, "dim")
    for line in stage.lines():
        yield from _line(teller.sides(line), width)


def _line(sides: Sides, width: int) -> Iterator[Row]:
    """Write an equation on one row if it fits, else with a row for each side, the signs under each other."""
    name = _INDENT * 2 + sides.name
    members = [side for side in (sides.symbols, sides.numbers) if side]
    note = f"   ({sides.condition})" if sides.condition else ""
    whole = _in_one_row(name, members, sides.value, note)
    if width_of("".join(span.text for span in whole)) <= width:
        yield whole
        return
    narrow = width_of(name) > width - _NARROWEST
    if narrow:
        yield (Span(name, "bold"),)
    lead = _INDENT * 2 if narrow else name
    for number, side in enumerate(members):
        first = lead if number == 0 else _blank(lead)
        yield from _folded(f"{first} = ", side, width, "", bold=not narrow and number == 0)
    yield from _ending(lead, sides, note, width, first=not members)


def _ending(lead: str, sides: Sides, note: str, width: int, *, first: bool) -> Iterator[Row]:
    start = lead if first else _blank(lead)
    row = (Span(start), Span(" = "), Span(sides.value, "value"))
    if width_of(start + sides.value + note) + 3 <= width:
        yield (*row, Span(note, "dim"))
        return
    yield row
    if note:
        yield from wrapped(note.strip(), width, "dim", _blank(lead) + "   ")


def _blank(text: str) -> str:
    return " " * width_of(text)


def _in_one_row(name: str, members: Sequence[Sequence[str]], value: str, note: str) -> Row:
    middle = "".join(" = " + "".join(side) for side in members)
    spans = (Span(name, "bold"), Span(middle), Span(" = "), Span(value, "value"))
    return (*spans, Span(note, "dim")) if note else spans


def _folded(lead: str, pieces: Sequence[str], width: int, style: str, *, bold: bool = False) -> Iterator[Row]:
    """Fill rows with pieces; what follows the first row stands behind the equals sign."""
    start, text = lead, ""
    for piece, anew in _loosened(pieces, width - width_of(lead)):
        if text and (anew or width_of(start + text + piece.rstrip()) > width):
            yield _row(start, text, style, bold=bold)
            # The sign that a piece begins with hangs before the column.
            start, text, bold = " " * max(0, width_of(lead) - 2), piece.lstrip(), False
        else:
            text += piece
    yield _row(start, text, style, bold=bold)


def _loosened(pieces: Sequence[str], room: int) -> Iterator[tuple[str, bool]]:
    """Break a piece that is too wide for a row before the signs and words inside it; such a one starts a row anew."""
    for piece in pieces:
        head, *rest = [piece] if width_of(piece.strip()) <= room else _BEFORE_SIGN.split(piece)
        yield head, bool(rest)
        yield from ((part, False) for part in rest)


def _row(start: str, text: str, style: str, *, bold: bool) -> Row:
    return (Span(start, "bold" if bold else style), Span(text.rstrip(), style))


def _listed(title: str, items: Sequence[str], width: int) -> Iterator[Row]:
    """Write short equations behind their title on one row, or in columns below it."""
    row = _GAP.join(items)
    if width_of(title) + 1 + width_of(row) <= width:
        yield (Span(title, "dim"), Span(" " + row))
        return
    yield from wrapped(title.strip(), width, "dim", _INDENT)
    indent = _INDENT * 2
    column = max(map(width_of, items))
    columns = max(1, (width - len(indent) + len(_GAP)) // (column + len(_GAP)))
    for start in range(0, len(items), columns):
        cells = (item + " " * (column - width_of(item)) for item in items[start : start + columns])
        yield (Span(indent), Span(_GAP.join(cells).rstrip()))
