"""A worksheet on a terminal: the same words and numbers at every width, never cut, folded between operands alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backprop_cli.api import Explanation
from backprop_cli.cli.app import app
from backprop_cli.render.notation import UNICODE
from backprop_cli.render.sheet_console import MOST_GIVEN, lay_out
from backprop_cli.render.spans import width_of
from backprop_cli.render.symbols import UnicodeScript
from backprop_cli.render.telling import Sides, Teller
from backprop_cli.worksheet.places import Kind

Sheets = Callable[..., Explanation]
Golden = Callable[[str, str], None]

ROOT = Path(__file__).parent.parent.parent
WIDTHS = [*range(20, 61), 72, 79, 80, 81, 99, 100, 120, 160, 200]
# What a row may hold beside operands: signs, and the words of a choice.
BETWEEN = re.compile(r" (?:[-+−·/=>≤…]|if|else) ")
LEAKY = """
network:
  inputs: 3
  layers:
    - {units: 12, activation: leaky_relu, weights: {name: normal, std: 0.3}}
    - {units: 2, activation: sigmoid}
data: {inputs: [[0.3, 0.9, -1.4]], targets: [[1, 0]]}
loss: half_sse
optimizer: {name: adam, learning_rate: 0.1}
names: {a_name_that_fills_a_whole_row_of_a_narrow_terminal: z2_1}
"""
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "two-neurons": ("two-neurons", {}),
    "mazur": ("mazur", {}),
    "a batch": ("xor", {"step": 2, "sample": 3}),
    "long rules": (LEAKY, {"only": ["w1_12_3_new", "w2_2_12_new", "b1_1_new", "dL/da2_2"]}),
    "rounded": ("mazur", {"carry": True, "decimals": 9}),
}


def rows_at(explained: Explanation, width: int) -> list[str]:
    return explained.text("console", width=width).splitlines()


@dataclass(frozen=True)
class Laid:
    """A worksheet, and its rows at every width that is looked at."""

    explained: Explanation
    rows: dict[int, list[str]]


def sides_of(explained: Explanation) -> list[Sides]:
    """Give the lines that are told one by one; of what is given, the first."""
    teller = Teller(explained.told, UNICODE, UnicodeScript())
    return [
        teller.sides(line)
        for stage in explained.sheet.stages
        for number, line in enumerate(stage.lines())
        if stage.kind is not Kind.GIVEN or number < MOST_GIVEN
    ]


def unfolded(text: str) -> str:
    """Take out what folding changes: where words are apart, and by how much."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module", params=CASES)
def laid(request: pytest.FixtureRequest, sheet_of: Sheets) -> Laid:
    config, choice = CASES[request.param]
    explained = sheet_of(config, **choice)
    return Laid(explained, {width: rows_at(explained, width) for width in (*WIDTHS, 1000)})


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_sheet_of_two_neurons_is_laid_out_well(width: int, sheet_of: Sheets, golden: Golden) -> None:
    text = sheet_of("two-neurons", settings=["report.digits={}"]).text("console", width=width)

    golden(f"two-neurons-{width}.txt", text.replace(str(ROOT) + "/", ""))


def test_no_word_and_no_number_is_cut_or_left_out(laid: Laid) -> None:
    equations = []
    for sides in sides_of(laid.explained):
        members = ["".join(side) for side in (sides.symbols, sides.numbers) if side]
        note = f"({sides.condition})" if sides.condition else ""
        equations.append(unfolded("=".join([sides.name, *members, sides.value]) + note))
    for width in WIDTHS:
        text = unfolded("\n".join(laid.rows[width]))
        missing = [equation for equation in equations if equation not in text]

        assert (width, missing) == (width, [])


def test_widths_differ_in_folds_alone(laid: Laid) -> None:
    def words(width: int) -> list[str]:
        # Dots of the heading stand between two parts on one row alone.
        return " ".join(laid.rows[width]).replace("·", "").split()

    unfolded_words = words(1000)
    for width in WIDTHS:
        assert words(width) == unfolded_words


def test_a_row_is_wider_than_the_terminal_only_with_one_operand_on_it(laid: Laid) -> None:
    for width in WIDTHS:
        for row in laid.rows[width]:
            content = re.sub(r"^(?:\S+ = |[-+−·/=>≤…] |if |else )", "", row.strip())

            assert width_of(row) <= width or not BETWEEN.search(content), f"at {width}: {row}"


def test_signs_stand_under_the_sign_of_equality(sheet_of: Sheets) -> None:
    rows = rows_at(sheet_of(LEAKY, only=["mhat:w2_1_1"]), 44)
    first = next(number for number, row in enumerate(rows) if row.startswith("    m̂(w²₁₁) = "))
    column = width_of(rows[first].partition("=")[0])

    assert [row.index(sign) for row, sign in zip(rows[first + 1 : first + 3], "==", strict=True)] == [column, column]


def test_what_is_given_stands_in_columns(sheet_of: Sheets) -> None:
    rows = rows_at(sheet_of("mazur"), 40)
    start = rows.index("  weights:")

    assert rows[start + 1 : start + 4] == [
        "    w¹₁₁ = 0.15   w¹₁₂ = 0.2",
        "    w¹₂₁ = 0.25   w¹₂₂ = 0.3",
        "    w²₁₁ = 0.4    w²₁₂ = 0.45",
    ]
    assert "  inputs: x₁ = 0.05   x₂ = 0.1" in rows


def test_much_that_is_given_is_counted(sheet_of: Sheets) -> None:
    text = sheet_of(LEAKY).text("console")

    assert text.count("w¹") > MOST_GIVEN
    assert "… 36 more" in text  # of 36 + 24 weights


def test_the_branch_that_is_taken_is_explained(sheet_of: Sheets) -> None:
    rows = rows_at(sheet_of(LEAKY, only=["a2_2"], significant=3), 100)

    assert re.fullmatch(r"    a²₂ = z²₂ if z²₂ > 0, else \S+ · z²₂ = .* = \S+   \(\S+ [>≤] 0\)|.*", rows[-1])


def test_styles_mark_names_values_and_headings(sheet_of: Sheets) -> None:
    rows = list(lay_out(sheet_of("one-neuron", only=["z"]).told, 100))
    styles = {span.text.strip(): span.style for row in rows for span in row}

    assert (styles["Forward pass"], styles["z"], styles["inputs:"]) == ("heading", "bold", "dim")
    assert rows[-1][-1].style == "value"


@pytest.mark.parametrize("columns", ["40", "200"])
def test_a_pipe_gets_the_same_rows_without_colours(columns: str, sheet_of: Sheets) -> None:
    config = str(ROOT / "configs" / "two-neurons.yaml")
    result = CliRunner().invoke(app, ["explain", config], env={"COLUMNS": columns})

    assert (result.exit_code, result.output) == (0, sheet_of("two-neurons").text("console", width=int(columns)))


@pytest.mark.parametrize(("text", "width"), [("m̂", 1), ("ŷ₁@3", 4), ("∂L/∂w¹₂₁", 8), ("", 0)])
def test_a_hat_takes_no_column(text: str, width: int) -> None:
    assert width_of(text) == width
