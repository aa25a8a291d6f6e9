"""A run that goes on from where another stood does what the other would have done, to the last bit."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from backprop_cli.config.loader import Setup, load
from backprop_cli.training.events import EpochDone, Event, Paused, RunStopped
from backprop_cli.training.position import Position
from backprop_cli.training.trainer import Trainer

CONFIG = """
network:
  inputs: 2
  layers:
    - {units: 3, activation: tanh}
    - {units: 1, activation: sigmoid}
data:
  inputs: [[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.2], [0.1, 0.9], [0.7, 0.7]]
  targets: [0, 1, 1, 0, 0, 1, 0]
  validation: 0.2
loss: binary_cross_entropy
"""

# What a run remembers differs in each.
CASES = {
    "adam, batches that divide nothing evenly": "optimizer: adam\ntraining: {epochs: 4, batch_size: 4}",
    "momentum, and the last epoch is cut short": "optimizer: momentum\ntraining: {steps: 8, batch_size: 2}",
    "steps of one sample in a given order": "data.order: [3, 1, [2, 4]]\ndata.validation: 0\ntraining: {epochs: 3}",
    "a rate that waits for a plateau": (
        "optimizer: {name: adam, learning_rate: 0.5}\nschedule: {name: plateau, patience: 1}\n"
        "training: {epochs: 6, batch_size: 3}"
    ),
    "a rate of each step": "schedule: {name: cosine, per: step}\ntraining: {epochs: 3, batch_size: 3}",
    "patience that runs out": (
        "optimizer: {name: sgd, learning_rate: 20}\ntraining: {epochs: 40, batch_size: 3, early_stopping: 2}"
    ),
    "the best epoch is kept": (
        "optimizer: {name: sgd, learning_rate: 20}\n"
        "training: {epochs: 7, batch_size: 3, keep_best: validation.accuracy}"
    ),
    "adagrad in single precision": "optimizer: adagrad\ntraining: {epochs: 3, batch_size: 2, dtype: float32}",
    "full batches, clipped and charged": (
        "optimizer: {name: adamw, clip: {norm: 0.1}, penalty: {l2: 0.1}}\ntraining: {epochs: 5}"
    ),
    "nothing is finite in the third epoch": (
        "loss: mse\nnetwork.layers.1.activation: identity\noptimizer: {name: sgd, learning_rate: 1.0e+60}\n"
        "training: {epochs: 9, batch_size: 3}"
    ),
}


def setup_of(folder: Path, changes: str) -> Setup:
    config = folder / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    return load(config, [line.replace(": ", "=", 1) for line in changes.splitlines()])


def timeless(event: Event | Paused) -> Event | Paused:
    return replace(event, seconds=0.0) if isinstance(event, EpochDone | RunStopped) else event


def told(trainer: Trainer) -> list[Event | Paused]:
    return [timeless(event) for event in trainer.events()]


def stands(setup: Setup) -> Iterator[tuple[Position, list[Event | Paused]]]:
    """Give each place where a run stood, and what it told from there on."""
    trainer = Trainer(setup)
    seen: list[tuple[int, Position]] = []
    events: list[Event | Paused] = []
    for event in trainer.events(pause=lambda: True):
        if isinstance(event, Paused | EpochDone):
            seen.append((len(events) + isinstance(event, EpochDone), trainer.position))
        if not isinstance(event, Paused):
            events.append(timeless(event))
    for told_before, position in seen:
        yield position, events[told_before:]


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_from_any_place_a_run_goes_on_as_if_it_had_never_stopped(tmp_path: Path, changes: str) -> None:
    setup = setup_of(tmp_path, changes)
    places = list(stands(setup))
    assert len(places) > 3
    for position, rest in places:
        assert told(Trainer(setup, position)) == rest


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_what_was_noted_stays_as_it_was(tmp_path: Path, changes: str) -> None:
    setup = setup_of(tmp_path, changes)
    for (earlier, _), (later, _) in pairwise(stands(setup)):
        assert earlier.steps <= later.steps
        assert not earlier.theta.flags.writeable
        assert not any(vector.flags.writeable for vector in earlier.optimizer.values())
        assert earlier.sums is not later.sums


def test_what_a_run_has_told_depends_on_nobody_asking_where_it_stands(tmp_path: Path) -> None:
    setup = setup_of(tmp_path, CASES["adam, batches that divide nothing evenly"])
    (_, rest), *_ = stands(setup)
    assert told(Trainer(setup)) == rest
