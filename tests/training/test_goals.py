"""A run is held against what is expected of it, and says what was found."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backprop_cli.algebra.digits import Digits
from backprop_cli.cli.app import app
from backprop_cli.config.loader import load
from backprop_cli.errors import ConfigError, UsageError
from backprop_cli.render.rows import checks_table
from backprop_cli.rules.condition import OPERATORS, Condition
from backprop_cli.training.events import Checked, RunStopped
from backprop_cli.training.loop import train

CONFIGS = Path(__file__).parents[2] / "configs"
IRIS, XOR = CONFIGS / "iris.yaml", CONFIGS / "xor.yaml"
SHORT = "training.epochs=3"


def backprop(*words: object, **environment: str) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "80", **environment})


def stopped(*expect: str, settings: tuple[str, ...] = (SHORT,)) -> RunStopped:
    *_, last = train(load(IRIS, settings, expect=expect), trace=())
    assert isinstance(last, RunStopped)
    return last


@pytest.mark.parametrize("sign", OPERATORS)
@pytest.mark.parametrize("value", [-1.0, 0.5, 0.500001, math.inf, math.nan])
def test_a_condition_compares_as_written_and_never_holds_for_what_is_no_number(sign: str, value: float) -> None:
    condition = Condition.read(f" {sign}0.5 ")
    expected = eval(f"value {sign} 0.5", {"value": value}) and not math.isnan(value)  # noqa: S307  Python's own word

    assert condition.holds(value) == expected
    assert Condition.read(str(condition)) == condition


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has no operator; write an operator and a number, as '<= 0.01'"),
        ("0.5", "'0.5' has no operator"),
        ("=> 1", "'=>' is no operator; did you mean '>='?"),
        ("= 1", "did you mean '=='?"),
        ("≥ 1", "did you mean '>='?"),
        ("<<= 1", "known: <=, >=, <, >, ==, !="),
        ("<=", "'' is not a finite number"),
        ("<= 1 2", "'1 2' is not a finite number"),
        ("<= 1\n2", "is not a finite number"),
        *((f"<= {word}", f"{word!r} is not a finite number") for word in ("inf", "nan", "1_000", "1e999", "1,5", "²")),
    ],
)
def test_what_is_no_condition_says_what_to_write(text: str, why: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the message is what is checked
        Condition.read(text)

    assert why in str(caught.value)


def test_each_name_stands_for_its_number() -> None:
    names = ["final.loss", "training.loss", "training.accuracy", "validation.loss", "validation.accuracy"]
    run = stopped(*(f"{name} >= 0" for name in names), "epochs == 3", "steps == 24")
    assert run.validation is not None

    assert [(check.name, check.condition, check.met) for check in run.checks] == [
        *((name, ">= 0", True) for name in names), ("epochs", "== 3", True), ("steps", "== 24", True)
    ]  # fmt: skip
    assert [check.found for check in run.checks] == [
        run.final.loss, run.final.loss, run.final.metrics["accuracy"],
        run.validation.loss, run.validation.metrics["accuracy"], 3, 24,
    ]  # fmt: skip


def test_metrics_go_by_their_title_or_by_their_bare_name_where_that_is_clear() -> None:
    two = "metrics=[{name: f1}, {name: recall, average: macro}, {name: recall, average: micro}]"
    run = stopped("final.f1 <= 2", "final.recall(average=micro) <= 2", settings=(SHORT, two))

    assert [check.found for check in run.checks] == [
        run.final.metrics["f1"],
        run.final.metrics["recall(average=micro)"],
    ]
    with pytest.raises(ConfigError, match=r"final\.recall"):
        stopped("final.recall <= 2", settings=(SHORT, two))


def test_a_test_file_is_expected_of_too(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n0,0\n1,1\n")
    path = tmp_path / "c.yaml"
    path.write_text(
        "network: {inputs: 1, layers: [{units: 1}]}\ndata: {file: t.csv, targets: y, test_file: t.csv}\n"
        'expect: {test.loss: ["< 100", "> 0"]}\n'
    )
    *_, last = train(load(path, expect=["test.loss < 0"]))
    assert isinstance(last, RunStopped)
    assert last.test is not None

    assert last.checks == tuple(
        Checked("test.loss", condition, last.test.loss, met)
        for condition, met in (("< 100", True), ("> 0", True), ("< 0", False))
    )


def test_the_exit_code_is_1_where_one_is_unmet_and_each_is_listed() -> None:
    good, bad = ("--expect", "final.loss<=0.01"), ("--expect", "epochs < 500")
    met, unmet = backprop("train", XOR, "--quiet", *good), backprop("train", XOR, "--quiet", *good, *bad)

    assert met.exit_code == 0
    assert "✓ final.loss <= 0.01   0.0003717\nall expectations are met\n" in met.stdout
    assert unmet.exit_code == 1
    assert unmet.stdout.endswith(
        "expected                   found\n"
        "────────────────────────────────\n"
        "✓ final.loss <= 0.01   0.0003717\n"
        "✗ epochs < 500               500\n"
        "1 of 2 expectations not met\n"
    )


def test_json_has_what_was_found_at_full_precision() -> None:
    words = ("train", XOR, "--set", SHORT, "--format", "json", "--expect", "final.loss > 5")
    result = backprop(*words)
    found = json.loads(result.stdout)

    assert result.exit_code == 1
    assert found["expect"] == [
        {"name": "final.loss", "condition": "> 5", "found": found["final"]["loss"], "met": False}
    ]
    assert found["experiment"]["expect"] == {"final.loss": ["> 5"]}


def test_the_config_and_the_flags_count_together(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(XOR.read_text() + 'expect:\n  epochs: "> 0"\n')
    result = backprop("train", path, "--set", SHORT, "--expect", "epochs < 3", "--format", "json")

    assert [check["met"] for check in json.loads(result.stdout)["expect"]] == [True, False]


def test_what_was_found_is_written_so_that_one_sees_why() -> None:
    checks = (Checked("final.r2", ">= 0.95", 0.94999999, False), Checked("final.r2", "< 1", 0.5, True))

    assert checks_table(checks, Digits(decimals=2)).rows == (
        ("✗ final.r2 >= 0.95", "0.94999999"),
        ("✓ final.r2 < 1", "0.50"),
    )


def test_a_run_that_diverges_is_5_and_nothing_that_is_no_number_is_met() -> None:
    diverging = ["--set", "optimizer={name: sgd, learning_rate: 1e308}", "--set", "training.epochs=50"]
    identity = ["--set", "network.layers.1.activation=identity", "--set", "loss=half_sse", "--format", "json"]
    result = backprop("train", XOR, *diverging, *identity, "--expect", "epochs == 50")

    assert result.exit_code == 5
    assert [check["met"] for check in json.loads(result.stdout)["expect"]] == [False]


def test_a_dry_run_expects_nothing() -> None:
    assert backprop("train", XOR, "--dry-run", "--expect", "epochs < 1").exit_code == 0


@pytest.mark.parametrize("flag", ["final.loss", "<= 3", ""])
def test_a_flag_needs_a_name_and_an_operator(flag: str) -> None:
    with pytest.raises(UsageError, match=r"has no name, operator and number; write --expect 'final.loss <= 0.01'"):
        load(XOR, expect=[flag])


def test_a_flag_is_named_in_its_error() -> None:
    result = backprop("train", XOR, "--expect", "validation.loss < 1")

    assert result.exit_code == 3
    assert result.stderr.startswith(
        "--expect validation.loss < 1: expect: 'validation.loss' needs validation samples, and there are none; "
    )
