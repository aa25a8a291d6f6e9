"""One table of the operators that a term may hold, with what each does to floats.

Float actions follow IEEE 754 and never raise: what overflows is infinite, what has no value is not a number.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

INFIX_SUM, INFIX_PRODUCT, PREFIX, INFIX_POWER, CALL = 1, 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
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


def _divide(dividend: float, divisor: float) -> float:
    if divisor != 0.0:
        return dividend / divisor
    if dividend == 0.0 or math.isnan(dividend):
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1.0, divisor)


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        odd = exponent % 2 == 1
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        # A negative power of zero, whose sign an odd power keeps, or a fractional power of a negative number.
        return math.copysign(math.inf, base if exponent % 2 == 1 else 1.0) if base == 0 else math.nan


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _expm1(x: float) -> float:
    try:
        return math.expm1(x)
    except OverflowError:
        return math.inf


def _ln(x: float) -> float:
    if x > 0.0:
        return math.log(x)
    return -math.inf if x == 0.0 else math.nan


def _log1p(x: float) -> float:
    if x > -1.0:
        return math.log1p(x)
    return -math.inf if x == -1.0 else math.nan


def _sqrt(x: float) -> float:
    return math.sqrt(x) if x >= 0.0 else math.nan


def _sign(x: float) -> float:
    return x if x == 0.0 or math.isnan(x) else math.copysign(1.0, x)


def _cos(x: float) -> float:
    return math.cos(x) if math.isfinite(x) else math.nan


def _floor(x: float) -> float:
    return float(math.floor(x)) if math.isfinite(x) else x


def _larger(x: float, y: float) -> float:
    # Python's max loses a second operand that is not a number; arrays keep it.
    return x if x >= y or math.isnan(x) else y


def _smaller(x: float, y: float) -> float:
    return x if x <= y or math.isnan(x) else y


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
        Operator("div", 2, INFIX_PRODUCT, _divide),
        Operator("neg", 1, PREFIX, lambda x: -x),
        Operator("pow", 2, INFIX_POWER, _power),
        Operator("exp", 1, CALL, _exp),
        Operator("expm1", 1, CALL, _expm1),
        Operator("ln", 1, CALL, _ln),
        Operator("log1p", 1, CALL, _log1p),
        Operator("sqrt", 1, CALL, _sqrt),
        Operator("abs", 1, CALL, abs),
        Operator("sign", 1, CALL, _sign),
        Operator("tanh", 1, CALL, math.tanh),
        Operator("erf", 1, CALL, math.erf),
        Operator("cos", 1, CALL, _cos),
        Operator("floor", 1, CALL, _floor),
        Operator("max", 2, CALL, _larger),
        Operator("min", 2, CALL, _smaller),
        Operator("greater", 2, CALL, lambda x, y: float(x > y)),
        Operator("where", 3, CALL, _choose),
    )
}
