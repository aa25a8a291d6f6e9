"""A written figure stands for the numbers that round to it; some numbers are cut to it."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.documents.figures import Printed, read_figure
from backprop_cli.grading.prints import Print, Usual, print_of

# On a sheet of four decimals and three significant digits, where nothing else is said.
USUAL = Usual(4, 3)


def read(text: str) -> Printed:
    figure = read_figure(text)
    assert figure is not None
    return figure


def stands_for(text: str, usual: Usual = USUAL) -> Print:
    return print_of(read(text), usual)


# A figure, a number, whether the number rounds to the figure, and whether it is cut to it.
NUMBERS = [
    # Ties go to either side
    ("0.56", 0.555, True, False),
    ("0.55", 0.555, True, True),
    ("-0.56", -0.555, True, False),
    ("-0.55", -0.555, True, True),
    ("0.2", 0.25, True, False),
    ("0.3", 0.25, True, False),
    ("2.68", 2.675, True, False),
    ("2.67", 2.675, True, True),
    ("1.00", 1.005, True, True),
    ("1.01", 1.005, True, False),
    ("12", 12.5, True, True),
    ("13", 12.5, True, False),
    # Beside a tie
    ("0.56", 0.5549999, False, False),
    ("0.55", 0.5550001, False, True),
    ("0.56", 0.5650001, False, True),
    # The same value with more digits stands for fewer numbers
    ("0.3", 0.34, True, False),
    ("0.30", 0.34, False, False),
    ("0.30", 0.304, True, True),
    # Cut off
    ("0.62", 0.6285, False, True),
    ("-0.62", -0.6285, False, True),
    ("0.62", 0.6299999, False, True),
    ("0.62", 0.63, False, False),
    ("0.62", 0.6199, True, False),
    ("0.62", -0.6285, False, False),
    ("-0.62", 0.6285, False, False),
    # A single digit is not cut, unless it has the sheet's usual decimals
    ("0.6", 0.68, False, False),
    ("0.0006", 0.00068, False, True),
    ("0.00006", 0.000068, False, False),
    ("0.60", 0.608, False, True),
    # Zero
    ("0.00", 0.004, True, False),
    ("0.00", -0.004, True, False),
    ("-0.00", 0.004, True, False),
    ("0.00", 0.008, False, False),
    ("0.0000", 0.00008, False, True),
    ("0.0000", -0.00008, False, True),
    ("-0.0000", 0.00008, False, True),
    ("0.0000", 0.0001, False, False),
    # Whole numbers
    ("12", 12.4, True, True),
    ("12", 12.9, False, True),
    ("100", 100.4, True, True),
    ("100", 101.0, False, False),
    # A single digit without a point, among decimals: zero has those of the sheet, any other a zero behind it
    ("0", 0.00004, True, True),
    ("0", 0.0002, False, False),
    ("1", 1.04, True, False),
    ("1", 1.2, False, False),
    ("1.", 1.2, True, False),
    ("1e0", 1.2, True, False),
    # Powers of ten
    ("3.5e-5", 3.549e-5, True, True),
    ("3.5e-5", 3.58e-5, False, True),
    ("3e5", 349_999.0, True, False),
    ("3e5", 250_000.0, True, False),
    ("3e5", 360_000.0, False, False),
    # What is no number rounds to nothing
    ("0.56", math.nan, False, False),
    ("0.56", math.inf, False, False),
    ("0.56", -math.inf, False, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number", "rounds", "cuts"), NUMBERS)
def test_a_number_rounds_or_is_cut_to_a_figure(text: str, number: float, rounds: bool, cuts: bool) -> None:
    figure = stands_for(text)

    assert (figure.rounds(number), figure.cuts(number)) == (rounds, cuts)


# A sheet's usual decimals, a figure on it, and the place of the last digit that it stands for.
WHOLE = [
    (4, "0", 4),
    (4, "1", 1),
    (4, "-1", 1),
    (4, "10", 0),
    (4, "1.", 0),
    (4, "0.", 0),
    (0, "0", 0),
    (0, "1", 0),
    (-2, "0", 0),
    (-2, "3", 0),
]


@pytest.mark.parametrize(("usual", "text", "decimals"), WHOLE)
def test_a_single_digit_among_decimals_is_not_as_coarse_as_it_looks(usual: int, text: str, decimals: int) -> None:
    assert stands_for(text, Usual(usual, 3)).decimals == decimals


def test_a_figure_that_says_its_decimals_is_as_coarse_as_it_says() -> None:
    figure = replace(read("1"), decimals=0, whole=False)

    assert print_of(figure, USUAL).rounds(1.4)


# Figures of a sheet, and what most of them have.
SHEETS = [
    ([], Usual(0, 1)),
    (["1", "0", "3"], Usual(0, 1)),
    (["0.25", "0.56", "0.5"], Usual(2, 2)),
    (["0.25", "0.562", "1"], Usual(3, 3)),
    (["0.5", "1", "1", "1"], Usual(1, 1)),
    (["1e-4", "2e-4", "0.5"], Usual(4, 1)),
    (["3e5"], Usual(-5, 1)),
]


@pytest.mark.parametrize(("texts", "usual"), SHEETS)
def test_what_is_usual_is_what_most_figures_have_and_the_larger_of_two(texts: list[str], usual: Usual) -> None:
    assert Usual.of([read(text) for text in texts]) == usual


@pytest.mark.parametrize("digits", range(1, 18))
@pytest.mark.parametrize("number", [0.1 + 0.2, 2 / 3, -1e-5 / 3, 1 / 7e5, 123.456789, 5e-300 / 3, 1e300 / 3])
def test_a_number_rounds_to_itself_at_any_digits_that_a_float_has(number: float, digits: int) -> None:
    text = f"{number:.{digits - 1}e}"

    assert stands_for(text).rounds(number), text


@pytest.mark.parametrize("digits", [15, 16, 17])
@pytest.mark.parametrize("number", [0.1, 0.593269992107187, 1.0, -2.5e-7])
def test_the_last_places_of_a_float_are_no_difference(number: float, digits: int) -> None:
    figure, noise = stands_for(f"{number:.{digits - 1}e}"), math.ulp(number)

    assert figure.rounds(number + 4 * noise)
    assert figure.rounds(number - 4 * noise)
    assert not figure.rounds(number * (1 + 1e-11))


def test_noise_moves_no_number_over_a_border() -> None:
    # 0.1 + 0.7 is 0.7999999999999999, and so is cut to 0.7 by nobody.
    assert not stands_for("0.70").cuts(0.1 + 0.7)
    assert stands_for("0.80").cuts(0.1 + 0.7)
    assert stands_for("0.285").rounds(0.2855 - 1e-15)
    assert stands_for("0.286").rounds(0.2855 - 1e-15)


@given(st.floats(-1e4, 1e4), st.integers(1, 8))
def test_what_rounds_lies_between_the_ends_and_a_range_that_holds_it_meets(number: float, decimals: int) -> None:
    figure = stands_for(f"{number:.{decimals}f}")

    assert figure.rounds(number)
    assert figure.low <= number <= figure.high
    assert figure.meets(number, number)
    assert figure.meets(number - 1.0, number + 1.0)
    assert not figure.meets(figure.high + figure.unit, figure.high + 2 * figure.unit)
    assert not figure.meets(figure.low - 2 * figure.unit, figure.low - figure.unit)
    assert figure.decimals == decimals


def test_an_empty_range_meets_nothing() -> None:
    assert not stands_for("0.56").meets(math.inf, -math.inf)
