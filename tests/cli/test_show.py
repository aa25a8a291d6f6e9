"""`backprop show`: a run in any state it can be in, several runs beside each other, and a model."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backprop_cli.cli.app import app
from backprop_cli.training.lock import locked

ROOT = Path(__file__).parent.parent.parent
CONFIG = ROOT / "configs" / "iris.yaml"


def backprop(*words: object, columns: int = 80) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": str(columns)})


def lines(result: Result) -> list[str]:
    return [line.rstrip() for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "iris"
    words = ("--set", "training.epochs=20", "--expect", "validation.accuracy >= 0.9")
    assert backprop("train", CONFIG, "--out", out, *words).exit_code == 0
    return out


@pytest.fixture
def run(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of a run, named as a user would name it."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(finished, tmp_path / "run")
    return Path("run")


@pytest.mark.parametrize("columns", [80, 200])
def test_a_run_is_told_with_its_curve(run: Path, columns: int) -> None:
    result = backprop("show", run, columns=columns)
    shown = lines(result)

    assert (result.exit_code, result.stderr) == (0, "")
    assert shown[0] == "run: finished"
    assert "4-8-3 · tanh, softmax · 67 parameters · cross_entropy · adam 0.02" in shown
    assert "120 samples + 30 for validation · 160 steps · seed 0 · float64" in shown
    assert any(re.fullmatch(r"started \d{4}-\d\d-\d\d \d\d:\d\d UTC", line) for line in shown)
    assert "⠤⠤ training loss   •• validation loss" in shown
    assert "epoch" in [line.strip() for line in shown]
    assert any(re.match(r"✓ validation.accuracy >= 0.9 +0.9", line) for line in shown)
    assert "\x1b" not in result.stdout
    assert max(map(len, shown)) <= columns or columns < 100


def test_json_has_all_of_it(run: Path) -> None:
    found = json.loads(backprop("show", run, "run/model.safetensors", "--format", "json").stdout)
    (one,), (model,) = found["runs"], found["models"]

    assert (found["command"], one["folder"], one["state"], one["writer"]) == ("show", "run", "finished", None)
    assert one["run"] == json.loads((run / "run.json").read_text())
    assert len(one["history"]) == 20
    assert one["history"][-1]["epoch"] == 20
    assert one["config"]["training"]["epochs"] == 20
    assert model["classes"] == ["setosa", "versicolor", "virginica"]
    assert model["tensors"]["w1"] == {"shape": [8, 4], "dtype": "float64"}


def test_a_model_is_told_with_what_it_does_to_inputs(run: Path) -> None:
    shown = lines(backprop("show", run / "model.safetensors"))

    assert shown[0] == "run/model.safetensors: a trained network"
    assert "inputs: sepal_length, sepal_width, petal_length, petal_width (4)" in shown
    assert [line.split()[0] for line in shown if "0.8233" in line] == ["sepal_length"]
    assert "w1       8 × 4" in "\n".join(shown)


def test_runs_are_compared_by_what_they_came_to_and_what_differs(run: Path) -> None:
    backprop("train", CONFIG, "--out", "other", "--set", "optimizer.learning_rate=0.5", "--set", "training.epochs=2")
    shown = lines(backprop("show", run, "other"))
    told = {line.split("  ")[0]: line.split()[-2:] for line in shown if line}

    assert shown[0].split() == ["run", "other"]
    assert told["state"] == ["finished", "finished"]
    assert told["epochs"] == ["20", "2"]
    assert told["optimizer.learning_rate"] == ["0.02", "0.5"]
    assert told["training.epochs"] == ["20", "2"]
    assert {"loss", "accuracy", "validation loss", "validation accuracy"} <= set(told)
    assert "training.seed" not in told
    shutil.rmtree("other")
    shutil.copytree(run, "other")
    assert lines(backprop("show", run, "other"))[-1] == "the configs of these runs are the same"


def as_killed(run: Path) -> None:
    told = json.loads((run / "run.json").read_text())
    after = {key: told[key] for key in list(told) if key in KNOWN_AT_ONCE}
    done = {"steps": 24, "epochs": 3}
    (run / "run.json").write_text(json.dumps({**after, "outcome": "running", "done": done}))
    (run / "model.safetensors").unlink()
    cut = (run / "history.csv").read_text().splitlines(keepends=True)[:5]
    (run / "history.csv").write_text("".join(cut) + "5,4")


KNOWN_AT_ONCE = {
    "schema", "network", "parameters", "trainable", "samples", "planned", "seed", "dtype", "data", "circumstances",
    "times",
}  # fmt: skip


def as_interrupted(run: Path) -> None:
    as_killed(run)
    (run / "run.json").write_text((run / "run.json").read_text().replace('"running"', '"interrupted"'))


def as_just_begun(run: Path) -> None:
    for path in run.iterdir():
        if path.name != "config.yaml":
            path.unlink()


def as_begun_and_killed(run: Path) -> None:
    as_killed(run)
    (run / "run.json").write_text((run / "run.json").read_text().replace('"steps": 24', '"steps": 0'))
    (run / "history.csv").unlink()


def without_history(run: Path) -> None:
    (run / "history.csv").write_bytes(b"\xff\x00,\n1")


GO_ON = "go on with: backprop train --resume --out run"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (as_killed, ["run: killed, last saved after step 24 of 160", GO_ON, "after 4 epochs"]),
        (as_interrupted, ["run: interrupted, last saved after step 24 of 160", GO_ON]),
        (as_begun_and_killed, ["run: killed, nothing saved yet", GO_ON]),
        (as_just_begun, ["run: begun, nothing written down yet", GO_ON]),
        (without_history, ["run: finished"]),
    ],
)
def test_a_run_may_be_in_any_state(run: Path, change: Callable[[Path], None], told: list[str]) -> None:
    change(run)
    result = backprop("show", run)

    assert (result.exit_code, result.stderr) == (0, "")
    assert [line for line in lines(result) if line in told] == told
    assert json.loads(backprop("show", run, "--format", "json").stdout)["runs"][0]["folder"] == "run"
    assert backprop("show", run, run).exit_code == 0


def test_a_run_that_goes_on_is_told_with_who_writes_it(run: Path) -> None:
    as_killed(run)
    with locked(run):
        first = " ".join(lines(backprop("show", run))[:2])
        refused = backprop("predict", run, ROOT / "configs" / "data" / "iris.csv")

    assert re.match(r"run: running by process \d+ on \S+ since \S+, last saved after step 24 of 160", first)
    assert re.match(r"backprop: run: its run is not over, so it has no model yet; wait for process \d+", refused.stderr)
    assert refused.exit_code == 6


def test_a_run_that_diverged_says_what_to_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("network.layers.0.activation=identity", "network.layers.1.activation=identity", "training.steps=9")
    settings = [item for word in (*words, "optimizer.learning_rate=1e200") for item in ("--set", word)]
    assert backprop("train", ROOT / "configs" / "two-neurons.yaml", "--out", "run", *settings).exit_code == 5
    shown = " ".join(lines(backprop("show", "run")))

    assert shown.startswith("run: diverged")
    assert "training stopped before the update of that step; try a lower optimizer.learning_rate" in shown


DAMAGED = "this is damaged, or was not written by backprop; put back a copy, or let it be written anew: "
DAMAGED += "backprop train --resume --out run\n"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"outcome": "finished"}', '{"schema": "x"}', "\ud800".encode("utf-8", "surrogatepass")],
)
def test_a_damaged_report_is_said_to_be_damaged(run: Path, text: str | bytes) -> None:
    (run / "run.json").write_bytes(text.encode() if isinstance(text, str) else text)
    result = backprop("show", run)

    assert (result.exit_code, result.stdout, result.stderr) == (6, "", f"backprop: run/run.json: {DAMAGED}")


@pytest.mark.parametrize("key", ["final", "network", "times", "confusion", "expect", "samples", "done"])
def test_a_report_with_something_else_in_it_is_said_to_be_damaged(run: Path, key: str) -> None:
    told = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**told, key: {"x": [1]}}))
    result = backprop("show", run)

    assert (result.exit_code, result.stderr) == (6, f"backprop: run/run.json: {DAMAGED}")


def test_a_report_of_a_newer_form_asks_for_an_update(run: Path) -> None:
    (run / "run.json").write_text('{"schema": 2}')
    result = backprop("show", run)

    assert result.exit_code == 6
    assert (
        result.stderr == "backprop: run/run.json: this has a form that only a newer backprop reads; update backprop\n"
    )


def test_a_damaged_config_is_said_where_configs_are_compared(run: Path) -> None:
    (run / "config.yaml").write_text("a: [1\n")
    result = backprop("show", run, run)

    assert result.exit_code == 6
    assert result.stderr.startswith("backprop: run/config.yaml:1:4: '[' opens here")
    assert backprop("show", run).exit_code == 0


@pytest.mark.parametrize(("name", "what"), [("none", "is not there"), (".", "holds no run")])
def test_what_is_no_run_is_refused(name: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = backprop("show", name)

    assert result.exit_code == 6
    assert result.stderr == f"backprop: {name} {what}; start one: backprop train CONFIG --out {name}\n"
