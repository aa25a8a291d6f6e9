"""How a float becomes digits."""

import math
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.digits import Digits
from backprop_cli.render.numbers import format_count, format_number, format_rate, format_seconds


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.3, "0.3"), (1.5, "1.5"), (2.0, "2"), (0.0, "0"), (-0.0, "0"), (0.29996, "0.3000"),
        (0.31154151633621197, "0.3115"),
        (-0.005043462628309418, "-0.005043"), (3.510187782978859e-05, "3.510e-05"), (9.9996, "10.00"),
        (123456.0, "123500"), (1e7, "1e+07"), (1.23456e8, "1.235e+08"), (0.1175, "0.1175"), (-0.11745, "-0.1175"),
        (math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf"), (5e-324, "5e-324"), (1e22, "1e+22"),
        (1e-4, "0.0001"), (9.9999e-5, "0.0001000"), (9.999e-5, "9.999e-05"), (9999999.0, "1.000e+07"),
        (0.1, "0.1"), (0.10005, "0.1001"), (-0.29996, "-0.3000"), (1234567.0, "1235000"), (12345.0, "12350"),
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
        (0.005, 2, "0.01"), (0.0049, 2, "0.0049"), (1.5e17, 12, "150000000000000000.000000000000"),
        (math.nan, 2, "nan"), (-math.inf, 0, "-inf"),
        (1e25, 1, "10000000000000000000000000.0"), (1e308, 30, "1" + "0" * 308 + "." + "0" * 30),
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


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 30))
def test_decimals_round_half_away_from_zero_at_every_size(x: float, decimals: int) -> None:
    shown = format_number(x, Digits(decimals=decimals))
    exact = Decimal(repr(x))
    with localcontext(prec=400):
        rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)

    assert shown.startswith("-") == (x < 0)
    if rounded or not exact:
        assert Decimal(shown) == rounded
        assert len(shown.partition(".")[2]) == decimals
    else:
        assert len(Decimal(shown).as_tuple().digits) <= 2


@given(st.floats(-1e6, 1e6), st.integers(0, 8))
def test_what_is_not_zero_never_shows_as_zero(x: float, decimals: int) -> None:
    assert (float(format_number(x, Digits(decimals=decimals))) == 0) == (x == 0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0008, "0.8 ms"), (0.0123456, "12.3 ms"), (1.2345, "1.23 s"), (1.2355, "1.24 s"), (125.0, "2 min 05 s"),
        (0.0, "0 ms"), (0.99949, "999 ms"), (0.9996, "1.00 s"), (59.94, "59.9 s"), (59.97, "1 min 00 s"),
        (119.6, "2 min 00 s"), (60000.0, "1,000 min 00 s"), (math.inf, "inf s"), (math.nan, "nan s"),
    ],
)  # fmt: skip
def test_durations_are_short_and_in_the_unit_of_the_rounded_number(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


@pytest.mark.parametrize(
    ("samples", "text"),
    [(0.0, "0"), (0.3, "0.3"), (2.3456, "2.35"), (12.6, "13"), (123456.7, "123,457"), (math.inf, "inf")],
)
def test_a_rate_that_is_not_zero_never_shows_as_zero(samples: float, text: str) -> None:
    assert format_rate(samples) == f"{text} samples/s"


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")])
def test_counts_are_separated_by_thousands(count: int, text: str) -> None:
    assert format_count(count) == text
