"""LaTeX with its widths, so that it can be broken into rows before it is typeset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from backprop_cli.algebra.term import Apply
from backprop_cli.immutable import immutable
from backprop_cli.render.forms import POWER, Form, Piece, Stacked, Walker, is_long
from backprop_cli.render.notation import LATEX, UNICODE
from backprop_cli.render.symbols import LatexScript, Parts, Script, UnicodeScript
from backprop_cli.render.telling import Teller, Told
from backprop_cli.worksheet.book import Line
from backprop_cli.worksheet.sheet import Stage

# What an equals sign takes.
EQUALS = 3
_FLAT = UnicodeScript()
_ON_ONE_LINE = Stacked("", " / ")


class _Higher(Form):
    """A quotient, which is as wide as the wider of its two."""

    def write(self, term: Apply, walker: Walker) -> Piece:
        return Piece(_longer(*(walker.write(each) for each in term.args)), POWER)

    def pieces(self, term: Apply, walker: Walker) -> list[str]:
        if is_long(term.args[0]):
            return _ON_ONE_LINE.pieces(term, walker)
        return [self.write(term, walker).text]


# Text of about as many characters as LaTeX is wide, half an em for each; it comes in the same pieces.
MEASURED = replace(UNICODE, name="measured", forms={**UNICODE.forms, "div": _Higher()})


class MeasuredScript(Script):
    """Text as wide as typeset symbols."""

    def letter(self, word: str) -> str:
        return _FLAT.letter(word)

    def word(self, name: str) -> str:
        return name

    def symbol(self, parts: Parts) -> Piece:
        above = (f"({parts.layer})" if parts.layer else "") + (f"[{parts.sample}]" if parts.sample else "")
        below = ",".join([*parts.indices, *([parts.mark] if parts.mark else [])])
        return Piece(parts.letter + _longer(above, below))

    def change(self, symbol: str) -> Piece:
        return Piece(f"Δ{symbol}")

    def beside(self, letter: str, parameter: str, mark: str) -> Piece:
        return Piece(self.letter(letter) + _longer(mark, parameter))

    def derivative(self, top: str, bottom: str, sample: str) -> Piece:
        return Piece("∂" + _longer(top, bottom) + (f"|[{sample}]" if sample else ""))

    def index(self, letter: str) -> str:
        return letter


def _longer(first: str, second: str) -> str:
    return max(first, second, key=len)


@immutable
class Measured:
    """A piece of LaTeX, and how wide it is."""

    text: str
    width: int


@immutable
class MeasuredLine:
    """A line of the worksheet.

    Attributes:
        name: what it is called.
        sides: rule, numbers and value, as far as it has them; each in pieces.
        condition: what decided the branch that was taken, or nothing.
    """

    name: Measured
    sides: tuple[tuple[Measured, ...], ...]
    condition: Measured

    @property
    def value(self) -> str:
        """Its value."""
        return self.sides[-1][0].text

    @property
    def width(self) -> int:
        """What its name, its sides and its condition take together, without the signs between them."""
        parts = [self.name, self.condition, *chain.from_iterable(self.sides)]
        return sum(part.width for part in parts)


@dataclass(frozen=True)
class LatexTeller:
    """Writes the lines of a worksheet in LaTeX."""

    told: Told
    latex: Teller = field(init=False)
    ruler: Teller = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "latex", Teller(self.told, LATEX, LatexScript()))
        object.__setattr__(self, "ruler", Teller(self.told, MEASURED, MeasuredScript()))

    def rule(self, stage: Stage) -> MeasuredLine | None:
        """Write the general rule of a stage; None where the lines say it themselves."""
        written, flat = self.latex.rule(stage), self.ruler.rule(stage)
        if written is None or flat is None:
            return None
        return MeasuredLine(_measured(written[0], flat[0]), (_all_measured(written[1], flat[1]),), Measured("", 0))

    def line(self, line: Line) -> MeasuredLine:
        """Write a line."""
        written, flat = self.latex.sides(line), self.ruler.sides(line)
        members = zip((written.symbols, written.numbers), (flat.symbols, flat.numbers), strict=True)
        sides = [_all_measured(one, other) for one, other in members if one]
        value = _measured(written.value, flat.value)
        return MeasuredLine(
            _measured(written.name, flat.name), (*sides, (value,)), _measured(written.condition, flat.condition)
        )


def _measured(written: str, flat: str) -> Measured:
    return Measured(written, len(flat))


def _all_measured(written: Sequence[str], flat: Sequence[str]) -> tuple[Measured, ...]:
    return tuple(_measured(*both) for both in zip(written, flat, strict=True))


def fold(pieces: Sequence[Measured], room: int) -> Iterator[list[Measured]]:
    """Fill rows of a width with pieces, each with at least one."""
    row: list[Measured] = []
    for piece in pieces:
        if row and sum(each.width for each in row) + piece.width > room:
            yield row
            row = []
        row.append(piece)
    yield row
