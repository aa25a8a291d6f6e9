"""`backprop rules`: the list, the pages, the document, and what they promise of every rule."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backprop_cli.cli.app import app
from backprop_cli.render.rule_pages import Line, page
from backprop_cli.rules.catalogue import Entry, entries, find

ALL = list(entries())
every_entry = pytest.mark.parametrize("entry", ALL, ids=[f"{entry.family.one}-{entry.name}" for entry in ALL])
widths = pytest.mark.parametrize("width", [40, 80, 200])

SIGMOID = """
Derivative, step by step
  a′ = −(1 + e⁻ᶻ)⁻² · e⁻ᶻ · (−1)
         chain rule: a is u⁻¹ with u = 1 + e⁻ᶻ; u⁻¹ has the slope −u⁻², and u
         the slope e⁻ᶻ · (−1), by the chain rule again
     = e⁻ᶻ / (1 + e⁻ᶻ)²
         the two minus signs cancel; a negative power is a divisor
     = 1 / (1 + e⁻ᶻ) · (e⁻ᶻ / (1 + e⁻ᶻ))
         split the fraction in two
     = 1 / (1 + e⁻ᶻ) · ((1 + e⁻ᶻ − 1) / (1 + e⁻ᶻ))
         add 1 and take it away again
     = 1 / (1 + e⁻ᶻ) · ((1 + e⁻ᶻ) / (1 + e⁻ᶻ) − 1 / (1 + e⁻ᶻ))
         split the second fraction
     = 1 / (1 + e⁻ᶻ) · (1 − 1 / (1 + e⁻ᶻ))
         a number divided by itself is 1
     = a · (1 − a)
         1 / (1 + e⁻ᶻ) is a
"""


def rules(*words: str, **environment: str) -> Any:
    return CliRunner().invoke(app, ["rules", *words], env={"COLUMNS": "80", **environment})


def flat(text: str) -> str:
    return "".join(text.split())


def words_of(lines: list[Line]) -> str:
    return flat("".join(line.text + line.aside for line in lines))


@widths
def test_the_list_has_every_rule_with_its_formula_within_the_width(width: int) -> None:
    text = rules(COLUMNS=str(width)).stdout

    assert max(map(len, text.splitlines())) <= width
    for entry in ALL:
        assert flat(f"{entry.name}{entry.rule.formula_text}") in flat(text)
        assert entry.family.many in text.splitlines()


@widths
@every_entry
def test_a_page_says_everything_about_a_rule_within_the_width(entry: Entry, width: int) -> None:
    lines = list(page(entry, width))
    text = words_of(lines)

    assert max(len(line.text + line.aside) for line in lines) <= width
    for said in (entry.name, entry.summary, entry.notes, entry.source, entry.rule.formula_text, entry.rule.slope_text):
        assert flat(said) in text
    for setting in entry.settings:
        assert flat(f"{setting.key}{setting.kind};") in text
        assert flat(setting.description) in text


@pytest.mark.parametrize("entry", [entry for entry in ALL if entry.rule.slope_text], ids=lambda entry: entry.name)
def test_a_page_gives_a_reason_for_each_line_of_a_derivation(entry: Entry) -> None:
    for width in (40, 80, 200):
        lines = list(page(entry, width))
        # Reasons stand on lines of their own, or all of them beside the lines.
        columns = flat("".join(line.text for line in lines)), flat("".join(line.aside for line in lines))
        for derivation in entry.example.derivations():
            assert flat(f"{derivation.left}=") in columns[0]
            assert all(any(flat(line.reason) in column for column in columns) for line in derivation.lines)


def test_the_derivative_of_the_sigmoid_is_worked_as_in_the_article() -> None:
    assert SIGMOID in rules("sigmoid").stdout


@widths
@pytest.mark.parametrize("name", ["sigmoid", "huber", "cross_entropy", "linear_warmup", "softmax"])
def test_a_plot_fits_the_width_and_has_no_colours_in_a_pipe(name: str, width: int) -> None:
    text = rules(name, COLUMNS=str(width)).stdout
    plot = text[text.index("\nPlot\n") :]

    assert "\x1b" not in text
    assert "┌" in plot
    assert max(map(len, plot.splitlines())) <= width
    assert all(line == line.rstrip() for line in text.splitlines())


def test_what_is_not_drawn_has_no_plot() -> None:
    assert "Plot" not in rules("adam").stdout


@pytest.mark.parametrize(
    ("name", "families"),
    [("mae", ["loss", "metric"]), ("mse", ["loss", "metric"]), ("constant", ["schedule", "initializer"])],
)
def test_a_name_of_several_families_shows_all_of_them(name: str, families: list[str]) -> None:
    text = rules(name).stdout

    assert [entry.family.one for entry in find(name)] == families
    assert all(f"{name} · {family}" in text for family in families)


def test_an_unknown_name_is_a_usage_error_with_a_suggestion() -> None:
    result = rules("sigmoyd")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "backprop: there is no rule 'sigmoyd'; did you mean 'sigmoid'?; backprop rules lists all of them\n"
    )


def test_the_document_has_every_rule_with_its_settings_and_lines() -> None:
    document = json.loads(rules("--format", "json").stdout)

    assert (document["schema"], document["command"]) == (1, "rules")
    assert [(rule["family"], rule["name"]) for rule in document["rules"]] == [
        (entry.family.one, entry.name) for entry in ALL
    ]
    for rule, entry in zip(document["rules"], ALL, strict=True):
        assert [setting["name"] for setting in rule["settings"]] == [setting.key for setting in entry.settings]
        assert len(rule["derivations"]) == len(entry.example.derivations())
        for line in (line for derivation in rule["derivations"] for line in derivation["lines"]):
            assert line["text"]
            assert line["latex"].count("{") == line["latex"].count("}")
            assert line["reason"]


def test_the_document_of_one_rule_has_that_rule_alone() -> None:
    (rule,) = json.loads(rules("leaky_relu", "--format", "json").stdout)["rules"]

    assert rule["settings"] == [
        {
            "name": "negative_slope",
            "type": "0 ≤ number ≤ 1",
            "required": False,
            "default": 0.01,
            "description": "slope where z ≤ 0",
        }
    ]
    assert rule["derivations"][0]["lines"][0]["text"] == "1 where z > 0, else negative_slope"


@pytest.mark.parametrize("words", [(), ("sigmoid",), ("sigmoid", "--format", "json")])
def test_a_result_goes_to_a_file(words: tuple[str, ...], tmp_path: Path) -> None:
    target = tmp_path / "rules.txt"
    shown = rules(*words, COLUMNS="100").stdout
    written = rules(*words, "--output", str(target))

    assert written.stdout == ""
    assert target.read_text(encoding="utf-8") == shown


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        ("adam", "beta1", "0 ≤ number < 1; 0.9 by default"),
        ("adam", "eps", "number > 0; 1e-08 by default"),
        ("adam", "eps_inside_root", "true | false; false by default"),
        ("adam", "clip", "mapping of norm, value; left out by default"),
        ("step", "every", "whole number > 0; always needed"),
        ("uniform", "low", "number; -0.5 by default"),
        ("softmax", "shift", "none | max; none by default"),
        (
            "linear_warmup",
            "then",
            "constant | cosine | exponential | step, or mapping with settings; constant by default",
        ),
    ],
)
def test_a_setting_is_described_with_range_and_default(name: str, key: str, said: str) -> None:
    text = " ".join(rules(name).stdout.split())

    assert f" {key} {said} " in text
