"""How a float becomes digits."""

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.render.numbers import Digits, format_number, format_seconds


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.3, "0.3"), (1.5, "1.5"), (2.0, "2"), (0.0, "0"), (-0.0, "0"), (0.29996, "0.3000"),
        (0.31154151633621197, "0.3115"),
        (-0.005043462628309418, "-0.005043"), (3.510187782978859e-05, "3.510e-05"), (9.9996, "10.00"),
        (123456.0, "123500"), (1e7, "1e+07"), (1.23456e8, "1.235e+08"), (0.1175, "0.1175"), (-0.11745, "-0.1175"),
        (math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf"), (5e-324, "5e-324"), (1e22, "1e+22"),
    ],
)  # fmt: skip
def test_four_significant_digits(x: float, text: str) -> None:
    assert format_number(x, Digits()) == text


@pytest.mark.parametrize(
    ("x", "decimals", "text"),
    [
        (0.3, 2, "0.30"), (-0.1175, 3, "-0.118"), (0.1175, 3, "0.118"), (2.0, 0, "2"), (0.0, 2, "0.00"),
        (-0.0, 2, "0.00"),
        (0.0005043, 2, "0.00050"), (-0.00001, 3, "-1e-05"), (1234.5678, 1, "1234.6"), (0.5, 0, "1"), (-0.5, 0, "-1"),
    ],
)  # fmt: skip
def test_decimals(x: float, decimals: int, text: str) -> None:
    assert format_number(x, Digits(decimals=decimals)) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 12))
def test_significant_digits_round_half_away_from_zero_and_never_show_minus_zero(x: float, count: int) -> None:
    shown = format_number(x, Digits(significant=count))
    exact = Decimal(repr(x))
    unit = Decimal(1).scaleb(exact.adjusted() - count + 1) if exact else Decimal(1)

    assert shown != "-0"
    is_short = len(exact.normalize().as_tuple().digits) <= count
    assert Decimal(shown) == (exact if is_short else exact.quantize(unit, ROUND_HALF_UP))


@given(st.floats(-1e6, 1e6), st.integers(0, 8))
def test_what_is_not_zero_never_shows_as_zero(x: float, decimals: int) -> None:
    assert (float(format_number(x, Digits(decimals=decimals))) == 0) == (x == 0)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0008, "0.8 ms"), (0.0123456, "12.3 ms"), (1.2345, "1.23 s"), (125.0, "2 min 05 s")]
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text
