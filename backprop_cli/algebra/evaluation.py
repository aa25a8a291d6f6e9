"""Values of terms, in whatever kind of number is asked for."""

from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.term import Apply, Number, Ref, Term
from backprop_cli.immutable import immutable

N = TypeVar("N")


@immutable
class Domain(Generic[N]):
    """A kind of number that terms can be evaluated in.

    Attributes:
        number: makes one from the float of a constant.
        actions: what each operator does to such numbers, by its name.
    """

    number: Callable[[float], N]
    actions: Mapping[str, Callable[..., N]]


FLOATS: Domain[float] = Domain(float, {name: operator.on_floats for name, operator in OPERATORS.items()})


def evaluate(term: Term, value_of: Callable[[Hashable], float]) -> float:
    """Evaluate a term in float64, left to right, as a person would work.

    Args:
        term: the expression.
        value_of: the value of a reference.

    Returns:
        The value; infinite or not a number where IEEE 754 says so.
    """
    return evaluate_in(FLOATS, term, value_of)


def evaluate_in(domain: Domain[N], term: Term, value_of: Callable[[Hashable], N]) -> N:
    """Evaluate a term in the numbers of a domain, left to right."""
    # A long chain of operators is deep on its left alone: that side is walked in a loop.
    spine: list[Apply] = []
    while isinstance(term, Apply):
        spine.append(term)
        term = term.args[0]
    value = _leaf_value(domain, term, value_of)
    for branch in reversed(spine):
        others = [
            value_of(argument.key) if isinstance(argument, Ref) else evaluate_in(domain, argument, value_of)
            for argument in branch.args[1:]
        ]
        value = domain.actions[branch.operator](value, *others)
    return value


def _leaf_value(domain: Domain[N], term: Term, value_of: Callable[[Hashable], N]) -> N:
    if isinstance(term, Number):
        return domain.number(term.value)
    assert isinstance(term, Ref)  # noqa: S101  the kinds are three
    return value_of(term.key)
