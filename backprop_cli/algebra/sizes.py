"""How exactly a value can be known: values with the size of what they were made of.

Two ways of computing the same number agree to a small multiple of the size, not of the number itself: 1 − 0.9999 is
made of numbers of size 1.  A size is the first-order bound on a value's error, in units of the relative error of what
it is made of; see N. J. Higham, "Accuracy and Stability of Numerical Algorithms" (2002), section 3.3, on running error.
Where a small error changes the branch of a formula, the jump counts.
"""

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import NamedTuple

from backprop_cli.algebra.evaluation import FLOATS, Domain

# The relative error that sizes are meant for.
UNIT = 1e-9
# The largest slope of the error function, 2/√π.
_STEEPEST = 2.0 / math.sqrt(math.pi)


class Sized(NamedTuple):
    """A value, and the size of what it was made of: never below its own."""

    value: float
    size: float


def sized(value: float) -> Sized:
    """Give a number that is known exactly."""
    return Sized(value, abs(value))


def _sum(*xs: Sized) -> float:
    return sum(x.size for x in xs)


def _product(*xs: Sized) -> float:
    return reduce(lambda x, y: Sized(x.value * y.value, _mul(x, y)), xs).size


def _mul(x: Sized, y: Sized) -> float:
    return abs(x.value) * y.size + abs(y.value) * x.size


def _div(x: Sized, y: Sized) -> float:
    if y.value == 0.0:
        return math.inf
    return x.size / abs(y.value) + abs(x.value / y.value) * (y.size / abs(y.value))


def _pow(x: Sized, y: Sized) -> float:
    if x.value == 0.0:
        return x.size
    value = FLOATS.actions["pow"](abs(x.value), y.value)
    return value * (abs(y.value) * x.size / abs(x.value) + abs(math.log(abs(x.value))) * y.size)


def _exp(x: Sized) -> float:
    return FLOATS.actions["exp"](x.value) * max(1.0, x.size)


def _ln(x: Sized) -> float:
    return x.size / abs(x.value) if x.value else math.inf


def _log1p(x: Sized) -> float:
    return x.size / abs(1.0 + x.value) if x.value != -1.0 else math.inf


def _sqrt(x: Sized) -> float:
    # At zero the slope is infinite, but the root of the error is not.
    return x.size / (2.0 * math.sqrt(x.value)) if x.value > x.size * UNIT else math.sqrt(x.size / UNIT)


def _jump_unless_clear(distance: float, size: float, jump: float) -> float:
    return 0.0 if abs(distance) > UNIT * size else jump / UNIT


def _sign(x: Sized) -> float:
    return 0.0 if x.size == 0.0 else _jump_unless_clear(x.value, x.size, 2.0)


def _floor(x: Sized) -> float:
    exact = x.value == round(x.value) and x.size == abs(x.value) if math.isfinite(x.value) else True
    return 0.0 if exact else _jump_unless_clear(x.value - round(x.value), x.size, 1.0)


def _greater(x: Sized, y: Sized) -> float:
    return 0.0 if x.size + y.size == 0.0 else _jump_unless_clear(x.value - y.value, x.size + y.size, 1.0)


def _where(condition: Sized, when_true: Sized, when_false: Sized) -> float:
    chosen = when_true if condition.value else when_false
    if condition.size <= 1.0:
        return chosen.size
    return max(when_true.size, when_false.size) + abs(when_true.value - when_false.value) / UNIT


_SIZES: Mapping[str, Callable[..., float]] = {
    "add": _sum,
    "sum": _sum,
    "sum_over": lambda index, summand: math.inf,  # noqa: ARG005
    "sub": _sum,
    "mul": _mul,
    "product": _product,
    "div": _div,
    "neg": lambda x: x.size,
    "pow": _pow,
    "exp": _exp,
    "expm1": _exp,
    "ln": _ln,
    "log1p": _log1p,
    "sqrt": _sqrt,
    "abs": lambda x: x.size,
    "sign": _sign,
    "tanh": lambda x: x.size,
    "erf": lambda x: _STEEPEST * x.size,
    "cos": lambda x: max(1.0, x.size),
    "floor": _floor,
    "max": lambda x, y: max(x.size, y.size),
    "min": lambda x, y: max(x.size, y.size),
    "greater": _greater,
    "where": _where,
}


def _with_size(name: str) -> Callable[..., Sized]:
    value_of, size_of = FLOATS.actions[name], _SIZES[name]

    def act(*xs: Sized) -> Sized:
        value = value_of(*(x.value for x in xs))
        return Sized(value, max(abs(value), size_of(*xs)))

    return act


SIZES: Domain[Sized] = Domain(sized, {name: _with_size(name) for name in _SIZES})
