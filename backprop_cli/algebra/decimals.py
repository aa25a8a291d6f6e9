"""Decimal arithmetic for pencil and paper: what each operator does to decimals, to 50 digits.

What overflows is infinite and what has no value is not a number, as with floats; nothing raises.  The actions use
nothing but each other and the standard library, so that a script can take their source.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import reduce
from typing import ParamSpec

from backprop_cli.algebra.evaluation import Domain

P = ParamSpec("P")

ZERO, ONE, TWO = Decimal(0), Decimal(1), Decimal(2)
NAN = Decimal("NaN")
# 50 digits are kept; series are added up with more.
DIGITS, GUARDED = 50, 80
# Below this, two terms of a series are 50 digits.
SMALL = Decimal("1e-25")
# Beyond this the error function is 1 to 50 digits.
FLAT = 11
# Powers whose exponent is beyond this are taken for overflow, which spares computing them.
LARGEST_EXPONENT = 10**6
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211707")


def context(digits: int = DIGITS) -> Context:
    """Give a context without traps."""
    return Context(prec=digits, rounding=ROUND_HALF_EVEN, Emin=-999999, Emax=999999, traps=[])


def quietly(action: Callable[P, Decimal], digits: int = DIGITS) -> Callable[P, Decimal]:
    """Let an action work to so many digits, and never raise."""

    def act(*args: P.args, **kwargs: P.kwargs) -> Decimal:
        with localcontext(context(digits)):
            return action(*args, **kwargs)

    return act


def guarded(action: Callable[P, Decimal]) -> Callable[P, Decimal]:
    """Let an action that loses leading digits on its way work with more of them."""
    return quietly(action, GUARDED)


def exp(x: Decimal) -> Decimal:
    """Give eˣ; infinite or 0 far out."""
    if abs(x) > LARGEST_EXPONENT:
        return ZERO if x < 0 else Decimal("Infinity")
    return x.exp()


@guarded
def expm1(x: Decimal) -> Decimal:
    """Give eˣ − 1; next to zero by the first terms of its series."""
    return x + x * x / TWO if abs(x) < SMALL else exp(x) - ONE


def ln(x: Decimal) -> Decimal:
    """Give the natural logarithm; what has none is not a number."""
    return x.ln() if x >= 0 else NAN


@guarded
def log1p(x: Decimal) -> Decimal:
    """Give ln(1 + x); next to zero by the first terms of its series."""
    return x - x * x / TWO if abs(x) < SMALL else ln(ONE + x)


def sqrt(x: Decimal) -> Decimal:
    """Give the square root; what has none is not a number."""
    return x.sqrt()


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """Give the power; whole exponents may have any base."""
    if base == 0 and exponent == 0:
        return ONE
    return base**exponent


@guarded
def tanh(x: Decimal) -> Decimal:
    """Give the hyperbolic tangent, by e²ˣ − 1."""
    if abs(x) > GUARDED * 2:
        return ONE.copy_sign(x)
    grown = expm1(TWO * x)
    return grown / (grown + TWO)


@guarded
def erf(x: Decimal) -> Decimal:
    """Give the error function, by the series without minus signs: 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · … (2n + 1))."""
    if abs(x) > FLAT:
        return ONE.copy_sign(x)
    term, total, odd = x, x, 1
    while abs(term) > abs(total) * Decimal(10) ** -GUARDED:
        odd += 2
        term = term * TWO * x * x / odd
        total += term
    return TWO * total * exp(-x * x) / PI.sqrt()


@guarded
def cos(x: Decimal) -> Decimal:
    """Give the cosine, by its series around the nearest whole turn; beyond 10³⁰ turns are not known exactly."""
    turned = x.remainder_near(TWO * PI)
    term, total, n = ONE, ONE, 0
    while abs(term) > Decimal(10) ** -GUARDED:
        n += 2
        term = -term * turned * turned / (n * (n - 1))
        total += term
    return total


def sign(x: Decimal) -> Decimal:
    """Give −1, 0 or 1."""
    return x if x.is_nan() or x == 0 else ONE.copy_sign(x)


def floor(x: Decimal) -> Decimal:
    """Give the largest whole number not above x."""
    return x.to_integral_value(rounding=ROUND_FLOOR)


def larger(first: Decimal, *others: Decimal) -> Decimal:
    """Give the largest; not a number where one of them is none."""
    largest = first
    for other in others:
        largest = largest if largest.is_nan() or largest >= other else other
    return largest


def smaller(first: Decimal, *others: Decimal) -> Decimal:
    """Give the smallest; not a number where one of them is none."""
    smallest = first
    for other in others:
        smallest = smallest if smallest.is_nan() or smallest <= other else other
    return smallest


def greater(x: Decimal, y: Decimal) -> Decimal:
    """Give 1 where x is greater than y, else 0."""
    return ONE if x > y else ZERO


_ACTIONS: Mapping[str, Callable[..., Decimal]] = {
    "add": lambda x, y: x + y,
    "sum": lambda *xs: reduce(lambda x, y: x + y, xs),
    "sum_over": lambda index, summand: NAN,  # noqa: ARG005
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "product": lambda *xs: reduce(lambda x, y: x * y, xs),
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": power,
    "exp": exp,
    "expm1": expm1,
    "ln": ln,
    "log1p": log1p,
    "sqrt": sqrt,
    "abs": abs,
    "sign": sign,
    "tanh": tanh,
    "erf": erf,
    "cos": cos,
    "floor": floor,
    "max": larger,
    "min": smaller,
    "greater": greater,
    "where": lambda condition, when_true, when_false: when_true if condition else when_false,
}

DECIMALS: Domain[Decimal] = Domain(
    lambda value: Decimal(repr(value)), {name: quietly(action) for name, action in _ACTIONS.items()}
)
