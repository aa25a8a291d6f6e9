"""How exactly a value can be known: values with the size of what they were made of.

Two ways of computing the same number agree to a small multiple of the size, not of the number itself: 1 − 0.9999 is
made of numbers of size 1.  A size bounds a value's error, in units of the relative error of what it is made of; see
N. J. Higham, "Accuracy and Stability of Numerical Algorithms" (2002), section 3.3, on running error.  Where an error
changes the branch of a formula, the jump counts.

What is made of constants alone is the same for everyone who computes it by the same formula, up to what float64 rounds:
there the size counts that much smaller errors, until the value meets others.
"""

import math
from collections.abc import Callable, Mapping
from functools import cache, partial, reduce
from typing import NamedTuple

from backprop_cli.algebra.evaluation import FLOATS, Domain

# The relative error that sizes are meant for, where nothing else is said.
UNIT = 1e-9
# How much less wrong constants can be: float64 rounds to 2e-16.
_ROUNDING = 1e-6
# The largest slope of the error function, 2/√π.
_STEEPEST = 2.0 / math.sqrt(math.pi)


class Sized(NamedTuple):
    """A value, and the size of what it was made of: never below its own.

    Attributes:
        value: in float64.
        size: what the error is relative to; infinite where it has no bound.
        constant: whether it is made of constants alone.
    """

    value: float
    size: float
    constant: bool = False

    def settled(self) -> "Sized":
        """Give the size as it counts beside values that are no constants."""
        return Sized(self.value, max(self.size * _ROUNDING, abs(self.value))) if self.constant else self


def sized(value: float) -> Sized:
    """Give a number that is known exactly."""
    return Sized(value, abs(value))


def _constant(value: float) -> Sized:
    return Sized(value, abs(value), constant=True)


def _sum(unit: float, *xs: Sized) -> float:  # noqa: ARG001  every size is given the unit
    return sum(x.size for x in xs)


def _product(unit: float, *xs: Sized) -> float:
    return reduce(lambda x, y: Sized(x.value * y.value, _mul(unit, x, y)), xs).size


def _mul(unit: float, x: Sized, y: Sized) -> float:
    return abs(x.value) * y.size + abs(y.value) * x.size + unit * x.size * y.size


def _div(unit: float, x: Sized, y: Sized) -> float:
    nearest = abs(y.value) - unit * y.size
    if nearest <= 0.0:
        return math.inf
    return x.size / nearest + abs(x.value / y.value) * (y.size / nearest)


def _pow(unit: float, x: Sized, y: Sized) -> float:
    base, exponent = abs(x.value), y.value
    if base == 0.0 and y.size and exponent <= unit * y.size:
        # Whether the power is 0, 1 or infinite hangs on the sign of the exponent.
        return math.inf
    # The error counts most where the base is largest, or smallest under a power below 1.
    steepest = base + unit * x.size if exponent >= 1.0 else base - unit * x.size
    if steepest <= 0.0:
        return math.inf if x.size else 0.0
    by_base = abs(exponent) * FLOATS.actions["pow"](steepest, exponent - 1.0) * x.size
    return by_base + (abs(math.log(base)) * y.size * FLOATS.actions["pow"](base, exponent) if base else 0.0)


def _exp(unit: float, x: Sized) -> float:
    grown = FLOATS.actions["expm1"](unit * x.size) / unit
    return FLOATS.actions["exp"](x.value) * max(1.0, grown)


def _ln(unit: float, x: Sized) -> float:
    nearest = x.value - unit * x.size
    return x.size / nearest if nearest > 0.0 else math.inf


def _log1p(unit: float, x: Sized) -> float:
    return _ln(unit, Sized(1.0 + x.value, x.size))


def _sqrt(unit: float, x: Sized) -> float:
    error = unit * x.size
    if x.value > error:
        return x.size / (math.sqrt(x.value) + math.sqrt(x.value - error))
    # At zero the slope is infinite, but the root of the error is not.
    return math.sqrt(max(0.0, x.value) + error) / unit


def _is_clear(unit: float, distance: float, *xs: Sized) -> bool:
    """Say whether a distance from the edge of a branch is beyond any error; constants are on the same side for all."""
    size = sum(x.size for x in xs)
    return size == 0.0 or all(x.constant for x in xs) or abs(distance) > unit * size


def _sign(unit: float, x: Sized) -> float:
    return 0.0 if _is_clear(unit, x.value, x) else 2.0 / unit


def _floor(unit: float, x: Sized) -> float:
    if not math.isfinite(x.value) or _is_clear(unit, x.value - round(x.value), x):
        return 0.0
    return 1.0 / unit


def _greater(unit: float, x: Sized, y: Sized) -> float:
    return 0.0 if _is_clear(unit, x.value - y.value, x, y) else 1.0 / unit


def _larger(unit: float, first: Sized, *others: Sized) -> float:
    return reduce(partial(_larger_of_two, unit), others, first).size


def _larger_of_two(unit: float, x: Sized, y: Sized) -> Sized:
    larger = x if x.value >= y.value else y
    return larger if _is_clear(unit, x.value - y.value, x, y) else Sized(larger.value, max(x.size, y.size))


def _smaller(unit: float, *xs: Sized) -> float:
    return _larger(unit, *(Sized(-x.value, x.size, x.constant) for x in xs))


def _where(unit: float, condition: Sized, when_true: Sized, when_false: Sized) -> float:
    chosen = when_true if condition.value else when_false
    if condition.size <= 1.0:
        return chosen.size
    return max(when_true.size, when_false.size) + abs(when_true.value - when_false.value) / unit


_SIZES: Mapping[str, Callable[..., float]] = {
    "add": _sum,
    "sum": _sum,
    "sum_over": lambda unit, index, summand: math.inf,  # noqa: ARG005
    "sub": _sum,
    "mul": _mul,
    "product": _product,
    "div": _div,
    "neg": _sum,
    "pow": _pow,
    "exp": _exp,
    "expm1": _exp,
    "ln": _ln,
    "log1p": _log1p,
    "sqrt": _sqrt,
    "abs": _sum,
    "sign": _sign,
    "tanh": _sum,
    "erf": lambda unit, x: _STEEPEST * x.size,  # noqa: ARG005
    "cos": lambda unit, x: max(1.0, x.size),  # noqa: ARG005
    "floor": _floor,
    "max": _larger,
    "min": _smaller,
    "greater": _greater,
    "where": _where,
}


# What these give may be too small for whoever computes it in another way, and be held up or be lost.
_UNDERFLOWING = {"mul", "product", "div", "pow", "exp"}


def _with_size(name: str, unit: float, least: float) -> Callable[..., Sized]:
    value_of, size_of = FLOATS.actions[name], _SIZES[name]
    lowest = least / unit if name in _UNDERFLOWING else 0.0

    def act(*xs: Sized) -> Sized:
        # Lists, since this runs once for each product of a wide sum.
        constant = all([x.constant for x in xs])  # noqa: C419
        known = xs if constant else [x.settled() if x.constant else x for x in xs]
        value, size = value_of(*[x.value for x in known]), size_of(unit, *known)
        if math.isnan(value) or math.isnan(size):
            # A bound that is infinite times a value that is zero is no bound.
            return Sized(value, math.inf, constant)
        # Zero times anything is an exact zero; what is too small for its size to show is none.
        is_exact = size == 0.0 and any(x.size == 0.0 for x in known)
        return Sized(value, max(abs(value), size, 0.0 if is_exact else lowest), constant)

    return act


@cache
def sizes(unit: float = UNIT, least: float = 0.0) -> Domain[Sized]:
    """Give the domain of sized values.

    Args:
        unit: the relative error that sizes are meant for.
        least: what errors cannot be below, where numbers become very small.
    """
    return Domain(_constant, {name: _with_size(name, unit, least) for name in _SIZES})
