"""The worksheet meets the published calculations: their true values, and under carry the digits that they print."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from backprop_cli.algebra.digits import Digits
from backprop_cli.api import Choice, Explanation, Setup, explain, load
from backprop_cli.quantities.quantity import Quantity
from backprop_cli.render.telling import written
from backprop_cli.worksheet.book import Book
from backprop_cli.worksheet.rounding import Rounding

ROOT = Path(__file__).parent.parent
Figure = dict[str, Any]


def published(file: str) -> list[tuple[str, Figure]]:
    figures = yaml.safe_load((ROOT / "fixtures" / "published" / f"{file}.yaml").read_text(encoding="utf-8"))
    return [(config, figure) for config, listed in figures.items() for figure in listed]


FIGURES = [*published("article"), *published("mazur")]
NAMES = [f"{config}-{figure['name']}-{figure['printed']}" for config, figure in FIGURES]


@cache
def setup_of(config: str) -> Setup:
    return load(ROOT.parent / "configs" / f"{config}.yaml")


@cache
def step_of(config: str, step: int) -> Explanation:
    return explain(setup_of(config), choice=Choice(step=step, carry=False))


def key_of(config: str, figure: Figure) -> Quantity:
    return step_of(config, figure.get("step", 1)).line(figure["name"]).key  # type: ignore[return-value]


def decimals(printed: str) -> int:
    return len(printed.partition(".")[2])


def shown(line: Any) -> str:
    text = written(line)
    return ("-" if text.negative else "") + text.digits + ("" if text.exponent is None else f"e{text.exponent}")


@pytest.mark.parametrize(("config", "figure"), FIGURES, ids=NAMES)
def test_a_figure_has_its_true_value(config: str, figure: Figure) -> None:
    line = step_of(config, figure.get("step", 1)).line(figure["name"])

    assert line.value == pytest.approx(figure["value"], rel=1e-12)


@cache
def pencil(config: str) -> Book:
    """Work out the first step with the digits of each quantity's first print."""
    special: dict[Any, Digits] = {}
    for name, figure in FIGURES:
        if name == config and figure["verdict"] not in {"wrong", "carried"}:
            special.setdefault(key_of(name, figure), Digits(decimals=decimals(figure["printed"])))
    rest = Digits(decimals=9) if config == "mazur" else Digits()
    return Book(step_of(config, 1).sheet.ground, Rounding(rest, special, carry=True))


def first_prints() -> list[tuple[str, Figure]]:
    """List the figures of the first step that the source has right or rounded, where it prints a quantity first."""
    seen: set[tuple[str, str]] = set()
    found = []
    for config, figure in FIGURES:
        sound = figure["verdict"] in {"right", "rounded"} and "step" not in figure
        if sound and (config, figure["name"]) not in seen:
            found.append((config, figure))
        seen.add((config, figure["name"]))
    return found


@pytest.mark.parametrize(
    ("config", "figure"), [pair for pair in first_prints() if pair[1]["verdict"] == "rounded"], ids=str
)
def test_a_pencil_rounds_where_the_source_rounded(config: str, figure: Figure) -> None:
    line = pencil(config).line(key_of(config, figure))

    assert shown(line) == figure["printed"]


@pytest.mark.parametrize(
    ("config", "figure"),
    [pair for pair in first_prints() if pair[0] != "mazur" and pair[1]["verdict"] == "right"],
    ids=str,
)
def test_the_configs_own_digits_show_what_the_article_has_right(config: str, figure: Figure) -> None:
    line = step_of(config, 1).line(figure["name"])

    assert shown(line) == figure["printed"]


def test_the_first_examples_rounded_products_come_out_as_printed() -> None:
    told = explain(setup_of("one-neuron"), carry=True)

    assert shown(told.line("dL/dw")) == "-0.118"
    assert shown(told.line("w_new")) == "0.312"
    assert "(−0.94) · 0.25 · 0.5 = −0.118" in told.text()
    assert "0.3 − 0.1 · (−0.118) = 0.312" in told.text()


def test_the_third_example_shows_its_equations() -> None:
    text = explain(setup_of("two-in-a-layer")).text(width=200)

    for equation in (
        "z²₁ = w¹₁ · x + b¹₁ = ",
        "z²₂ = w¹₂ · x + b¹₂ = ",
        "a²₂ = 1 / (1 + e^(−z²₂)) = ",
        "z³ = w²₁ · a²₁ + b²₁ + w²₂ · a²₂ + b²₂ = ",
        "∂L/∂w¹₁ = ∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂a²₁ · ∂a²₁/∂z²₁ · ∂z²₁/∂w¹₁ = ",
        "b²₁_new = b²₁ − η · ∂L/∂b²₁ = ",
        "b²₂_new = b²₂ − η · ∂L/∂b²₂ = ",
    ):
        assert equation in text


def test_a_restated_quantity_is_shown_as_it_is_printed_first() -> None:
    line = step_of("two-neurons", 1).line("dyhat/dz3")

    assert shown(line) == "0.234"
    assert shown(replace(line, digits=Digits(decimals=2))) == "0.23"
