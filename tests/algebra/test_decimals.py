"""Decimal actions are right to 45 digits, as mpmath has it, and never raise and never hang."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.decimals import DECIMALS
from backprop_cli.algebra.evaluation import FLOATS
from backprop_cli.algebra.operators import OPERATORS

mpmath = pytest.importorskip("mpmath", reason="the oracle is mpmath, from the extra 'oracles'")

ACTIONS = DECIMALS.actions
DIGITS = 45
INF, NAN = Decimal("Infinity"), Decimal("NaN")
TINY = ["1e-5000", "-1e-300", "1e-100", "1e-60", "-1e-30", "1e-25", "0.99e-25", "1e-10", "-0.001"]
ORDINARY = [
    "0",
    "0.5",
    "-0.5",
    "1",
    "-1",
    "1.5707963267948966",
    "3",
    "-3.14159265358979",
    "9.7855",
    "10",
    "-10.9",
    "11",
]
LARGE = ["11.1", "-25", "100", "159", "-161", "1000", "-12345.678"]
HUGE = ["1e6", "-1e6", "1e10", "1e20", "1e30", "-1e30"]
NEXT_TO_ONE = ["0." + "9" * 40, "-0." + "9" * 40, "-0." + "9" * 60, "1." + "0" * 30 + "1"]
FUNCTIONS = {
    "exp": mpmath.exp,
    "ln": mpmath.log,
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "cos": mpmath.cos,
    "expm1": mpmath.expm1,
    "log1p": mpmath.log1p,
    "sqrt": mpmath.sqrt,
    "floor": mpmath.floor,
    "abs": abs,
    "sign": mpmath.sign,
}
# Where a function has no real value, or is taken for infinite.
UNDEFINED = {"ln": lambda x: x <= 0, "sqrt": lambda x: x < 0, "log1p": lambda x: x <= -1}
OVERFLOWING = {"exp": lambda x: x > 10**6, "expm1": lambda x: x > 10**6}


def agree(found: Decimal, expected: Any) -> bool:
    value = mpmath.mpf(str(found))
    return bool(abs(value - expected) <= mpmath.mpf(10) ** -DIGITS * abs(expected))


def hold(name: str, x: Decimal) -> None:
    with mpmath.workdps(400):
        at = mpmath.mpf(str(x))
        found = ACTIONS[name](x)
        if UNDEFINED.get(name, lambda _: False)(x):
            assert not found.is_finite()
        elif OVERFLOWING.get(name, lambda _: False)(x):
            assert found == INF
        elif name == "exp" and x < -(10**6):
            assert found == 0
        elif name == "log1p" and abs(x) < Decimal("1e-100"):
            # mpmath's own digits would have to be as many as there are zeros.
            assert agree(found, at)
        else:
            assert agree(found, FUNCTIONS[name](at)), (found, FUNCTIONS[name](at))


@pytest.mark.parametrize("argument", [*TINY, *ORDINARY, *LARGE, *HUGE, *NEXT_TO_ONE])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_right_to_45_digits(name: str, argument: str) -> None:
    hold(name, Decimal(argument))


@given(st.sampled_from(sorted(FUNCTIONS)), st.floats(-1e4, 1e4).map(lambda x: Decimal(repr(x))))
def test_functions_are_right_at_any_double(name: str, x: Decimal) -> None:
    hold(name, x)


@given(st.floats(1e-3, 1e3), st.floats(-50, 50) | st.integers(-20, 20).map(float))
def test_powers_are_right_to_45_digits(base: float, exponent: float) -> None:
    found = ACTIONS["pow"](Decimal(repr(base)), Decimal(repr(exponent)))
    with mpmath.workdps(400):
        expected = mpmath.power(mpmath.mpf(repr(base)), mpmath.mpf(repr(exponent)))

        assert agree(found, expected)


POWERS = [
    ("0", "0", "1"),
    ("0", "2", "0"),
    ("0", "-1", "Infinity"),
    ("-2", "3", "-8"),
    ("-2", "0.5", "NaN"),
    ("-1", "1e20", "1"),
    ("2", "1e100", "Infinity"),
    ("2", "-1e100", "0"),
    ("1e300", "300", "1e90000"),
]


@pytest.mark.parametrize(("base", "exponent", "expected"), POWERS)
def test_powers_at_the_edges(base: str, exponent: str, expected: str) -> None:
    found = ACTIONS["pow"](Decimal(base), Decimal(exponent))

    assert found.is_nan() if expected == "NaN" else found == Decimal(expected)


SPECIAL = [INF, -INF, NAN, Decimal("1e999999"), Decimal("-1e999999"), Decimal("1e-999999"), Decimal(0), Decimal("-0.0")]


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_nothing_raises(name: str) -> None:
    count = OPERATORS[name].arity or 2
    for first in SPECIAL:
        for second in (*SPECIAL, Decimal(3)):
            assert isinstance(ACTIONS[name](*[first, second, second][:count]), Decimal)


def test_decimals_have_every_operator() -> None:
    assert ACTIONS.keys() == OPERATORS.keys()


@given(
    st.sampled_from(sorted(OPERATORS.keys() - {"sum_over", "floor", "greater", "sign", "where", "cos"})),
    st.tuples(*[st.floats(-30, 30)] * 3),
)
def test_decimals_do_what_floats_do(name: str, values: tuple[float, ...]) -> None:
    xs = values[: OPERATORS[name].arity or 3]
    by_float, found = FLOATS.actions[name](*xs), ACTIONS[name](*(Decimal(repr(x)) for x in xs))
    if math.isfinite(by_float) and found.is_finite():
        # A sum that cancels keeps the digits of its summands.
        assert float(found) == pytest.approx(by_float, rel=1e-12, abs=1e-12 * max(1.0, *map(abs, xs)))
    else:
        assert math.isnan(by_float) == found.is_nan() or not found.is_finite()


CHOICES = [
    ("floor", (-1.5,), -2.0),
    ("greater", (2.0, 1.0), 1.0),
    ("greater", (1.0, 1.0), 0.0),
    ("sign", (-3.0,), -1.0),
    ("sign", (0.0,), 0.0),
    ("where", (1.0, 5.0, 6.0), 5.0),
    ("where", (0.0, 5.0, 6.0), 6.0),
    ("cos", (0.0,), 1.0),
]


@pytest.mark.parametrize(("name", "xs", "expected"), CHOICES)
def test_choices_are_those_of_floats(name: str, xs: tuple[float, ...], expected: float) -> None:
    assert FLOATS.actions[name](*xs) == expected
    assert ACTIONS[name](*(Decimal(repr(x)) for x in xs)) == Decimal(repr(expected))


def test_constants_are_what_they_are_written_as() -> None:
    assert DECIMALS.number(0.1) == Decimal("0.1")
    assert ACTIONS["sum"](*[DECIMALS.number(0.1)] * 3) == Decimal("0.3")
