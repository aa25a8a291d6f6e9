"""A shipped config with something wrong in it ends in a clear error, or trains; it never ends in a bug."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backprop_cli.config.loader import load
from backprop_cli.documents.yaml_reader import read_yaml
from backprop_cli.errors import BackpropError
from backprop_cli.training.loop import train
from backprop_cli.training.plan import describe

FOLDER = Path(__file__).parent.parent.parent / "configs"
# The digits are not shipped.
CONFIGS = sorted(path for path in FOLDER.glob("*.yaml") if path.stem != "mnist")
VALUES: list[Any] = [
    None, True, 0, -1, 1, 3, 10**12, 10**400, 1e308, -1e308, 1e-320, "x", "sigmoid", "softmax", "relu", "adam",
    "", [], {},
    [1], [[1]], [[1, 2], [3]], [["a"]], [None], {"a": 1}, {"name": "x"}, {"name": "adam", "eps": 1e-3},
    "0.1", "full",
    {"per": "connection"}, {"per": "layer", "values": [1]}, "z2", "dL/dw1", "w1_1_1 + b1_1",
    "cross_entropy", {"norm": 1},
    {"name": "linear_warmup", "length": 2, "then": "cosine"}, {"value": 1}, {"l1": 1}, "sequential", "zero_based",
    "validation.loss", "training.accuracy", {"final.loss": "<= 0.1"}, {"epochs": ["> 0"]}, "<= 0.1",
]  # fmt: skip
KEYS = [
    "clip",
    "penalty",
    "trace",
    "digits",
    "decimals",
    "carry",
    "order",
    "validation",
    "bias",
    "weights",
    "names",
    "early_stopping",
    "keep_best",
    "expect",
    "metric",
    "foo",
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Walk the paths of everything in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def mutate(document: Any, draw: random.Random) -> None:
    *way, last = draw.choice(list(places(document)))
    for key in way:
        document = document[key]
    if isinstance(document[last], dict) and draw.random() < 0.4:
        document, last = document[last], draw.choice(KEYS)
    document[last] = copy.deepcopy(draw.choice(VALUES))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_mutated_config_never_ends_in_a_bug(path: Path, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(path.parent / "data")
    original = read_yaml(path).plain()
    assert isinstance(original, dict)
    original["training"] = {"steps": 3}
    draw = random.Random(path.stem)  # noqa: S311  mutations are no secret
    ends = {"trained": 0, "refused": 0}
    for _ in range(250):
        document = copy.deepcopy(original)
        for _ in range(draw.randint(1, 3)):
            mutate(document, draw)
        (tmp_path / "config.yaml").write_text(json.dumps(document))
        try:
            setup = load(tmp_path / "config.yaml")
            if describe(setup).parameters < 10_000 and setup.experiment.training.steps == 3:
                setup.require_targets()
                list(train(setup))
                ends["trained"] += 1
        except BackpropError as error:
            assert str(error)  # noqa: PT017  either end is right
            ends["refused"] += 1

    assert min(ends.values()) > 0
