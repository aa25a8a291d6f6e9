"""What a console, a pipe and a narrow window show: every digit, at every width."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from backprop_cli.algebra.digits import Digits
from backprop_cli.quantities.quantity import Variable
from backprop_cli.render.rows import Chain, Table, circumstances
from backprop_cli.render.to_console import (
    fold,
    formula_width,
    needed_width,
    show_parameters,
    show_started,
    show_step,
    show_summary,
    show_table,
    show_text,
)
from backprop_cli.rules.optimizers import Clip
from backprop_cli.rules.optimizers.sgd import Sgd
from backprop_cli.training.events import RunStarted, RunStopped, Trouble, Values

Tell = Callable[..., Any]

WIDE = """\

Step 1 · epoch 1 · learning rate 0.1 · loss 0.3825
output   prediction   target
────────────────────────────
yhat         0.6254      1.5

parameter   factors                                        in numbers                                 gradient   before    after
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
w1          ∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂a² · ∂a²/∂z² · ∂z²/∂w¹   (−0.8746) · 0.2343 · 0.2 · 0.2461 · 0.5   -0.005043      0.3   0.3005
b1          ∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂a² · ∂a²/∂z² · ∂z²/∂b¹   (−0.8746) · 0.2343 · 0.2 · 0.2461 · 1     -0.01009       0.1   0.1010
w2          ∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂w²                       (−0.8746) · 0.2343 · 0.5622               -0.1152        0.2   0.2115
b2          ∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂b²                       (−0.8746) · 0.2343 · 1                    -0.2049        0.4   0.4205
"""  # noqa: E501
MIDDLE = """\

Step 1 · epoch 1 · learning rate 0.1 · loss 0.3825
output   prediction   target
────────────────────────────
yhat         0.6254      1.5

parameter   factors          in numbers           gradient   before    after
────────────────────────────────────────────────────────────────────────────
w1          ∂L/∂ŷ · ∂ŷ/∂z³   (−0.8746)           -0.005043      0.3   0.3005
            · ∂z³/∂a²        · 0.2343 · 0.2
            · ∂a²/∂z²        · 0.2461 · 0.5
            · ∂z²/∂w¹
b1          ∂L/∂ŷ · ∂ŷ/∂z³   (−0.8746)           -0.01009       0.1   0.1010
            · ∂z³/∂a²        · 0.2343 · 0.2
            · ∂a²/∂z²        · 0.2461 · 1
            · ∂z²/∂b¹
w2          ∂L/∂ŷ · ∂ŷ/∂z³   (−0.8746)           -0.1152        0.2   0.2115
            · ∂z³/∂w²        · 0.2343 · 0.5622
b2          ∂L/∂ŷ · ∂ŷ/∂z³   (−0.8746)           -0.2049        0.4   0.4205
            · ∂z³/∂b²        · 0.2343 · 1
"""
NARROW = """\

Step 1 · epoch 1 · learning rate 0.1 ·
loss 0.3825
output   prediction   target
────────────────────────────
yhat         0.6254      1.5

w1
  factors     ∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂a²
              · ∂a²/∂z² · ∂z²/∂w¹
  in numbers  (−0.8746) · 0.2343 · 0.2
              · 0.2461 · 0.5
  gradient    -0.005043
  before      0.3
  after       0.3005
b1
  factors     ∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂a²
              · ∂a²/∂z² · ∂z²/∂b¹
  in numbers  (−0.8746) · 0.2343 · 0.2
              · 0.2461 · 1
  gradient    -0.01009
  before      0.1
  after       0.1010
w2
  factors     ∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂w²
  in numbers  (−0.8746) · 0.2343
              · 0.5622
  gradient    -0.1152
  before      0.2
  after       0.2115
b2
  factors     ∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂b²
  in numbers  (−0.8746) · 0.2343 · 1
  gradient    -0.2049
  before      0.4
  after       0.4205
"""


def printed(width: int, show: Callable[..., None], *words: Any, terminal: bool = False) -> str:
    text = StringIO()
    show(
        Console(file=text, width=width, force_terminal=terminal, color_system="standard" if terminal else None), *words
    )
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


BACK = "∂L/∂ŷ · ∂ŷ/∂z³"
FAR_BACK = f"{BACK} · ∂z³/∂a² · ∂a²/∂z²"
CHAINS = {
    Variable("w", 1, (1, 1)): Chain(f"{FAR_BACK} · ∂z²/∂w¹", "(−0.8746) · 0.2343 · 0.2 · 0.2461 · 0.5"),
    Variable("b", 1, (1,)): Chain(f"{FAR_BACK} · ∂z²/∂b¹", "(−0.8746) · 0.2343 · 0.2 · 0.2461 · 1"),
    Variable("w", 2, (1, 1)): Chain(f"{BACK} · ∂z³/∂w²", "(−0.8746) · 0.2343 · 0.5622"),
    Variable("b", 2, (1,)): Chain(f"{BACK} · ∂z³/∂b²", "(−0.8746) · 0.2343 · 1"),
}


def step_of(told: Any, digits: Digits | None = None) -> tuple[str, Table, Table]:
    speaker = told.speaker(digits)
    return speaker.step_heading(told.record), speaker.predictions(told.record), speaker.gradients(told.record, CHAINS)


@pytest.mark.parametrize(("width", "golden"), [(40, NARROW), (80, MIDDLE), (200, WIDE)])
def test_a_step_is_a_grid_where_it_fits_and_stacked_where_it_does_not(width: int, golden: str, told: Tell) -> None:
    assert printed(width, show_step, *step_of(told())) == golden


@pytest.mark.parametrize("width", [1, 5, 20, 40, 51, 52, 53, 54, 80, 200])
@pytest.mark.parametrize("digits", [Digits(), Digits(significant=17), Digits(decimals=30)])
def test_every_number_is_shown_in_full_at_every_width(width: int, digits: Digits, told: Tell) -> None:
    heading, *tables = step_of(told(optimizer=Sgd(clip=Clip(norm=0.1))), digits)
    words = printed(width, show_step, heading, *tables).split()
    expected = [word for table in tables for row in table.rows for cell in row for word in cell.split()]

    assert "applied" in tables[1].columns
    assert all(words.count(word) >= expected.count(word) for word in expected)
    assert [word for word in words if word in set(heading.split())][: len(heading.split())] == heading.split()


@pytest.mark.parametrize("width", range(21, 140))
def test_no_line_of_a_table_is_wider_than_the_console(width: int, told: Tell) -> None:
    table = step_of(told())[2]
    lines = printed(width, show_table, table).splitlines()

    assert (len(lines) == len(table.rows) + 2) == (needed_width(table) <= width)
    assert lines[0].startswith("parameter") == (formula_width(table, width) is not None)
    # A heading with one operand beside it is the least that a line can be.
    assert all(len(line) <= max(width, len("  in numbers  (−0.8746)")) for line in lines)


@pytest.mark.parametrize(
    ("formula", "width", "lines"),
    [
        ("a · b · c", 9, ["a · b · c"]),
        ("a · b · c", 8, ["a · b", "· c"]),
        ("a · b · c", 1, ["a", "· b", "· c"]),
        ("(−0.5) · 2 + 3 − x", 10, ["(−0.5) · 2", "+ 3 − x"]),
        ("long", 2, ["long"]),
        ("", 5, [""]),
    ],
)
def test_a_formula_is_broken_before_its_signs(formula: str, width: int, lines: list[str]) -> None:
    assert fold(formula, width) == lines


def test_points_stand_under_each_other_and_numbers_to_the_right() -> None:
    rows = (("a", "1", "1e-05"), ("b", "12.25", "0.5"), ("c", "-0.5", "frozen"))
    lines = printed(80, show_table, Table(("", "value", "long heading"), rows)).splitlines()

    assert lines[2:] == ["a    1             1e-05", "b   12.25            0.5", "c   -0.5          frozen"]


def test_headings_are_styled_on_a_terminal_only(told: Tell) -> None:
    step = step_of(told())

    assert "\x1b" not in printed(80, show_step, *step)
    assert "\x1b[1m" in printed(80, show_step, *step, terminal=True)


def test_names_and_texts_are_never_taken_for_markup() -> None:
    table = Table(("[bold]", "[red]"), (("[link]", "[/]"),), title="[dim]", note=":smile: [blue]")

    assert all(word in printed(80, show_table, table) for word in ("[bold]", "[red]", "[link]", "[/]", "[dim]"))
    assert ":smile: [blue]" in printed(80, show_table, table)


def test_text_wraps_at_spaces_and_never_within_a_number() -> None:
    assert printed(20, show_text, "loss 0.38 · penalty 0.0012345678901234567890") == (
        "loss 0.38 · penalty\n0.0012345678901234567890\n"
    )


def test_a_summary_has_first_last_and_validation_and_says_how_long_it_took(told: Tell) -> None:
    run = told()
    *_, stopped = run.events(validation=Values(0.1159, {"mae": 0.25}))
    assert isinstance(stopped, RunStopped)

    assert printed(80, show_summary, run.speaker().summary(stopped)) == (
        "\n        first     last   validation\n"
        "───────────────────────────────────\n"
        "loss   0.3825   0.3770       0.1159\n"
        "mae    0.8746   0.8683       0.25\n"
        "1 step · 1 epoch · 500 ms\n"
    )


def test_final_parameters_are_listed_by_name(told: Tell) -> None:
    run = told(names={"slope": "w1"})

    assert printed(80, show_parameters, run.speaker().parameters(run.parameters)) == (
        "\nparameter    value\n──────────────────\n"
        "slope       0.3005\nb1          0.1010\nw2          0.2115\nb2          0.4205\n"
    )


def test_a_run_starts_with_its_network_and_circumstances() -> None:
    started = RunStarted("4-8-3 · tanh, softmax", 67, 67, 1200, 30, 480, 60, 7, "float32")

    assert printed(80, show_started, started.summary, circumstances(started)) == (
        "4-8-3 · tanh, softmax\n1,200 samples + 30 for validation · 480 steps · seed 7 · float32\n"
    )


def test_trouble_says_what_where_and_what_to_do() -> None:
    trouble = Trouble("z2_1", "inf", 1200, "lower optimizer.learning_rate")

    assert printed(200, show_text, trouble.sentence) == (
        "z2_1 is inf in step 1,200; training stopped before the update of that step; lower optimizer.learning_rate\n"
    )
