"""A run may stop when it gets no better, and end with its best parameters."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from backprop_cli.cli.app import app
from backprop_cli.config.loader import load
from backprop_cli.errors import ConfigError
from backprop_cli.rules.watch import Best, Patience, best_of
from backprop_cli.training.events import EpochDone, RunStopped, Values
from backprop_cli.training.loop import train
from backprop_cli.training.state import Observer, State

CONFIGS = Path(__file__).parents[2] / "configs"
IRIS = "iris"
# Overshoots, so that the loss goes up and down.
XOR = ("xor", "optimizer.learning_rate=1")
VALUES = st.lists(st.sampled_from([0.0, 0.05, 0.1, 0.5, 1.0, math.nan, math.inf]), min_size=1, max_size=12)


def run(config: str, *settings: str) -> tuple[list[EpochDone], RunStopped]:
    *events, last = train(load(CONFIGS / f"{config}.yaml", settings), trace=())
    assert isinstance(last, RunStopped)
    return [event for event in events if isinstance(event, EpochDone)], last


@given(VALUES, st.booleans())
def test_the_best_is_the_first_of_the_best_numbers(values: list[float], rising: bool) -> None:
    best: Best | None = None
    for epoch, value in enumerate(values, start=1):
        best = best_of(best, value, epoch, rising=rising)
    numbers = [value for value in values if not math.isnan(value)]

    if not numbers:
        assert best is None
        return
    expected = max(numbers) if rising else min(numbers)
    assert best == Best(expected, values.index(expected) + 1)


@given(VALUES, st.booleans(), st.sampled_from([0.0, 0.05, 0.2]))
def test_patience_counts_epochs_since_the_last_improvement(values: list[float], rising: bool, least: float) -> None:
    patience = Patience()
    marks: list[int] = []
    for epoch, value in enumerate(values):
        patience = patience.after(value, rising=rising, min_delta=least)
        before = values[marks[-1]] if marks else None
        gain = math.inf if before is None else (value - before) * (1 if rising else -1)
        if not math.isnan(value) and gain > least:
            marks.append(epoch)

    assert patience.waited == (len(values) - 1 - marks[-1] if marks else len(values))
    assert patience.reference == (values[marks[-1]] if marks else None)


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        (IRIS, ["training.early_stopping=10"]),
        (IRIS, ["training.early_stopping={patience: 4, metric: validation.accuracy}"]),
        (IRIS, ["training.early_stopping={patience: 2, metric: training.accuracy, min_delta: 0.01}"]),
        ("xor", [XOR[1], "training.early_stopping=3"]),
    ],
)
def test_it_is_the_run_that_was_as_long_and_ends_with_the_best_of_it(config: str, settings: list[str]) -> None:
    epochs, stopped = run(config, *settings)
    _, best = run(config, *settings, "training.early_stopping=null", f"training.epochs={stopped.best_epoch}")
    longer, _ = run(config, *settings, "training.early_stopping=null")

    assert stopped.outcome == "stopped early"
    assert stopped.restored
    assert stopped.epochs == len(epochs) < len(longer)
    assert stopped.parameters == best.parameters
    assert (stopped.final, stopped.validation) == (best.final, best.validation)
    assert [(one.training, one.validation) for one in epochs] == [
        (one.training, one.validation) for one in longer[: len(epochs)]
    ]


def test_without_restoring_it_ends_as_it_stopped() -> None:
    _, stopped = run(IRIS, "training.early_stopping={patience: 10, restore_best: false}")
    _, shorter = run(IRIS, f"training.epochs={stopped.epochs}")

    assert stopped.outcome == "stopped early"
    assert not stopped.restored
    assert stopped.parameters == shorter.parameters


def lowest(values: Sequence[float]) -> int:
    return int(np.argmin(values)) + 1


def test_it_stops_patience_epochs_after_the_best() -> None:
    epochs, stopped = run(IRIS, "training.early_stopping=10")
    losses = [epoch.validation.loss for epoch in epochs if epoch.validation]

    assert stopped.best_epoch == lowest(losses)
    assert stopped.epochs == stopped.best_epoch + 10
    assert stopped.validation is not None
    assert stopped.validation.loss == min(losses)


def test_without_validation_samples_it_is_the_training_loss_after_each_epoch() -> None:
    _, stopped = run(*XOR, "training.early_stopping=3")
    after = [run(*XOR, f"training.epochs={epoch}")[1].final.loss for epoch in range(1, stopped.epochs + 1)]

    assert stopped.best_epoch == lowest(after)
    assert stopped.final.loss == min(after)


def test_mode_says_which_way_is_better() -> None:
    epochs, stopped = run(IRIS, "training.early_stopping={patience: 5, mode: max}")
    losses = [epoch.validation.loss for epoch in epochs if epoch.validation]

    assert stopped.best_epoch == int(np.argmax(losses)) + 1


@pytest.mark.parametrize(
    "keeping", ["true", "validation.loss", "{metric: validation.loss}", "{mode: min}", "validation.accuracy"]
)
def test_the_best_is_kept_without_stopping(keeping: str) -> None:
    epochs, stopped = run(IRIS, f"training.keep_best={keeping}")
    _, best = run(IRIS, f"training.epochs={stopped.best_epoch}")

    assert stopped.outcome == "finished"
    assert len(epochs) == stopped.epochs == 60
    assert stopped.parameters == best.parameters


def test_what_diverges_later_ends_with_its_best_parameters_where_they_are_kept() -> None:
    diverging = ["optimizer.learning_rate=8", "training.epochs=2000", "network.layers.1.activation=identity"]
    diverging += ["loss=half_sse", "training.keep_best=true", "optimizer.name=sgd"]
    _, stopped = run("xor", *diverging)

    assert stopped.outcome == "diverged"
    assert stopped.best_epoch is not None
    assert stopped.final.loss < 1e6
    assert stopped.restored


def test_the_last_epoch_is_no_early_stop() -> None:
    _, stopped = run("mazur", "training={epochs: 1, early_stopping: {patience: 1, mode: max}}")
    _, later = run("mazur", "training={epochs: 2, early_stopping: {patience: 1, mode: max}}")

    assert (stopped.outcome, stopped.epochs) == ("finished", 1)
    assert (later.outcome, later.epochs) == ("finished", 2)


def test_what_nobody_watches_is_neither_measured_nor_kept() -> None:
    def never(part: str) -> None:
        pytest.fail(f"{part} was measured")

    observer = Observer(load(CONFIGS / "xor.yaml"))
    state = observer.after(State(), 1, 0.5, never, np.zeros(3))  # type: ignore[arg-type]

    assert state == State(Best(0.5, 1))
    assert not observer.is_tired(state)


def test_what_is_remembered_can_be_written_down() -> None:
    observer = Observer(load(CONFIGS / "xor.yaml", ["training.early_stopping=2"]))
    state = State()
    for epoch, loss in enumerate([0.5, 0.25, 0.75], start=1):
        state = observer.after(state, epoch, loss, lambda part, loss=loss: Values(loss), np.full(2, loss))
    written = asdict(state)

    assert written.pop("kept").tolist() == [0.25, 0.25]
    assert json.loads(json.dumps(written)) == {
        "best": {"value": 0.25, "epoch": 2},
        "stopping": {"reference": 0.25, "waited": 1},
        "rate": {"reference": None, "waited": 0},
        "plateaus": 0,
    }


def test_the_summary_and_json_say_how_it_ended() -> None:
    words = ["train", str(CONFIGS / "iris.yaml"), "--quiet", "--set", "training.early_stopping=10"]
    text = CliRunner().invoke(app, words, env={"COLUMNS": "80"}).stdout
    found = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).stdout)

    assert "           first      best   validation" in text
    assert "360 steps · 45 epochs · stopped early · best epoch 35, restored · " in text
    assert (found["outcome"], found["best_epoch"], found["restored"]) == ("stopped early", 35, True)
    assert len(found["history"]) == 45


def test_test_samples_are_never_watched(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n0,0\n1,1\n")
    path = tmp_path / "c.yaml"
    path.write_text(
        "network: {inputs: 1, layers: [{units: 1}]}\n"
        "data: {file: t.csv, targets: y, test_file: t.csv}\n"
        "training: {early_stopping: {metric: test.loss}}\n"
    )
    with pytest.raises(ConfigError, match="test samples are measured once, at the end; watch the validation part"):
        load(path)
