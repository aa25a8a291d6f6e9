"""Kinds of number that the rules' formulas are worked out in here: float64 arrays, complex arrays, mpmath's numbers.

A formula is traced once as a term and then evaluated over whole arrays of such numbers; no kernel takes part.
"""

import operator
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cache
from math import pi, sqrt
from typing import Any, TypeAlias

import numpy as np

from backprop_cli.algebra import functions
from backprop_cli.algebra.arrays import ARRAYS
from backprop_cli.algebra.evaluation import Domain
from backprop_cli.algebra.term import Apply, Number, Ref, Term
from backprop_cli.errors import MissingExtra

# An array of whatever numbers a domain has.
Numbers: TypeAlias = Any
Action: TypeAlias = Callable[..., Numbers]

_ARITHMETIC = ("add", "sum", "sub", "mul", "product", "neg")
# What has a corner, a jump or branches, and so no value off the real line.
_BRANCHING = ("abs", "sign", "floor", "max", "min", "greater", "where")
# Names that mpmath has others for.
_OTHERWISE = {"ln": "log", "div": "fdiv", "pow": "power"}


def _erf_beside_the_real_line(x: Numbers) -> Numbers:
    """Give erf(u + iv) for a v so small that v² is nothing: erf(u) + iv · 2/√π · e^(−u²)."""
    real, imaginary = np.real(x), np.imag(x)
    return functions.erf(real) + 1j * imaginary * (2.0 / sqrt(pi)) * np.exp(-(real**2))


FLOATS: Domain[Numbers] = ARRAYS
COMPLEX: Domain[Numbers] = Domain(
    float,
    {name: action for name, action in ARRAYS.actions.items() if name not in _BRANCHING}
    | {"div": operator.truediv, "pow": operator.pow, "erf": _erf_beside_the_real_line},
)


@cache
def exact(digits: int) -> Domain[Numbers]:
    """Give the domain of mpmath's numbers with so many digits.

    Raises:
        MissingExtra: mpmath is not installed.
    """
    try:
        import mpmath
    except ImportError as error:
        raise MissingExtra("mpmath", "oracles") from error
    # A context of its own, so that nobody else's precision changes.
    numbers = mpmath.mp.clone()
    numbers.dps = digits
    smooth = {
        name: _on_each(getattr(numbers, _OTHERWISE.get(name, name)), 2 if name in {"div", "pow"} else 1)
        for name in COMPLEX.actions
        if name not in _ARITHMETIC
    }
    branching = {
        "abs": _on_each(abs, 1),
        "sign": _on_each(numbers.sign, 1),
        "floor": _on_each(numbers.floor, 1),
        "max": _on_each(max, 2),
        "min": _on_each(min, 2),
        "greater": _on_each(operator.gt, 2),
        "where": _on_each(lambda condition, one, other: one if condition else other, 3),
    }
    arithmetic = {name: ARRAYS.actions[name] for name in _ARITHMETIC}
    return Domain(numbers.mpf, {**arithmetic, **smooth, **branching})


def _on_each(action: Action, arity: int) -> Action:
    return np.frompyfunc(action, arity, 1)


def evaluate(domain: Domain[Numbers], terms: Sequence[Term], value_of: Callable[[Hashable], Numbers]) -> list[Numbers]:
    """Evaluate terms that share parts, such as the sum of a softmax, each part once."""
    seen: dict[int, Numbers] = {}
    return [_value(domain, term, value_of, seen) for term in terms]


def _value(
    domain: Domain[Numbers], term: Term, value_of: Callable[[Hashable], Numbers], seen: dict[int, Numbers]
) -> Numbers:
    # A long chain of operators is deep on its left alone: that side is walked in a loop.
    spine: list[Apply] = []
    while isinstance(term, Apply) and id(term) not in seen:
        spine.append(term)
        term = term.args[0]
    value = seen[id(term)] if id(term) in seen else _leaf(domain, term, value_of)
    for branch in reversed(spine):
        others = [_value(domain, argument, value_of, seen) for argument in branch.args[1:]]
        value = seen[id(branch)] = domain.actions[branch.operator](value, *others)
    return value


def _leaf(domain: Domain[Numbers], term: Term, value_of: Callable[[Hashable], Numbers]) -> Numbers:
    if isinstance(term, Number):
        return domain.number(term.value)
    assert isinstance(term, Ref)  # noqa: S101  the kinds are three
    return value_of(term.key)


def is_analytic(terms: Sequence[Term]) -> bool:
    """Say whether formulas are made of operators that have a derivative off the real line, too."""
    return all(name in COMPLEX.actions for name in _operators(terms))


def _operators(terms: Sequence[Term]) -> Iterator[str]:
    pending, seen = list(terms), set[int]()
    while pending:
        term = pending.pop()
        if isinstance(term, Apply) and id(term) not in seen:
            seen.add(id(term))
            yield term.operator
            pending.extend(term.args)
