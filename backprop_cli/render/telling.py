"""A worksheet as text in one notation: names, rules in symbols, rules with numbers, values."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from backprop_cli.algebra.decimals import DECIMALS
from backprop_cli.algebra.digits import Digits
from backprop_cli.algebra.evaluation import evaluate, evaluate_in
from backprop_cli.algebra.rewrite import take_branches
from backprop_cli.algebra.term import Apply, Number, Ref, Term
from backprop_cli.immutable import immutable
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.quantity import Variable
from backprop_cli.render.forms import ATOM, PRODUCT, SUM, Piece
from backprop_cli.render.notation import UNICODE, Notation
from backprop_cli.render.numbers import Written, write_number, write_rounded
from backprop_cli.render.rows import Chain
from backprop_cli.render.symbols import Script, Symbols, UnicodeScript
from backprop_cli.render.typeset import Typesetter
from backprop_cli.worksheet.book import Book, Line
from backprop_cli.worksheet.ground import loss_of, slope
from backprop_cli.worksheet.sheet import Stage, Worksheet

# Constants are shown in full up to a length, and longer ones with these digits.
_SHORT, _CONSTANT = 8, Digits(significant=4)
_HALF = 0.5


@immutable
class Told:
    """A worksheet with what its reader should know about it.

    Attributes:
        sheet: the lines.
        names: the network and the reader's own names.
        title: the step, in words.
        summary: the network, in one line.
        config: the file it came from.
    """

    sheet: Worksheet
    names: NameTable
    title: str
    summary: str
    config: str = ""


def chains_of(book: Book, names: NameTable) -> dict[Variable, Chain]:
    """Tell how the gradient of each trainable parameter comes about; no other line is made.

    Raises:
        NotExplained: a formula on the way has no finite value as it is taught.
    """
    teller = Teller(Told(Worksheet(book, ()), names, "", ""), UNICODE, UnicodeScript())
    chains = {}
    for parameter in book.ground.parameters(trainable=True):
        sides = teller.sides(book.line(slope(loss_of(), parameter)))
        chains[parameter] = Chain("".join(sides.symbols), "".join(sides.numbers or (sides.value,)))
    return chains


def written(line: Line) -> Written:
    """Write the value of a line; one that was rounded when it was worked out keeps its zeros."""
    if isinstance(line.value, Decimal) and line.term is not None:
        return write_rounded(line.value, line.digits)
    return write_number(line.value, line.digits)


@immutable
class Sides:
    """One line in its notation; each side comes in pieces between which it may be broken.

    Attributes:
        name: what the line is called.
        symbols: its rule in symbols; empty where it is given.
        numbers: the rule with the numbers put in; empty where that is the value itself.
        condition: what decided the branch that was taken; '' where there was no choice.
        value: its value.
    """

    name: str
    symbols: tuple[str, ...]
    numbers: tuple[str, ...]
    condition: str
    value: str


@dataclass(frozen=True)
class Teller:
    """Writes the lines of a worksheet in one notation.

    Attributes:
        told: the worksheet.
        notation: how operators are written.
        script: how quantities are written.
    """

    told: Told
    notation: Notation
    script: Script
    symbols: Symbols = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "symbols", Symbols(self.told.names, self.script))

    @cached_property
    def _in_symbols(self) -> Typesetter:
        return Typesetter(self.notation, self._symbol)

    @cached_property
    def _in_numbers(self) -> Typesetter:
        return Typesetter(self.notation, self._value)

    def name(self, key: Hashable) -> str:
        """Write the name of a quantity."""
        return self.symbols.write(key).text

    def number(self, value: float | Decimal, digits: Digits) -> Piece:
        """Write a number; a negative one binds as loosely as a sum, and one with a power of ten as a product."""
        return _as_piece(write_number(value, digits), self.notation)

    def rule(self, stage: Stage) -> tuple[str, tuple[str, ...]] | None:
        """Write the general rule of a stage: what is computed, and how; None where the lines say it themselves."""
        if stage.rule is None:
            return None
        left, right = self.name(stage.rule.left), tuple(self._in_symbols.pieces(stage.rule.right))
        first = self.sides(next(stage.lines()))
        return None if (first.name, first.symbols) == (left, right) else (left, right)

    def sides(self, line: Line) -> Sides:
        """Write a line."""
        name, value = self.name(line.key), self._written(line).text
        if line.term is None:
            return Sides(name, (), (), "", value)
        taken, conditions = take_branches(line.term, self._holds)
        symbols = tuple(self._pieces(line.term))
        # What is copied is not written again with its own digits.
        numbers = tuple(self._in_numbers.pieces(taken)) if isinstance(taken, Apply) else (value,)
        condition = ", ".join(self._condition(condition, met=met) for condition, met in conditions)
        if isinstance(line.term, Number):
            symbols = ()
        return Sides(name, symbols, () if numbers == (value,) else numbers, condition, value)

    def _pieces(self, term: Term) -> list[str]:
        """Write a rule in symbols; a choice as a whole in brackets, where its last branch would run into a sign."""
        if isinstance(term, Apply) and term.operator == "where":
            return [self._in_symbols.write(term, SUM)]
        return self._in_symbols.pieces(term)

    def _holds(self, condition: Term) -> bool:
        book = self.told.sheet.book
        if book.rounding.carry:
            return bool(evaluate_in(DECIMALS, condition, book.carried))  # type: ignore[arg-type]
        return bool(evaluate(condition, book.value))  # type: ignore[arg-type]

    def _condition(self, condition: Term, *, met: bool) -> str:
        """Write a comparison with its numbers, the way it came out."""
        assert isinstance(condition, Apply)  # noqa: S101  formulas choose by comparisons
        if met:
            return self._in_numbers.write(condition)
        left, right = (self._in_numbers.write(argument, SUM) for argument in condition.args)
        return left + self.notation.at_most + right

    def _symbol(self, leaf: Number | Ref) -> Piece:
        if isinstance(leaf, Ref):
            return self.symbols.write(leaf.key)
        if leaf.symbol:
            return Piece(self.script.letter(leaf.symbol))
        return self._constant(leaf.value)

    def _value(self, leaf: Number | Ref) -> Piece:
        if isinstance(leaf, Ref):
            return self._written(self.told.sheet.book.line(leaf.key))  # type: ignore[arg-type]  # it refers to lines
        return self.number(leaf.value, self._digits_of(leaf.value)) if leaf.symbol else self._constant(leaf.value)

    def _written(self, line: Line) -> Piece:
        if line.term is None and self.told.sheet.book.rounding.carry:
            # A pencil starts from what is given as it stands.
            return self.number(line.value, Digits(significant=_length(line.value)))
        return _as_piece(written(line), self.notation)

    def _constant(self, value: float) -> Piece:
        return Piece(self.notation.half) if value == _HALF else self.number(value, self._digits_of(value))

    def _digits_of(self, constant: float) -> Digits:
        """Show a constant in full where it is short, or where its digits count; else as far as anyone reads it."""
        length = _length(constant)
        in_full = length <= _SHORT or self.told.sheet.book.rounding.carry
        return Digits(significant=length) if in_full else _CONSTANT


def _length(value: float | Decimal) -> int:
    """Count the digits that a number has."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return max(1, len(exact.normalize().as_tuple().digits))


def _as_piece(written: Written, notation: Notation) -> Piece:
    sign = notation.minus if written.negative else ""
    if written.exponent is None:
        return Piece(sign + notation.number.format(written.digits), SUM if written.negative else ATOM)
    below_one = notation.exponent(notation.minus) if written.exponent < 0 else ""
    exponent = below_one + notation.number.format(notation.exponent(str(abs(written.exponent))))
    text = sign + notation.scientific.format(mantissa=written.digits, exponent=exponent)
    return Piece(text, SUM if written.negative else PRODUCT)
