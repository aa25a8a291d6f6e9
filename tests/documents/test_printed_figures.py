"""Figures are read as people write them, and their digits count."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backprop_cli.documents.figures import read_figure

# As written; its value, the place of its last digit, its significant digits, whether it has neither point nor power.
FIGURES = [
    # Digits
    ("0.56", "0.56", 2, 2, False),
    ("0.30", "0.30", 2, 2, False),
    ("0.3", "0.3", 1, 1, False),
    ("1.0", "1.0", 1, 2, False),
    ("00.50", "0.50", 2, 2, False),
    ("0.050", "0.050", 3, 2, False),
    ("10.05", "10.05", 2, 4, False),
    ("0.1234567890123456789", "0.1234567890123456789", 19, 19, False),
    # Whole numbers
    ("3", "3", 0, 1, True),
    ("100", "100", 0, 3, True),
    ("007", "7", 0, 1, True),
    ("0", "0", 0, 1, True),
    ("-1", "-1", 0, 1, True),
    # A point at either end
    ("3.", "3", 0, 1, False),
    (".5", "0.5", 1, 1, False),
    ("-.5", "-0.5", 1, 1, False),
    # Zero has one digit, however many are written
    ("0.0", "0.0", 1, 1, False),
    ("0.000", "0.000", 3, 1, False),
    ("-0.00", "-0.00", 2, 1, False),
    ("0e-3", "0.000", 3, 1, False),
    # A decimal comma, which is never one of thousands
    ("0,56", "0.56", 2, 2, False),
    (",5", "0.5", 1, 1, False),
    ("1,000", "1.000", 3, 4, False),
    # Signs
    ("+0.94", "0.94", 2, 2, False),
    ("−0.94", "-0.94", 2, 2, False),
    ("–0.94", "-0.94", 2, 2, False),
    ("- 0.94", "-0.94", 2, 2, False),
    # Powers of ten
    ("1e-4", "0.0001", 4, 1, False),
    ("1.50e-4", "0.000150", 6, 3, False),
    ("1E+05", "100000", -5, 1, False),
    ("3E5", "300000", -5, 1, False),
    ("3.25e1", "32.5", 1, 3, False),
    ("5 e -4", "0.0005", 4, 1, False),
    ("−1,5e−3", "-0.0015", 4, 2, False),
    ("3.5×10⁻⁵", "0.000035", 6, 2, False),
    ("3.5 × 10 ⁻⁵", "0.000035", 6, 2, False),
    ("3.5·10⁵", "350000", -4, 2, False),
    ("3.5×10⁺¹²", "3500000000000", -11, 2, False),
    ("3.5 x 10^-5", "0.000035", 6, 2, False),
    ("3.5x10^5", "350000", -4, 2, False),
    ("3.5*10**-5", "0.000035", 6, 2, False),
    ("3.5*10**(-5)", "0.000035", 6, 2, False),
    ("3.5 · 10^{-5}", "0.000035", 6, 2, False),
    # Raised digits that a copy has lost: the sign tells that they were raised
    ("3.5 × 10−5", "0.000035", 6, 2, False),
    # Blanks around
    ("  0.30 ", "0.30", 2, 2, False),
    ("\t0.30\n", "0.30", 2, 2, False),
    # Other digits than ASCII's
    ("٠.٥", "0.5", 1, 1, False),
    ("０.５０", "0.50", 2, 2, False),
    # Very many digits, and the ends of float64
    ("0." + "1" * 58, "0." + "1" * 58, 58, 58, False),
    ("1" * 60, "1" * 60, 0, 60, True),
    ("1e308", "1E308", -308, 1, False),
    ("1.79e308", "1.79E308", -306, 3, False),
    ("3e-320", "3E-320", 320, 1, False),
]  # fmt: skip

NO_FIGURES = [
    *("", " ", "one", ".", ",", "-", "+", "e5", "-e5", "×10⁵", "nan", "inf", "∞", "½", "⁵", "%"),
    *("1.2.3", "1,234.5", "1'000", "1_000", "1 2", "0x1F", "--1", "+-1", "−−1", "(0.5)", "0.5%", "$0.5", "1/2", "a2"),
    *("1e", "1e-", "1e1.5", "1e-4 m", "1ee4", "1e - 4", "1e--4", "3.5×10⁻", "3.5×10^", "3.5×10", "3.5×9⁵", "×"),
    # Brackets that do not match, or stand around nothing
    *("3.5×10^{-5", "3.5×10^-5}", "3.5×10^{-5)", "3.5×10^(-5}", "3.5×10^()", "3.5*10(5)"),
    # Numbers that may be a product as well as a power
    *("2*100", "3.5×105", "2x10 5", "2*10 -5"),
    # What no float64 is, or has no float64 as its last digit
    *("1e309", "9e308", "1e400", "3e-321", "1e-400", "0e-400", "1e99999999999999999999"),
    *("1" * 61, "0." + "0" * 100_000, "1e" + "9" * 50, " " * 61 + "1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "decimals", "digits", "whole"), FIGURES)
def test_a_figure_keeps_its_digits(text: str, value: str, decimals: int, digits: int, whole: bool) -> None:
    found = read_figure(text)

    assert found is not None
    assert (found.text, found.decimals, found.digits, found.whole) == (text.strip(), decimals, digits, whole)
    assert found.value == Decimal(value)
    assert found.value.is_signed() == value.startswith("-")
    assert found.unit == Decimal(1).scaleb(-decimals)
    assert 10.0**-found.decimals > 0.0


@pytest.mark.parametrize("text", NO_FIGURES)
def test_what_is_no_figure_is_none(text: str) -> None:
    assert read_figure(text) is None


@given(st.floats(-1e40, 1e40, allow_subnormal=False), st.sampled_from(["{:.3f}", "{:.6g}", "{!r}", "{:.0e}"]))
def test_what_a_program_prints_is_read_as_python_reads_it(number: float, form: str) -> None:
    assume(number == 0.0 or abs(number) > 1e-300)
    text = form.format(number)
    found = read_figure(text)

    assert found is not None
    assert float(found.value) == float(text)


@given(st.text(max_size=70) | st.text("0123456789.,-+−eE×x*10^{}()⁻⁵ ", max_size=70))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read_figure(text)

    assert found is None or (found.digits >= 1 and found.text == text.strip())
