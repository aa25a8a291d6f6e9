"""Decimal arithmetic for pencil and paper: what each operator does to decimals, to 50 digits.

What overflows is infinite and what has no value is not a number, as with floats; nothing raises.
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


def exp(x: Decimal) -> Decimal:
    """Give eˣ; infinite or 0 far out."""
    if abs(x) > LARGEST_EXPONENT:
        return ZERO if x < 0 else Decimal("Infinity")
    return x.exp()


def ln(x: Decimal) -> Decimal:
    """Give the natural logarithm; what has none is not a number."""
    return x.ln() if x >= 0 else NAN


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """Give the power; whole exponents may have any base."""
    if base == 0 and exponent == 0:
        return ONE
    return base**exponent


def tanh(x: Decimal) -> Decimal:
    """Give the hyperbolic tangent, by e²ˣ."""
    if abs(x) > GUARDED * 2:
        return ONE.copy_sign(x)
    doubled = (TWO * x).exp()
    return (doubled - ONE) / (doubled + ONE)


def erf(x: Decimal) -> Decimal:
    """Give the error function, by its series 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1))."""
    if abs(x) > FLAT:
        return ONE.copy_sign(x)
    term, total, n = x, x, 0
    while abs(term) > Decimal(10) ** -GUARDED:
        n += 1
        term = -term * x * x / n
        total += term / (2 * n + 1)
    return TWO * total / PI.sqrt()


def cos(x: Decimal) -> Decimal:
    """Give the cosine, by its series around the nearest whole turn."""
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


def larger(x: Decimal, y: Decimal) -> Decimal:
    """Give the larger of two; not a number where either is none."""
    return x if x.is_nan() or x >= y else y


def smaller(x: Decimal, y: Decimal) -> Decimal:
    """Give the smaller of two; not a number where either is none."""
    return x if x.is_nan() or x <= y else y


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
    "expm1": lambda x: exp(x) - ONE,
    "ln": ln,
    "log1p": lambda x: ln(ONE + x),
    "sqrt": lambda x: x.sqrt(),
    "abs": abs,
    "sign": sign,
    "tanh": tanh,
    "erf": erf,
    "cos": cos,
    "floor": lambda x: x.to_integral_value(rounding=ROUND_FLOOR),
    "max": larger,
    "min": smaller,
    "greater": lambda x, y: ONE if x > y else ZERO,
    "where": lambda condition, when_true, when_false: when_true if condition else when_false,
}
# These lose leading digits on their way.
_GUARDED = {"expm1", "log1p", "tanh", "erf", "cos"}

DECIMALS: Domain[Decimal] = Domain(
    lambda value: Decimal(repr(value)),
    {name: quietly(action, GUARDED if name in _GUARDED else DIGITS) for name, action in _ACTIONS.items()},
)
