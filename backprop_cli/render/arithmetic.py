"""The two kinds of number that a script computes with, and how constants and operators are written for each."""

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from types import ModuleType
from typing import ClassVar

from backprop_cli.algebra import decimals, digits, operators
from backprop_cli.algebra.digits import Digits
from backprop_cli.algebra.evaluation import FLOATS, Domain, evaluate_in
from backprop_cli.algebra.term import Apply, Number, Ref, Term
from backprop_cli.immutable import immutable
from backprop_cli.render.excerpts import Import
from backprop_cli.render.forms import ATOM, SIGNED, Piece
from backprop_cli.render.notation import PYTHON, PYTHON_WITHOUT_ERRORS, SQUARE_AND_CUBE, Notation
from backprop_cli.worksheet.book import Book

_ARITHMETIC = {"add", "sub", "mul", "div", "sum", "product"}


@immutable
class Code:
    """A piece of a program, where a term refers to it."""

    text: str


class Arithmetic(ABC):
    """The kind of number that a script computes with."""

    # Where the functions come from that a script takes along.
    modules: ClassVar[tuple[ModuleType, ...]]
    # What it needs of the standard library beside.
    imports: ClassVar[frozenset[Import]] = frozenset()

    @abstractmethod
    def number(self, value: float | Decimal) -> Piece:
        """Write a constant."""

    @abstractmethod
    def notation(self, term: Term) -> Notation:
        """Choose how the operators of a term are written."""

    @abstractmethod
    def ready(self, term: Term) -> Term:
        """Put constants into the form that the operators around them take."""

    @abstractmethod
    def rounding(self, kept: Digits) -> tuple[str, tuple[str, ...]]:
        """Give the function that a line's value goes through, and what it takes beside; '' for none."""

    @abstractmethod
    def printed(self, identifier: str) -> str:
        """Write what is printed for a value."""

    @abstractmethod
    def preparations(self, kept: Iterable[Digits]) -> list[str]:
        """Write the statements that come before all numbers."""


def _raise(base: float, exponent: float) -> float:
    natural = exponent in SQUARE_AND_CUBE
    result: float = base**exponent if natural else FLOATS.actions["pow"](base, exponent)
    return result


# Python's own operators, which raise where IEEE 754 has an answer.
_PLAIN: Domain[float] = Domain(float, {**FLOATS.actions, "div": operator.truediv, "pow": _raise})


@immutable
class Floats(Arithmetic):
    """Floats, for exact values.

    Attributes:
        book: has the value of what terms refer to.
    """

    book: Book
    modules = (operators,)

    def number(self, value: float | Decimal) -> Piece:
        text = repr(float(value))
        return Piece(text, SIGNED if text.startswith("-") else ATOM)

    def notation(self, term: Term) -> Notation:
        """Choose plain operators, unless they raise at these values."""
        try:
            evaluate_in(_PLAIN, term, self.book.value)  # type: ignore[arg-type]  # a sheet refers to nothing else
        except ArithmeticError:
            return PYTHON_WITHOUT_ERRORS
        return PYTHON

    def ready(self, term: Term) -> Term:
        return term

    def rounding(self, kept: Digits) -> tuple[str, tuple[str, ...]]:  # noqa: ARG002  nothing is rounded
        return "", ()

    def printed(self, identifier: str) -> str:
        return identifier

    def preparations(self, kept: Iterable[Digits]) -> list[str]:  # noqa: ARG002  nothing is rounded
        return []


@immutable
class Decimals(Arithmetic):
    """Decimals, each line rounded before the next one uses it."""

    modules = (digits, decimals)
    imports = frozenset({("decimal", "Decimal"), ("decimal", "setcontext")})

    def number(self, value: float | Decimal) -> Piece:
        return Piece(f'Decimal("{value}")')

    def notation(self, term: Term) -> Notation:  # noqa: ARG002  decimals never raise
        return PYTHON

    def ready(self, term: Term) -> Term:
        return rebuilt(term, _with_whole_numbers)

    def rounding(self, kept: Digits) -> tuple[str, tuple[str, ...]]:
        return "rounded", (digits_name(kept),)

    def printed(self, identifier: str) -> str:
        return f"written({identifier})"

    def preparations(self, kept: Iterable[Digits]) -> list[str]:
        named = [f"{digits_name(each)} = {_digits_call(each)}" for each in kept]
        return ["\n".join(["setcontext(context())", *named])]


def digits_name(kept: Digits) -> str:
    """Name the digits that are kept."""
    return f"to_{kept.significant}_digits" if kept.decimals is None else f"to_{kept.decimals}_decimals"


def _digits_call(kept: Digits) -> str:
    argument = f"significant={kept.significant}" if kept.decimals is None else f"decimals={kept.decimals}"
    return f"Digits({argument})"


def _with_whole_numbers(term: Apply) -> Term:
    """Let whole numbers stand as they are beside decimals; among themselves, they would be no decimals."""
    if term.operator not in _ARITHMETIC or all(isinstance(argument, Number) for argument in term.args):
        return term
    return replace(term, args=tuple(_whole(argument) for argument in term.args))


def _whole(term: Term) -> Term:
    plain = isinstance(term, Number) and not term.symbol and term.value.is_integer() and term.value >= 0
    return Ref(Code(str(int(term.value)))) if plain else term  # type: ignore[attr-defined]  # it is a number


def rebuilt(term: Term, change: Callable[[Apply], Term]) -> Term:
    """Change every operator of a term, those inside first."""
    spine: list[Apply] = []
    # A long chain of operators is deep on its left alone: that side is walked in a loop.
    while isinstance(term, Apply):
        spine.append(term)
        term = term.args[0]
    for branch in reversed(spine):
        others = tuple(rebuilt(argument, change) for argument in branch.args[1:])
        term = change(replace(branch, args=(term, *others)))
    return term
