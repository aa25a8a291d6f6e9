"""Runs that differ in what they must remember."""

from pathlib import Path

import pytest

from backprop_cli.config.loader import Setup, load

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
    "a warm-up counted in steps": (
        "schedule: {name: linear_warmup, per: step, length: 3, then: {name: cosine, per: step}}\n"
        "training: {epochs: 3, batch_size: 3}"
    ),
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
    "half of the neurons are left out": (
        "network.layers.0.dropout: 0.5\noptimizer: adam\ntraining: {epochs: 4, batch_size: 4}"
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


@pytest.fixture(params=CASES.values(), ids=CASES)
def setup(tmp_path: Path, request: pytest.FixtureRequest) -> Setup:
    """Give each of them, one after the other."""
    return setup_of(tmp_path, request.param)


@pytest.fixture
def plain(tmp_path: Path) -> Setup:
    """Give one of them."""
    return setup_of(tmp_path, next(iter(CASES.values())))
