"""Rounding is what a person does on paper: half away from zero, to the digits that are asked for."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.digits import Digits, rounded, written

FIXED = [
    ("-0.1175", 3, "-0.118"),
    ("0.1175", 3, "0.118"),
    ("0.3118", 3, "0.312"),
    ("0.5", 0, "1"),
    ("-0.5", 0, "-1"),
    ("1.5", 0, "2"),
    ("2.5", 0, "3"),
    ("0.6", 2, "0.60"),
    ("0", 3, "0.000"),
    ("-0.0", 3, "0.000"),
    # What would be zero without being zero keeps two digits.
    ("0.0004", 3, "0.0004"),
    ("-0.00012345", 3, "-0.00012"),
    ("-0.0005", 3, "-0.001"),
    ("1e-500", 2, "1E-500"),
    ("9.999", 2, "10.00"),
    ("1e500", 2, "1E+500"),
    ("1.25e380", 30, "1.25E+380"),
]
SIGNIFICANT = [
    ("0.29996", 4, "0.3000"),
    ("0.3", 4, "0.3"),
    ("9.9996", 4, "10.00"),
    ("0.56217650088", 4, "0.5622"),
    ("123456", 4, "1.235E+5"),
    ("-0.00125", 2, "-0.0013"),
    ("1e-500", 4, "1E-500"),
    ("0", 4, "0"),
    ("-0.0", 4, "0"),
]


@pytest.mark.parametrize(("exact", "decimals", "expected"), FIXED)
def test_decimals_are_kept(exact: str, decimals: int, expected: str) -> None:
    assert str(rounded(Decimal(exact), Digits(decimals=decimals))) == expected


@pytest.mark.parametrize(("exact", "significant", "expected"), SIGNIFICANT)
def test_significant_digits_are_kept(exact: str, significant: int, expected: str) -> None:
    assert str(rounded(Decimal(exact), Digits(significant=significant))) == expected


ANY = st.decimals(allow_nan=False, allow_infinity=False)
KEPT = st.builds(Digits, decimals=st.none() | st.integers(0, 30), significant=st.integers(1, 30))


@given(ANY, KEPT)
def test_rounding_twice_is_rounding_once(exact: Decimal, digits: Digits) -> None:
    once = rounded(exact, digits)

    assert rounded(once, digits) == once


@given(ANY, KEPT)
def test_the_sign_makes_no_difference(exact: Decimal, digits: Digits) -> None:
    assert rounded(exact.copy_negate(), digits) == rounded(exact, digits).copy_negate()


@given(st.decimals(-(10**9), 10**9, allow_nan=False), st.integers(0, 12))
def test_a_fixed_number_of_decimals_is_the_nearest(exact: Decimal, decimals: int) -> None:
    found, unit = rounded(exact, Digits(decimals=decimals)), Decimal(1).scaleb(-decimals)
    with localcontext() as context:
        context.prec = 200
        assert abs(found - exact) <= unit / 2
        if found.as_tuple().exponent == -decimals:
            assert found == exact.quantize(unit, rounding=ROUND_HALF_UP)
        else:
            assert exact != 0
            assert abs(exact) < unit / 2


@given(ANY.filter(bool), st.integers(1, 30))
def test_significant_digits_are_that_many(exact: Decimal, significant: int) -> None:
    found = rounded(exact, Digits(significant=significant))

    assert len(found.as_tuple().digits) <= significant
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 200, -999999, 999999
        assert abs(found - exact) <= Decimal(5).scaleb(exact.adjusted() - significant)


@given(ANY, KEPT)
def test_nothing_becomes_zero_that_is_none(exact: Decimal, digits: Digits) -> None:
    assert bool(rounded(exact, digits)) == bool(exact)


@pytest.mark.parametrize(("x", "text"), [("100", "100"), ("1E+2", "100"), ("2.0E-10", "2.0E-10"), ("0.25", "0.25")])
def test_decimals_are_written_with_all_their_digits(x: str, text: str) -> None:
    assert written(Decimal(x)) == text
