"""A run as one JSON document: all of it, at full precision, valid whatever happened."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backprop_cli import __version__
from backprop_cli.documents.json_writer import write_json
from backprop_cli.engine.layout import Trainable
from backprop_cli.render.to_json import document
from backprop_cli.rules.optimizers.momentum import Momentum
from backprop_cli.training.events import Trouble, Values

Tell = Callable[..., Any]


def strictly(text: str) -> Any:
    """Read JSON as the standard has it, without NaN and Infinity."""

    def refuse(word: str) -> None:
        pytest.fail(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def read_back(run: Any, **options: Any) -> Any:
    return strictly(write_json(document({"loss": "half_sse"}, run.events(**options), run.layout, run.names)))


def test_a_run_has_its_parts_in_their_places(told: Tell) -> None:
    found = read_back(told(), validation=Values(0.25, {"mae": 0.5}))

    assert list(found) == [
        "schema", "command", "version", "experiment", "run", "history", "steps", "outcome", "trouble", "best_epoch",
        "restored", "plateaus", "initial", "final", "test", "expect", "confusion", "parameters", "timing",
    ]  # fmt: skip
    assert (found["schema"], found["command"], found["version"]) == (1, "train", __version__)
    assert found["run"] == {
        "summary": "1-1-1 · sigmoid, sigmoid", "parameters": 4, "trainable": 4, "samples": 1, "validation_samples": 0,
        "steps": 1, "epochs": 1, "seed": 0, "dtype": "float64", "test_samples": 0,
    }  # fmt: skip
    (epoch,) = found["history"]
    assert list(epoch) == ["epoch", "step", "loss", "metrics", "validation", "learning_rate"]
    assert found["final"] == {
        "loss": 0.3769823825, "metrics": {"mae": 0.8683}, "validation": {"loss": 0.25, "metrics": {"mae": 0.5}}
    }  # fmt: skip
    assert found["timing"] == {"seconds": 0.5, "samples_per_second": 2.0}


def test_without_validation_samples_it_is_null(told: Tell) -> None:
    found = read_back(told())

    assert found["final"]["validation"] is None
    assert found["history"][0]["validation"] is None
    assert found["trouble"] is None


def test_every_float_is_read_back_bit_for_bit(told: Tell) -> None:
    run = told(x=[[0.5], [0.1]], y=[[1.5], [0.7]], samples=(4, 2))
    (step,) = read_back(run)["steps"]

    assert step["loss"] == run.record.loss
    assert step["samples"] == [4, 2]
    assert step["predictions"] == run.record.predictions.T.tolist()
    assert step["targets"] == [[1.5], [0.7]]
    for row, (_, address) in zip(step["parameters"], run.layout.parameters(), strict=True):
        vectors = (run.record.gradient, run.record.before, run.record.change, run.record.after)
        assert [row[key] for key in ("gradient", "before", "change", "after")] == [v[address] for v in vectors]


def test_what_samples_count_and_which_units_take_part_are_listed_by_sample(told: Tell) -> None:
    run = told(x=[[0.5], [0.1]], y=[[1.5], [0.7]])
    masked = replace(run.record, weights=np.array([2.0, 0.5]), kept=(np.array([[1.0, 0.0]]), None))
    ((plain,), (step,)) = (read_back(replace(run, record=record))["steps"] for record in (run.record, masked))

    assert (plain["weights"], plain["kept"]) == (None, [None, None])
    assert (step["weights"], step["kept"]) == ([2.0, 0.5], [[[1.0], [0.0]], None])


def test_names_are_in_the_default_notation_and_labels_are_the_readers_own(told: Tell) -> None:
    (step,) = read_back(told(names={"slope": "w1"}))["steps"]

    assert [row["name"] for row in step["parameters"]] == ["w1_1_1", "b1_1", "w2_1_1", "b2_1"]
    assert [row["label"] for row in step["parameters"]] == ["slope", "b1_1", "w2_1_1", "b2_1"]


def test_what_is_frozen_has_no_gradient_and_no_state(told: Tell) -> None:
    run = told(optimizer=Momentum(), trainable=[Trainable(weights=True, bias=False), Trainable()])
    (step,) = read_back(run)["steps"]
    (letter,) = step["state"]

    assert [row["gradient"] is None for row in step["parameters"]] == [False, True, False, False]
    assert [row["applied"] is None for row in step["parameters"]] == [False, True, False, False]
    assert list(step["state"][letter]) == ["w1_1_1", "w2_1_1", "b2_1"]
    assert step["state"][letter]["w1_1_1"] == run.record.state_after[letter][0]


def test_a_run_that_diverged_says_so_and_is_still_json(told: Tell) -> None:
    found = read_back(
        told(), trouble=Trouble("L", "nan", 2, "lower it"), validation=Values(math.nan, {"mae": math.inf})
    )

    assert found["outcome"] == "diverged"
    assert found["trouble"] == {"quantity": "L", "value": "nan", "step": 2, "advice": "lower it"}
    assert found["final"]["validation"] == {"loss": None, "metrics": {"mae": None}}


def test_a_dry_run_has_no_end(told: Tell) -> None:
    run = told()
    found = strictly(write_json(document({}, run.events()[:1], run.layout, run.names)))

    assert (found["history"], found["steps"]) == ([], [])
    assert "outcome" not in found


def test_text_is_indented_readable_and_ends_with_a_line_end() -> None:
    assert write_json({"name": "ŷ", "values": (1.0, -math.inf, 5e-324)}) == (
        '{\n  "name": "ŷ",\n  "values": [\n    1.0,\n    null,\n    5e-324\n  ]\n}\n'
    )
