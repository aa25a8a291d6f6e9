"""How one operator is written around its operands, in any notation; brackets follow from how tightly things bind."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from backprop_cli.algebra.operators import CALL, INFIX_POWER, INFIX_PRODUCT, INFIX_SUM, PREFIX
from backprop_cli.algebra.rewrite import chain_of
from backprop_cli.algebra.term import Apply, Number, Term

# A sum with more summands is shown by its first and last ones.
MOST_SUMMANDS = 8
LEADING, TRAILING = 3, 2
LOOSEST, SUM, PRODUCT, SIGNED, POWER, ATOM = 0, INFIX_SUM, INFIX_PRODUCT, PREFIX, INFIX_POWER, CALL


class Piece(NamedTuple):
    """A piece of text, and how tightly it binds."""

    text: str
    binds: int = ATOM


class Walker(Protocol):
    """What a form needs of the walker: its operands as text, in brackets where they bind too loosely."""

    def write(self, term: Term, need: int = LOOSEST) -> str:
        """Write a term that must bind so tightly."""

    def elision(self, count: int) -> str:
        """Write that so many summands are left out."""


class Form(ABC):
    """The way an operator is written."""

    @abstractmethod
    def write(self, term: Apply, walker: Walker) -> Piece:
        """Write an operator with its operands."""

    def pieces(self, term: Apply, walker: Walker) -> list[str]:
        """Write it in pieces between which a line may be broken."""
        return [self.write(term, walker).text]


@dataclass(frozen=True, slots=True)
class Around(Form):
    """Text with a place for each operand.

    Attributes:
        pattern: the text; `{0}` is the first operand.
        binds: how tightly the whole binds.
        needs: how tightly each operand must bind; loosely, where nothing is said.
    """

    pattern: str
    binds: int = ATOM
    needs: tuple[int, ...] = ()

    def write(self, term: Apply, walker: Walker) -> Piece:
        needs = (*self.needs, *[LOOSEST] * len(term.args))
        operands = [walker.write(argument, need) for argument, need in zip(term.args, needs, strict=False)]
        return Piece(self.pattern.format(*operands), self.binds)


@dataclass(frozen=True, slots=True)
class Listed(Form):
    """A function of a list: max(a, b, c)."""

    before: str
    between: str
    after: str

    def write(self, term: Apply, walker: Walker) -> Piece:
        operands = [walker.write(argument) for argument in chain_of(term, (term.operator,))]
        return Piece(self.before + self.between.join(operands) + self.after)


@dataclass(frozen=True, slots=True)
class Joined(Form):
    """A chain of operands with a sign between them.

    Attributes:
        sign: stands between two operands.
        operators: operators whose chains are one; none, where the operator makes no chains.
        binds: how tightly the whole binds.
        first: how tightly the first operand must bind.
        rest: how tightly the others must bind.
    """

    sign: str
    operators: tuple[str, ...]
    binds: int = PRODUCT
    first: int = PRODUCT
    rest: int = SIGNED

    def write(self, term: Apply, walker: Walker) -> Piece:
        return Piece("".join(self.pieces(term, walker)), self.binds)

    def pieces(self, term: Apply, walker: Walker) -> list[str]:
        first, *rest = chain_of(term, self.operators) if self.operators else term.args
        return [walker.write(first, self.first), *(self.sign + walker.write(each, self.rest) for each in rest)]


@dataclass(frozen=True, slots=True)
class Added(Form):
    """A chain of summands, each with its sign; a long one is cut to its first and last, where it may be."""

    plus: str
    minus: str
    cuts: bool = True

    def write(self, term: Apply, walker: Walker) -> Piece:
        return Piece("".join(self.pieces(term, walker)), SUM)

    def pieces(self, term: Apply, walker: Walker) -> list[str]:
        first, *rest = _summands(term)
        written = [walker.write(first[1], SUM)]
        if len(rest) < MOST_SUMMANDS or not self.cuts:
            return written + self._signed(rest, walker)
        hidden = len(rest) + 1 - LEADING - TRAILING
        between = self.plus + walker.elision(hidden)
        return [*written, *self._signed(rest[: LEADING - 1], walker), between, *self._signed(rest[-TRAILING:], walker)]

    def _signed(self, summands: Sequence[tuple[bool, Term]], walker: Walker) -> list[str]:
        return [(self.minus if minus else self.plus) + walker.write(each, PRODUCT) for minus, each in summands]


def _summands(term: Apply) -> list[tuple[bool, Term]]:
    """List the summands of a chain of additions and subtractions; a minus sign goes with its summand."""
    reverse: list[tuple[bool, Term]] = []
    node: Term = term
    while isinstance(node, Apply) and node.operator in {"add", "sub", "sum"}:
        minus = node.operator == "sub"
        reverse += [_with_sign(argument, minus=minus) for argument in reversed(node.args[1:])]
        node = node.args[0]
    return [(False, node), *reversed(reverse)]


def _with_sign(term: Term, *, minus: bool) -> tuple[bool, Term]:
    if isinstance(term, Apply) and term.operator == "neg" and not minus:
        return True, term.args[0]
    return minus, term


@dataclass(frozen=True, slots=True)
class Raised(Form):
    """A power; small whole exponents may have a form of their own."""

    pattern: str
    need: int
    powers: dict[float, str] = field(default_factory=dict)

    def write(self, term: Apply, walker: Walker) -> Piece:
        base, exponent = term.args
        written = walker.write(base, ATOM)
        if isinstance(exponent, Number) and not exponent.symbol and exponent.value in self.powers:
            return Piece(written + self.powers[exponent.value], POWER)
        return Piece(self.pattern.format(written, walker.write(exponent, self.need)), POWER)
