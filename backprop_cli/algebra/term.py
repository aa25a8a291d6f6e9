"""Expression trees: a term is a number, a reference or an operator applied to terms.

Python's own operators build trees, so a formula that is written for floats gives its own tree when it is called with
terms.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import field, replace
from typing import Self, TypeAlias

from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.immutable import immutable

Operand: TypeAlias = "Term | float"


class Term:
    """Base of the three kinds of term; immutable, hashable, freely shared."""

    __slots__ = ()

    def __add__(self, other: Operand) -> "Term":
        return apply("add", self, other)

    def __radd__(self, other: Operand) -> "Term":
        return apply("add", other, self)

    def __sub__(self, other: Operand) -> "Term":
        return apply("sub", self, other)

    def __rsub__(self, other: Operand) -> "Term":
        return apply("sub", other, self)

    def __mul__(self, other: Operand) -> "Term":
        return apply("mul", self, other)

    def __rmul__(self, other: Operand) -> "Term":
        return apply("mul", other, self)

    def __truediv__(self, other: Operand) -> "Term":
        return apply("div", self, other)

    def __rtruediv__(self, other: Operand) -> "Term":
        return apply("div", other, self)

    def __pow__(self, other: Operand) -> "Term":
        return apply("pow", self, other)

    def __rpow__(self, other: Operand) -> "Term":
        return apply("pow", other, self)

    def __neg__(self) -> "Term":
        return apply("neg", self)

    def with_role(self, role: str) -> Self:
        """Give the same term with another role, e.g. 'slope' or 'bias'."""
        return replace(self, role=role)  # type: ignore[type-var]  # the three kinds are dataclasses


@immutable
class Number(Term):
    """A constant; one that a reader knows by a letter, such as a setting of a rule, has that letter as its symbol."""

    value: float
    role: str = field(default="", compare=False)
    symbol: str = field(default="", compare=False)


@immutable
class Ref(Term):
    """A named quantity; what the key means is the caller's business."""

    key: Hashable
    role: str = field(default="", compare=False)


@immutable
class Apply(Term):
    """An operator of the table, applied to its arguments."""

    operator: str
    args: tuple[Term, ...]
    role: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        arity = OPERATORS[self.operator].arity
        if len(self.args) != arity and (arity is not None or not self.args):
            raise TypeError(f"{self.operator} takes {arity or 'one or more'} arguments")


def lift(operand: Operand) -> Term:
    """Give a term as it is and a number as a `Number`."""
    return operand if isinstance(operand, Term) else Number(float(operand))


def apply(operator: str, *operands: Operand) -> Apply:
    """Apply an operator to terms and numbers."""
    return Apply(operator, tuple([operand if isinstance(operand, Term) else lift(operand) for operand in operands]))


def references(term: Term) -> Iterator[Hashable]:
    """Walk the keys that a term refers to, left to right, repeats included."""
    # A sum over many inputs is a deep tree, so the walk keeps its own stack.
    pending = [term]
    while pending:
        term = pending.pop()
        if isinstance(term, Ref):
            yield term.key
        elif isinstance(term, Apply):
            pending.extend(reversed(term.args))


def total(summands: Sequence[Term]) -> Term:
    """Add terms up from left to right; one alone is its own sum, and none add up to 0."""
    if len(summands) > 1:
        return Apply("sum", tuple(summands))
    return summands[0] if summands else Number(0.0)


def product(factors: Sequence[Term]) -> Term:
    """Multiply terms from left to right; one alone is its own product, and none multiply to 1."""
    if len(factors) > 1:
        return Apply("product", tuple(factors))
    return factors[0] if factors else Number(1.0)
