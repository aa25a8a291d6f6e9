"""Small sheets, marked: one line of text for a sheet, and the networks that the sheets are about."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from backprop_cli.api import check, load
from backprop_cli.config.loader import Setup
from backprop_cli.grading.entries import Entry
from backprop_cli.grading.marking import Marking

CONFIGS = Path(__file__).parents[2] / "configs"
SGD = {"name": "sgd", "learning_rate": 0.1}

NETWORKS: dict[str, dict[str, Any]] = {
    "softmax": {
        "network": {
            "inputs": 2,
            "layers": [
                {"units": 2, "activation": "softmax", "weights": [[0.2, -0.4], [0.5, 0.1]], "bias": [0.1, -0.2]}
            ],
        },
        "data": {"inputs": [[1.0, 2.0]], "targets": [[1, 0]]},
        "loss": "cross_entropy",
        "optimizer": SGD,
    },
    "batch": {
        "network": {
            "inputs": 1,
            "layers": [{"units": 1, "activation": "sigmoid", "weights": [[0.4]], "bias": [0.1]}],
        },
        "data": {"inputs": [[0.5], [1.0]], "targets": [[0], [1]]},
        "loss": "mse",
        "optimizer": {"name": "sgd", "learning_rate": 0.5},
        "training": {"batch_size": "full", "steps": 2},
    },
    "adam": {
        "network": {
            "inputs": 1,
            "layers": [{"units": 1, "activation": "sigmoid", "weights": [[0.3]], "bias": [0.1]}],
        },
        "data": {"inputs": [[0.5]], "targets": [[1]]},
        "loss": "half_sse",
        "optimizer": {"name": "adam", "learning_rate": 0.1},
        "training": {"steps": 2},
    },
}


def setup_named(name: str, settings: Sequence[str] = ()) -> Setup:
    """Read one of the networks, or of the configs that come along."""
    if name in NETWORKS:
        return load("-", settings, stdin=io.StringIO(json.dumps(NETWORKS[name])))
    return load(CONFIGS / f"{name}.yaml", settings)


def entries_of(sheet: str) -> Iterator[Entry]:
    """Read a sheet: `name figure` pairs with commas between them; `#2` before those of step 2."""
    step = 1
    for item in sheet.split(","):
        words = item.split()
        if words[0].startswith("#"):
            step = int(words.pop(0)[1:])
        yield Entry(words[0], words[1], step=step)


@pytest.fixture(scope="session")
def marked() -> Callable[..., Marking]:
    """Give a function that marks a sheet."""

    def mark_sheet(network: str, sheet: str | Sequence[Entry], *settings: str) -> Marking:
        entries = tuple(entries_of(sheet)) if isinstance(sheet, str) else sheet
        return check(setup_named(network, settings), entries).marking

    return mark_sheet
