"""Dropout belongs to the steps of training alone: what is measured has every neuron, and no other draw is disturbed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_cli.api import explain, gradcheck, load
from backprop_cli.config.loader import Setup
from backprop_cli.training.events import EpochDone, RunStopped, StepDone
from backprop_cli.training.loop import record_step, train

CONFIG = """
network:
  inputs: 2
  layers:
    - {units: 6, activation: tanh, dropout: 0.5}
    - {units: 5, activation: relu, dropout: 0.2}
    - {units: 1, activation: sigmoid}
data:
  inputs: [[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.2], [0.1, 0.9]]
  targets: [0, 1, 1, 0, 0, 1]
  validation: 0.3
loss: binary_cross_entropy
training: {epochs: 3, batch_size: 2}
report: {trace: 6}
"""


@pytest.fixture
def setup(tmp_path: Path) -> Any:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return lambda *settings: load(path, settings)


WITHOUT = ("network.layers.0.dropout=0", "network.layers.1.dropout=0")


def stopped(setup: Setup) -> RunStopped:
    *_, last = train(setup)
    assert isinstance(last, RunStopped)
    return last


def test_what_is_measured_has_every_neuron(setup: Any) -> None:
    thinned, whole = stopped(setup()), stopped(setup(*WITHOUT))

    assert thinned.initial == whole.initial
    assert thinned.final.loss != whole.final.loss


def test_the_loss_of_an_epoch_is_that_of_its_steps_with_dropout(setup: Any) -> None:
    events = list(train(setup()))
    losses = [event.record.loss for event in events if isinstance(event, StepDone)]
    epochs = [event.training.loss for event in events if isinstance(event, EpochDone)]

    assert len(losses) == 6
    assert epochs == pytest.approx([np.mean(losses[start : start + 2]) for start in (0, 2, 4)])
    assert losses[0] != next(event.record.loss for event in train(setup(*WITHOUT)) if isinstance(event, StepDone))


def test_other_draws_of_the_seed_are_not_disturbed(setup: Any) -> None:
    one, other = record_step(setup(), 1), record_step(setup(*WITHOUT), 1)

    np.testing.assert_array_equal(one.before, other.before)
    assert one.samples == other.samples


def test_steps_have_masks_of_their_own_and_the_same_run_has_them_again(setup: Any) -> None:
    records = [record_step(setup(), step) for step in (1, 2, 2)]
    first, second, again = (record.kept[0] for record in records)

    assert first is not None
    assert second is not None
    assert (first != second).any()
    np.testing.assert_array_equal(second, again)
    other = record_step(setup("training.seed=1"), 1).kept[0]
    assert other is not None
    assert (first != other).any()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
@pytest.mark.parametrize("form", ["console", "markdown", "latex", "html", "json", "python"])
def test_any_step_is_explained_in_any_form(setup: Any, order: str, dtype: str, form: str) -> None:
    told = explain(setup(f"update_order={order}", f"training.dtype={dtype}"), step=5)

    assert told.text(form)
    assert told.line(f"a2_1@{told.sheet.ground.record.samples[0]}").term is not None


def test_a_gradient_is_checked_with_every_neuron(setup: Any) -> None:
    found = gradcheck(setup(), step=4)

    assert found.passed
    assert found.record.step == 4
    assert found.record.kept == (None, None, None)
    assert found.record.samples == record_step(setup(), 4).samples
