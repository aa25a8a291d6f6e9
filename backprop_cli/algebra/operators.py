"""One table of the operators that a term may hold, with what each does to floats.

Float actions follow IEEE 754 and never raise: what overflows is infinite, what has no value is not a number.  Those
that have a name use nothing but each other and the standard library, so that a script can take their source.
"""

import math
from collections.abc import Callable, Mapping
from math import erf, tanh

from backprop_cli.immutable import immutable

INFIX_SUM, INFIX_PRODUCT, PREFIX, INFIX_POWER, CALL = 1, 2, 3, 4, 5


@immutable
class Operator:
    """Describe one operator.

    Attributes:
        name: its key in `OPERATORS`, stable in files.
        arity: how many arguments it takes; None for one or more.
        precedence: how tightly it binds; larger binds tighter.
        on_floats: its value on floats, without exceptions.
    """

    name: str
    arity: int | None
    precedence: int
    on_floats: Callable[..., float]


def _add_all(*summands: float) -> float:
    # From left to right, as on paper; math.fsum and the sum of newer Pythons would round differently.
    total = summands[0]
    for summand in summands[1:]:
        total += summand
    return total


def _multiply_all(*factors: float) -> float:
    product = factors[0]
    for factor in factors[1:]:
        product *= factor
    return product


def divide(dividend: float, divisor: float) -> float:
    """Divide; by zero, too, as IEEE 754 does."""
    if divisor != 0.0:
        return dividend / divisor
    if dividend == 0.0 or math.isnan(dividend):
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1.0, divisor)


def power(base: float, exponent: float) -> float:
    """Raise to a power; infinite where it overflows, not a number where there is none."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        odd = exponent % 2 == 1
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        # A negative power of zero, whose sign an odd power keeps, or a fractional power of a negative number.
        return math.copysign(math.inf, base if exponent % 2 == 1 else 1.0) if base == 0 else math.nan


def exp(x: float) -> float:
    """Give e to the power of x; infinite where it overflows."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def expm1(x: float) -> float:
    """Give e to the power of x, minus 1, exact near zero."""
    try:
        return math.expm1(x)
    except OverflowError:
        return math.inf


def ln(x: float) -> float:
    """Give the natural logarithm; not a number below zero."""
    if x > 0.0:
        return math.log(x)
    return -math.inf if x == 0.0 else math.nan


def log1p(x: float) -> float:
    """Give the natural logarithm of 1 + x, exact near zero."""
    if x > -1.0:
        return math.log1p(x)
    return -math.inf if x == -1.0 else math.nan


def sqrt(x: float) -> float:
    """Give the square root; not a number below zero."""
    return math.sqrt(x) if x >= 0.0 else math.nan


def sign(x: float) -> float:
    """Give -1, 0 or 1."""
    return x if x == 0.0 or math.isnan(x) else math.copysign(1.0, x)


def cos(x: float) -> float:
    """Give the cosine of x in radians."""
    return math.cos(x) if math.isfinite(x) else math.nan


def floor(x: float) -> float:
    """Give the largest whole number not above x."""
    return float(math.floor(x)) if math.isfinite(x) else x


def larger(first: float, *others: float) -> float:
    """Give the largest; not a number where one of them is none."""
    largest = first
    for other in others:
        # Python's max loses a second operand that is not a number; arrays keep it.
        largest = largest if largest >= other or math.isnan(largest) else other
    return largest


def smaller(first: float, *others: float) -> float:
    """Give the smallest; not a number where one of them is none."""
    smallest = first
    for other in others:
        smallest = smallest if smallest <= other or math.isnan(smallest) else other
    return smallest


def greater(x: float, y: float) -> float:
    """Give 1 where x is greater than y, else 0."""
    return float(x > y)


def _choose(condition: float, when_true: float, when_false: float) -> float:
    return when_true if condition else when_false


OPERATORS: Mapping[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("add", 2, INFIX_SUM, lambda x, y: x + y),
        Operator("sum", None, INFIX_SUM, _add_all),
        # A sum over an index, as general rules write it: it has no value of its own.
        Operator("sum_over", 2, INFIX_SUM, lambda index, summand: math.nan),  # noqa: ARG005
        Operator("sub", 2, INFIX_SUM, lambda x, y: x - y),
        Operator("mul", 2, INFIX_PRODUCT, lambda x, y: x * y),
        Operator("product", None, INFIX_PRODUCT, _multiply_all),
        Operator("div", 2, INFIX_PRODUCT, divide),
        Operator("neg", 1, PREFIX, lambda x: -x),
        Operator("pow", 2, INFIX_POWER, power),
        Operator("exp", 1, CALL, exp),
        Operator("expm1", 1, CALL, expm1),
        Operator("ln", 1, CALL, ln),
        Operator("log1p", 1, CALL, log1p),
        Operator("sqrt", 1, CALL, sqrt),
        Operator("abs", 1, CALL, abs),
        Operator("sign", 1, CALL, sign),
        Operator("tanh", 1, CALL, tanh),
        Operator("erf", 1, CALL, erf),
        Operator("cos", 1, CALL, cos),
        Operator("floor", 1, CALL, floor),
        Operator("max", 2, CALL, larger),
        Operator("min", 2, CALL, smaller),
        Operator("greater", 2, CALL, greater),
        Operator("where", 3, CALL, _choose),
    )
}
