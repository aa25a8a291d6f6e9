"""Runs to disturb, started as a user starts them, and what a disturbed folder is compared by."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest

INLINE = """
data:
  inputs: [[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.2], [0.1, 0.9], [0.7, 0.7]]
  targets: [0, 1, 1, 0, 0, 1, 0]
  validation: 0.2
network: {inputs: 2, layers: [{units: 3, activation: tanh}, {units: 1, activation: sigmoid}]}
loss: binary_cross_entropy
"""
TABLE = """
data: {file: table.csv, targets: kind, standardize: true, validation: 0.2}
network: {inputs: 2, layers: [{units: 3, activation: tanh}, {units: 3, activation: softmax}]}
loss: cross_entropy
"""
ARRAYS = """
data: {inputs: {file: x.npy}, targets: {file: y.npy}, window: 0.001}
network: {inputs: 2, layers: [{units: 3, activation: tanh}, {units: 1, activation: identity}]}
loss: mse
"""
# What a run must remember differs in each; the length comes with the test.
CASES = {
    "adam in batches": INLINE + "optimizer: adam\ntraining: {batch_size: 2",
    "momentum in single precision": INLINE + "optimizer: momentum\ntraining: {batch_size: 4, dtype: float32",
    "a table": TABLE + "optimizer: adam\ntraining: {batch_size: 8",
    "patience": TABLE + "optimizer: {name: sgd, learning_rate: 5}\ntraining: {batch_size: 8, early_stopping: 50",
    "the best is kept": TABLE
    + "optimizer: {name: sgd, learning_rate: 2}\ntraining: {batch_size: 8, keep_best: validation.accuracy",
    "a plateau": INLINE + "optimizer: {name: rmsprop, learning_rate: 0.3}\n"
    "schedule: {name: plateau, patience: 1}\ntraining: {batch_size: 3",
    "dropout": INLINE.replace("tanh", "tanh, dropout: 0.4") + "optimizer: adam\ntraining: {batch_size: 4",
    "classes that count differently": TABLE + "optimizer: adam\ntraining: {class_weights: balanced, batch_size: 8",
    "rows at a time": ARRAYS + "optimizer: adam\ntraining: {shuffle: blocks, batch_size: 8",
    "full batches": INLINE + "optimizer: adamw\ntraining: {batch_size: full",
}
Made: TypeAlias = Callable[[str, str], Path]
Ended: TypeAlias = "subprocess.CompletedProcess[str]"


@pytest.fixture(scope="session")
def configs(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Write the config of a case, with more settings of `training`, beside its data."""
    folder = tmp_path_factory.mktemp("configs")
    draw = np.random.default_rng(5)
    x = draw.normal(size=(60, 2))
    kinds = np.digitize(x[:, 0] + 0.3 * draw.normal(size=60), [-0.5, 0.5])
    rows = [f"{a},{b},{'abc'[kind]}" for (a, b), kind in zip(x.tolist(), kinds, strict=True)]
    (folder / "table.csv").write_text("\n".join(["first,second,kind", *rows]) + "\n")
    many = draw.normal(size=(3000, 2))
    np.save(folder / "x.npy", many[:160])
    np.save(folder / "y.npy", many[:160, :1] * many[:160, 1:])

    def made(case: str, more: str) -> Path:
        path = folder / f"{abs(hash((case, more)))}.yaml"
        path.write_text(f"{CASES[case]}, {more}}}\n")
        return path

    return made


def backprop(*words: object, **more: Any) -> Ended:
    """Run the command to its end."""
    environment = {**os.environ, **more.pop("env", {})}
    return subprocess.run(
        [*more.pop("before", ()), sys.executable, "-m", "backprop_cli", *map(str, words)],
        capture_output=True, text=True, check=False, timeout=120, env=environment, **more,
    )  # fmt: skip


@pytest.fixture(name="backprop", scope="session")
def give_backprop() -> Callable[..., Ended]:
    return backprop


def contents(folder: Path) -> dict[str, Any]:
    """Give all that a folder holds; what no two runs share is left out."""
    found: dict[str, Any] = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    run = json.loads(found.pop("run.json"))
    return {**found, "times": set(run.pop("times")), "run.json": run}


@pytest.fixture(name="contents", scope="session")
def give_contents() -> Callable[[Path], dict[str, Any]]:
    return contents
