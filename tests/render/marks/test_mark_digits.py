"""A true value beside a figure: enough digits to see why, and no more."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.documents.figures import read_figure
from backprop_cli.grading.marking import Claim
from backprop_cli.render.mark_digits import beside


def claim(printed: str) -> Claim:
    return Claim(1, "z2", printed, figure=read_figure(printed))


@pytest.mark.parametrize(
    ("figure", "value", "shown"),
    [
        ("0.512", 0.51243530017716, "0.51244"),
        ("-0.875", -0.87462, "-0.87462"),
        ("0.25", 0.25, "0.25"),
        ("1", 1.0, "1"),
        # Rounding 0.12350 again would give another figure than rounding the value.
        ("0.123", 0.123499, "0.123499"),
        # What would look like the figure, and is not.
        ("0.2", 0.19956143, "0.1996"),
        ("0.2", 0.2, "0.2"),
        ("0.2", 0.30000000000000004, "0.3"),
        ("0.3", 0.30000000000000004, "0.3"),
        # 2 * (0.544 - 0.5), which is the figure but for noise.
        ("0.088", 0.08800000000000008, "0.08800"),
        # Written as the figure is.
        ("0.0000351085", 3.51018778e-05, "0.000035101878"),
        ("3.51e-5", 3.51018778e-05, "3.5102e-05"),
        ("3.51×10⁻⁵", 3.51018778e-05, "3.5102e-05"),
        ("0.00", 0.0043251, "0.00433"),
        ("0.00", 1e-30, "1e-30"),
        ("0.0", 0.0, "0"),
        ("0.5", -1234.5678, "-1234.568"),
        ("12", 1234567890123456.0, "1.23456789012346e+15"),
        ("0.5", math.inf, "inf"),
        ("0.5", math.nan, "nan"),
        ("0.5", None, ""),
        ("ten", 0.123456789, "0.123457"),
    ],
)
def test_a_value_has_the_digits_that_show_why(figure: str, value: float | None, shown: str) -> None:
    assert beside(value, claim(figure)) == shown


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-20, 30), st.integers(0, 9999))
def test_a_value_can_be_shown_beside_any_figure(value: float, decimals: int, digits: int) -> None:
    shown = beside(value, claim(f"{digits}e{-decimals}"))

    assert float(shown) == pytest.approx(value, rel=0.01) or abs(value) > 1.797e308
