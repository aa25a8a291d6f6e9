"""Figures are read as people write them, and their digits count."""

from decimal import Decimal

import pytest

from backprop_cli.documents.figures import read_figure


@pytest.mark.parametrize(
    ("text", "value", "decimals", "digits", "whole"),
    [
        ("0.56", "0.56", 2, 2, False),
        ("0.30", "0.30", 2, 2, False),
        ("-.5", "-0.5", 1, 1, False),
        ("3", "3", 0, 1, True),
        ("0", "0", 0, 1, True),
        ("3.", "3", 0, 1, False),
        ("0,56", "0.56", 2, 2, False),
        ("−0.94", "-0.94", 2, 2, False),
        ("–0.94", "-0.94", 2, 2, False),
        ("1e-4", "0.0001", 4, 1, False),
        ("3E5", "300000", -5, 1, False),
        ("3.5×10⁻⁵", "0.000035", 6, 2, False),
        ("3.5 x 10^-5", "0.000035", 6, 2, False),
        ("3.5*10**-5", "0.000035", 6, 2, False),
        ("3.5 · 10^{-5}", "0.000035", 6, 2, False),
        ("  0.30 ", "0.30", 2, 2, False),
    ],
)
def test_a_figure_keeps_its_digits(text: str, value: str, decimals: int, digits: int, whole: bool) -> None:
    found = read_figure(text)

    assert found is not None
    assert (found.text, found.decimals, found.digits, found.whole) == (text.strip(), decimals, digits, whole)
    assert found.value == Decimal(value)
    assert found.unit == Decimal(1).scaleb(-decimals)


@pytest.mark.parametrize(
    "text", ["", "one", ".", "-", "1.2.3", "1 2", "0x1F", "nan", "inf", "1e401", "1" * 61, "1e-4 m", "3.5×10^{-5"]
)
def test_what_is_no_figure_is_none(text: str) -> None:
    assert read_figure(text) is None
