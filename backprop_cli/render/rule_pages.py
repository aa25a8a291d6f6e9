"""Pages of the catalogue of rules, laid out as lines: the list of all, and one rule with its derivation."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, zip_longest
from textwrap import wrap
from typing import NamedTuple

from backprop_cli.render.rule_terms import to_text
from backprop_cli.rules.catalogue import Entry, Setting
from backprop_cli.rules.derivation import Derivation
from backprop_cli.rules.picture import Picture

_INDENT = "  "
_GAP = 3
# A reason stands beside its line where it has so much room, and below it elsewhere.
_BESIDE = 40
# Prose is not read in longer lines.
_PROSE = 100
# Narrower than this, what belongs to a name stands below it.
_NARROW = 60


class Line(NamedTuple):
    """A line of a page.

    Attributes:
        text: what it says.
        style: 'bold', 'dim', or '' for plain text.
        aside: what is said about it, dim, on the same line.
    """

    text: str
    style: str = ""
    aside: str = ""


def list_page(entries: Iterable[Entry], width: int) -> Iterator[Line]:
    """Lay out the list of rules, family by family, each with its formula."""
    listed = list(entries)
    column = max(len(entry.name) for entry in listed) + _GAP
    for family, rules in groupby(listed, lambda entry: entry.family):
        yield Line(family.many, "bold")
        for entry in rules:
            yield from _under(entry.name, column, _parts(entry.rule.formula_text, width - column), width)
        yield Line("")
    yield from _folded("backprop rules NAME: the slope worked step by step, the settings, and a plot", width, "dim")


def page(entry: Entry, width: int) -> Iterator[Line]:
    """Lay out one rule: what it does, its formula, its derivative step by step, its settings and its source."""
    yield Line(f"{entry.name} · {entry.family.one}", "bold")
    yield from _folded(f"{entry.summary} {entry.notes}", width)
    yield from _section("Formula")
    for text in filter(None, (entry.rule.formula_text, entry.rule.slope_text)):
        for part in _parts(text, width):
            yield from _folded(part, width, "", _INDENT, _INDENT * 3)
    yield from _folded(entry.family.letters, width, "dim", _INDENT)
    yield from _derivations(entry.example.derivations(), width)
    yield from _settings(entry.settings, width)
    if entry.source:
        yield from _section("Source")
        yield from _folded(entry.source, width, "", _INDENT)


def plot_heading(picture: Picture, width: int) -> Iterator[Line]:
    """Lay out what stands above a plot."""
    yield from _section("Plot")
    yield from _folded(picture.caption, width, "", _INDENT)


def _section(title: str) -> Iterator[Line]:
    yield Line("")
    yield Line(title, "bold")


def _derivations(derivations: Iterable[Derivation], width: int) -> Iterator[Line]:
    for number, derivation in enumerate(derivations):
        yield from [Line("")] if number else _section("Derivative, step by step")
        if derivation.case:
            yield from _folded(derivation.case, width, "", _INDENT)
        yield from _worked(derivation, width)


def _worked(derivation: Derivation, width: int) -> Iterator[Line]:
    head = f"{_INDENT}{derivation.left} = "
    blank = " " * len(head)
    texts = [to_text(line.value) for line in derivation.lines]
    column = len(head) + max(map(len, texts)) + _GAP
    for number, (text, line) in enumerate(zip(texts, derivation.lines, strict=True)):
        first = blank[:-2] + "= " if number else head
        left = _wrapped(text, width, first, blank)
        if width - column >= _BESIDE:
            right = wrap(line.reason, min(width - column, 2 * _BESIDE))
            for one, other in zip_longest(left, right, fillvalue=""):
                yield Line(one.ljust(column), "", other)
        else:
            yield from map(Line, left)
            yield from _folded(line.reason, width, "dim", blank + _INDENT)


def _settings(settings: tuple[Setting, ...], width: int) -> Iterator[Line]:
    if settings:
        yield from _section("Settings")
    column = max((len(setting.key) for setting in settings), default=0) + _GAP
    for setting in settings:
        yield from _under(setting.key, column, [f"{setting.kind}{_default(setting)}"], width)
        yield from _under("", column, [setting.description], width, "dim")


def _default(setting: Setting) -> str:
    match setting.default:
        case _ if setting.required:
            return "; always needed"
        case None:
            return "; left out by default"
        case bool() as flag:
            return f"; {str(flag).lower()} by default"
        case float() | int() as number:
            return f"; {number:g} by default"
        case {"name": name}:
            return f"; {name} by default"
        case word:
            return f"; {word} by default"


def _under(name: str, column: int, texts: Iterable[str], width: int, style: str = "") -> Iterator[Line]:
    """Set texts beside a name; below it where the page is narrow."""
    blank = _INDENT + " " * column
    first = _INDENT + name.ljust(column)
    if width < _NARROW:
        if name:
            yield Line(_INDENT + name)
        first = blank = _INDENT * 2
    for text in texts:
        yield from _folded(text, width, style, first, blank)
        first = blank


def _parts(formula: str, room: int) -> list[str]:
    """Take a formula of several equations apart where it is too long for one line."""
    return [formula] if len(formula) + len(_INDENT) <= room else re.split(r"(?<=,) (?=\S+ [←=] )", formula)


def _folded(text: str, width: int, style: str = "", first: str = "", rest: str | None = None) -> Iterator[Line]:
    """Fold text at spaces into lines of one style."""
    lines = _wrapped(text, min(width, _PROSE), first, first if rest is None else rest)
    return (Line(line, style) for line in lines)


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
