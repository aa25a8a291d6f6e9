"""How one operator is written around its operands, in any notation; brackets follow from how tightly things bind."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple, Protocol, TypeAlias

from backprop_cli.algebra.operators import CALL, INFIX_POWER, INFIX_PRODUCT, INFIX_SUM, PREFIX
from backprop_cli.algebra.rewrite import chain_of
from backprop_cli.algebra.term import Apply, Number, Term
from backprop_cli.immutable import immutable

# A sum with more summands is shown by its first and last ones.
MOST_SUMMANDS = 8
LEADING, TRAILING = 3, 2
# What has so many summands, or so many numbers and symbols, is long: a line may be broken inside it, too.
LONG_SUM, LONG = 4, 6
LOOSEST, SUM, PRODUCT, SIGNED, POWER, ATOM = 0, INFIX_SUM, INFIX_PRODUCT, PREFIX, INFIX_POWER, CALL


class Piece(NamedTuple):
    """A piece of text, and how tightly it binds."""

    text: str
    binds: int = ATOM


class Walker(Protocol):
    """What a form needs of the walker: its operands as text, in brackets where they bind too loosely."""

    def write(self, term: Term, need: int = LOOSEST) -> str:
        """Write a term that must bind so tightly."""

    def operand(self, term: Term, need: int = LOOSEST) -> list[str]:
        """Write a term that must bind so tightly, a long one in pieces."""

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


@immutable
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


@immutable
class Listed(Form):
    """A function of a list: max(a, b, c)."""

    before: str
    between: str
    after: str

    def write(self, term: Apply, walker: Walker) -> Piece:
        operands = [walker.write(argument) for argument in chain_of(term, (term.operator,))]
        return Piece(self.before + self.between.join(operands) + self.after)


# Writes an operand that must bind so tightly, in one piece or in several.
_Operand: TypeAlias = Callable[[Term, int], list[str]]


class Chained(Form):
    """Operands with signs between them: a line may be broken before each sign."""

    binds: int

    @abstractmethod
    def parts(self, term: Apply, walker: Walker, operand: _Operand) -> list[str]:
        """Write the operands, each with the sign before it."""

    def write(self, term: Apply, walker: Walker) -> Piece:
        return Piece("".join(self.parts(term, walker, lambda each, need: [walker.write(each, need)])), self.binds)

    def pieces(self, term: Apply, walker: Walker) -> list[str]:
        return self.parts(term, walker, walker.operand)


@immutable
class Joined(Chained):
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

    def parts(self, term: Apply, walker: Walker, operand: _Operand) -> list[str]:  # noqa: ARG002  sums ask it
        first, *rest = chain_of(term, self.operators) if self.operators else term.args
        written = operand(first, self.first)
        for each in rest:
            written += _after(self.sign, operand(each, self.rest))
        return written


@immutable
class Added(Chained):
    """A chain of summands, each with its sign; a long one is cut to its first and last, where it may be."""

    plus: str
    minus: str
    cuts: bool = True
    binds: int = SUM

    def parts(self, term: Apply, walker: Walker, operand: _Operand) -> list[str]:
        first, *rest = _summands(term)
        written = operand(first[1], SUM)
        if len(rest) < MOST_SUMMANDS or not self.cuts:
            return written + self._signed(rest, operand)
        hidden = len(rest) + 1 - LEADING - TRAILING
        leading, trailing = rest[: LEADING - 1], rest[-TRAILING:]
        between = self.plus + walker.elision(hidden)
        return [*written, *self._signed(leading, operand), between, *self._signed(trailing, operand)]

    def _signed(self, summands: Sequence[tuple[bool, Term]], operand: _Operand) -> list[str]:
        written = []
        for minus, summand in summands:
            written += _after(self.minus if minus else self.plus, operand(summand, PRODUCT))
        return written


def _after(sign: str, pieces: list[str]) -> list[str]:
    head, *tail = pieces
    return [sign + head, *tail]


def _summands(term: Apply) -> list[tuple[bool, Term]]:
    """List the summands of a chain of additions and subtractions; a minus sign goes with its summand."""
    reverse: list[tuple[bool, Term]] = []
    node: Term = term
    while isinstance(node, Apply) and node.operator in {"add", "sub", "sum"}:
        minus = node.operator == "sub"
        reverse += [_with_sign(argument, minus=minus) for argument in reversed(node.args[1:])]
        node = node.args[0]
    return [(False, node), *reversed(reverse)]


def is_long_sum(term: Term) -> bool:
    """Say whether a term is a sum of many summands."""
    return isinstance(term, Apply) and len(_summands(term)) >= LONG_SUM


def is_long(term: Term) -> bool:
    """Say whether a term is long."""
    return is_long_sum(term) or _leaves(term) >= LONG


def _leaves(term: Term) -> int:
    return sum(map(_leaves, term.args)) if isinstance(term, Apply) else 1


def _with_sign(term: Term, *, minus: bool) -> tuple[bool, Term]:
    if isinstance(term, Apply) and term.operator == "neg" and not minus:
        return True, term.args[0]
    return minus, term


@immutable
class Negated(Form):
    """A sign before an operand."""

    sign: str

    def write(self, term: Apply, walker: Walker) -> Piece:
        return Piece(self.sign + walker.write(term.args[0], PRODUCT), SUM)

    def pieces(self, term: Apply, walker: Walker) -> list[str]:
        return _after(self.sign, walker.operand(term.args[0], PRODUCT))


@immutable
class Stacked(Form):
    """A quotient, one above the other; on one line, where its dividend is long.

    Attributes:
        pattern: the text; `{0}` is the dividend, `{1}` the divisor.
        slash: stands between the two on one line.
        binds: how tightly the text binds.
        needs: how tightly dividend and divisor must bind in it.
    """

    pattern: str
    slash: str
    binds: int = POWER
    needs: tuple[int, int] = (LOOSEST, LOOSEST)

    def write(self, term: Apply, walker: Walker) -> Piece:
        both = [walker.write(argument, need) for argument, need in zip(term.args, self.needs, strict=True)]
        return Piece(self.pattern.format(*both), self.binds)

    def pieces(self, term: Apply, walker: Walker) -> list[str]:
        dividend, divisor = term.args
        if not is_long(dividend):
            return [self.write(term, walker).text]
        return [*walker.operand(dividend, PRODUCT), self.slash + walker.write(divisor, POWER)]


@immutable
class Root(Form):
    """A square root; a long sum below it is written so that a line can be broken.

    Attributes:
        pattern: the text; `{0}` is what the root is taken of.
        before: stands before a long sum.
        after: stands behind it.
    """

    pattern: str
    before: str
    after: str

    def write(self, term: Apply, walker: Walker) -> Piece:
        return Piece(self.pattern.format(walker.write(term.args[0])))

    def pieces(self, term: Apply, walker: Walker) -> list[str]:
        if not is_long_sum(term.args[0]):
            return [self.write(term, walker).text]
        head, *middle, tail = walker.operand(term.args[0])
        return [self.before + head, *middle, tail + self.after]


@immutable
class Raised(Form):
    """A power; some constant exponents may have a form of their own.

    Attributes:
        pattern: the text; `{0}` is the base, `{1}` the exponent.
        need: how tightly the exponent must bind.
        powers: what stands behind the base for exponents that have a form of their own.
        base: how tightly the base must bind in the pattern.
        binds: how tightly the pattern binds.
    """

    pattern: str
    need: int
    powers: Mapping[float, str] = field(default_factory=dict)
    base: int = ATOM
    binds: int = POWER

    def write(self, term: Apply, walker: Walker) -> Piece:
        base, exponent = term.args
        if isinstance(exponent, Number) and not exponent.symbol and exponent.value in self.powers:
            return Piece(walker.write(base, ATOM) + self.powers[exponent.value], POWER)
        text = self.pattern.format(walker.write(base, self.base), walker.write(exponent, self.need))
        return Piece(text, self.binds)


@immutable
class Chosen(Form):
    """A choice between two branches on one line.

    Attributes:
        pattern: the text; `{0}` is the condition, `{1}` and `{2}` are what is taken where it holds and where not.
        comparison: how a condition that compares is written.
    """

    pattern: str
    comparison: Form

    def write(self, term: Apply, walker: Walker) -> Piece:
        condition, *branches = term.args
        compares = isinstance(condition, Apply) and condition.operator == "greater"
        written = self.comparison.write(condition, walker).text if compares else walker.write(condition, SUM)  # type: ignore[arg-type]
        return Piece(self.pattern.format(written, *(walker.write(branch, SUM) for branch in branches)), LOOSEST)
