"""Several steps that are asked for at once are those that are asked for one by one."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from backprop_cli.config.loader import Setup, load
from backprop_cli.engine.record import StepRecord
from backprop_cli.errors import ConfigError, DivergedError, UsageError
from backprop_cli.training.loop import record_step, record_steps

CONFIGS = Path(__file__).parents[2] / "configs"
MOMENTUM = "optimizer={name: momentum, learning_rate: 0.1}"
DIVERGING = ["optimizer.learning_rate=1e200", *(f"network.layers.{n}.activation=identity" for n in (0, 1))]

# A config, settings, and steps; the last of each lie beyond the run.
CASES = [
    ("mazur", [], [1, 2, 30]),
    ("mazur", ["update_order=sequential", "training.steps=5"], [5, 1, 3, 3, 12]),
    ("iris", ["training.epochs=2", MOMENTUM], [1, 7, 8, 100]),
    ("xor", ["optimizer={name: adam, learning_rate: 0.1}", "training={epochs: 2}"], [4, 2, 3, 20]),
    ("xor", ["data.order=[1, [2, 3], 4]", "training={epochs: 2}"], [2, 6, 11]),
    ("xor", ["schedule={name: exponential, per: step, factor: 0.9}", "training={epochs: 3}"], [1, 3, 8]),
    ("iris", ["schedule={name: plateau, patience: 1, mode: max}", "training.epochs=2"], [1, 17, 40]),
]


def setup(config: str, settings: list[str]) -> Setup:
    return load(CONFIGS / f"{config}.yaml", settings)


def assert_same(one: StepRecord, other: StepRecord) -> None:
    for name in StepRecord.__dataclass_fields__:
        values = getattr(one, name), getattr(other, name)
        assert type(values[0]) is type(values[1]), name
        np.testing.assert_equal(*values, err_msg=name)


@pytest.mark.parametrize(("config", "settings", "steps"), CASES)
def test_steps_are_recorded_as_they_are_one_by_one(config: str, settings: list[str], steps: list[int]) -> None:
    records = list(record_steps(setup(config, settings), steps))

    assert [record.step for record in records] == sorted(set(steps))
    for record in records:
        assert_same(record, record_step(setup(config, settings), record.step))


def test_a_record_is_not_touched_by_the_steps_after_it() -> None:
    records = record_steps(setup("mazur", []), [1, 2, 3])
    first = next(records)
    before, after, loss = first.before.copy(), first.after.copy(), first.loss
    list(records)

    np.testing.assert_array_equal(first.before, before)
    np.testing.assert_array_equal(first.after, after)
    assert first.loss == loss


def test_a_step_starts_where_the_one_before_ended() -> None:
    records = list(record_steps(setup("xor", []), range(1, 6)))

    for one, other in pairwise(records):
        np.testing.assert_array_equal(one.after, other.before)


def test_nothing_is_trained_before_it_is_asked_for() -> None:
    records = record_steps(setup("two-neurons", DIVERGING), [1, 50])

    assert next(records).step == 1


@pytest.mark.parametrize("steps", [[50], [1, 50], [1, 2, 3, 50, 60]])
def test_a_run_that_diverges_says_at_which_step_whatever_was_asked_for(steps: list[int]) -> None:
    got: list[int] = []
    with pytest.raises(DivergedError) as alone:
        record_step(setup("two-neurons", DIVERGING), 50)
    records = record_steps(setup("two-neurons", DIVERGING), steps)
    with pytest.raises(DivergedError) as several:
        got.extend(record.step for record in records)

    (diverged,) = [number for number in range(1, 10) if f"in step {number};" in str(alone.value)]
    assert str(several.value) == str(alone.value)
    assert got == [step for step in steps if step < diverged]
    assert str(several.value).endswith(
        "try a lower optimizer.learning_rate (now 1e+200), or optimizer.clip: {norm: 1.0}"
    )


@pytest.mark.parametrize("steps", [[0], [-1, 2], [3, 0]])
def test_steps_count_from_one(steps: list[int]) -> None:
    with pytest.raises(UsageError, match=f"^there is no step {min(steps)}; steps count from 1$"):
        list(record_steps(setup("mazur", []), steps))


def test_no_steps_are_no_records() -> None:
    assert list(record_steps(setup("mazur", []), [])) == []


def test_without_targets_there_is_nothing_to_record(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("network: {inputs: 1, layers: [{units: 1}]}\ndata: {inputs: [1]}\n")
    with pytest.raises(ConfigError, match=r"data\.targets is missing"):
        list(record_steps(load(path), [1, 2]))
