"""Expression trees: a term is a number, a reference or an operator applied to terms.

Python's own operators build trees, so a formula that is written for floats gives its own tree when it is called with
terms.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Self, TypeAlias

from backprop_cli.algebra.operators import OPERATORS

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


@dataclass(frozen=True, slots=True)
class Number(Term):
    """A constant."""

    value: float
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Ref(Term):
    """A named quantity; what the key means is the caller's business."""

    key: Hashable
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Apply(Term):
    """An operator of the table, applied to its arguments."""

    operator: str
    args: tuple[Term, ...]
    role: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if len(self.args) != OPERATORS[self.operator].arity:
            raise TypeError(f"{self.operator} takes {OPERATORS[self.operator].arity} arguments")


def lift(operand: Operand) -> Term:
    """Give a term as it is and a number as a `Number`."""
    return operand if isinstance(operand, Term) else Number(float(operand))


def apply(operator: str, *operands: Operand) -> Apply:
    """Apply an operator to terms and numbers."""
    return Apply(operator, tuple(lift(operand) for operand in operands))


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


def evaluate(term: Term, value_of: Callable[[Hashable], float]) -> float:
    """Evaluate a term in float64, left to right, as a person would work.

    Args:
        term: the expression.
        value_of: the value of a reference.

    Returns:
        The value; infinite or not a number where IEEE 754 says so.
    """
    # A sum over many inputs is deep on its left alone: that side is walked in a loop.
    spine: list[Apply] = []
    while isinstance(term, Apply):
        spine.append(term)
        term = term.args[0]
    value = _leaf_value(term, value_of)
    for branch in reversed(spine):
        others = [evaluate(argument, value_of) for argument in branch.args[1:]]
        value = OPERATORS[branch.operator].on_floats(value, *others)
    return value


def _leaf_value(term: Term, value_of: Callable[[Hashable], float]) -> float:
    if isinstance(term, Number):
        return term.value
    assert isinstance(term, Ref)  # noqa: S101  the kinds are three
    return value_of(term.key)
