"""A step that is asked for by its number is the step that training takes."""

from pathlib import Path

import numpy as np
import pytest

from backprop_cli.config.loader import load
from backprop_cli.engine.record import StepRecord
from backprop_cli.errors import ConfigError, DivergedError, UsageError
from backprop_cli.training.events import StepDone
from backprop_cli.training.loop import record_step, train

CONFIGS = Path(__file__).parent.parent.parent / "configs"
SHRINKING = "schedule={name: exponential, per: step, factor: 0.9}"
CASES = [
    ("iris", ["training.epochs=3"], [1, 7, 8, 20]),
    ("iris", ["optimizer={name: momentum, learning_rate: 0.1}", "training.batch_size=50", "training.epochs=4"], [3, 9]),
    ("xor", ["schedule={name: step, every: 2, factor: 0.5}"], [1, 2, 3, 6]),
    ("xor", ["data.order=[1, [2, 3], 4]", "training={epochs: 2}", SHRINKING], [2, 6]),
    ("mazur", ["update_order=sequential", "training.steps=5"], [5]),
    ("iris", ["schedule={name: plateau, patience: 1, mode: max}", "training.epochs=5"], [1, 17, 24, 25, 40]),
    ("iris", ["schedule={name: plateau, patience: 2, metric: training.accuracy}", "training.epochs=12"], [50, 90]),
    ("xor", ["optimizer.learning_rate=1", "schedule={name: plateau, patience: 2}", "training.epochs=30"], [5, 12, 30]),
]  # fmt: skip


def same(one: StepRecord, other: StepRecord) -> bool:
    arrays = [(getattr(one, name), getattr(other, name)) for name in ("before", "after", "gradient", "x", "y")]
    facts = [(one.step, other.step), (one.epoch, other.epoch), (one.samples, other.samples), (one.rate, other.rate)]
    return all(np.array_equal(a, b) for a, b in arrays) and all(a == b for a, b in facts) and one.loss == other.loss


@pytest.mark.parametrize(("config", "settings", "steps"), CASES)
def test_it_is_the_step_that_training_takes(config: str, settings: list[str], steps: list[int]) -> None:
    setup = load(CONFIGS / f"{config}.yaml", settings)
    trained = {event.record.step: event.record for event in train(setup, trace=steps) if isinstance(event, StepDone)}

    assert trained.keys() == set(steps)
    for step in steps:
        assert same(record_step(setup, step), trained[step])


@pytest.mark.parametrize(("config", "settings", "steps"), CASES)
def test_the_schedule_is_told_where_the_step_stands(config: str, settings: list[str], steps: list[int]) -> None:
    setup = load(CONFIGS / f"{config}.yaml", settings)
    for step in steps:
        record = record_step(setup, step)
        count, length = record.turn
        rate = setup.experiment.schedule.formula(setup.experiment.optimizer.learning_rate, float(count), length)

        assert rate == record.rate


def test_a_step_beyond_the_configured_run_goes_on_as_a_longer_run_would() -> None:
    short, long = load(CONFIGS / "iris.yaml", ["training.epochs=1"]), load(CONFIGS / "iris.yaml")

    assert same(record_step(short, 100), record_step(long, 100))


@pytest.mark.parametrize("step", [0, -1])
def test_steps_count_from_one(step: int) -> None:
    with pytest.raises(UsageError, match=f"there is no step {step}; steps count from 1"):
        record_step(load(CONFIGS / "mazur.yaml"), step)


def test_without_targets_there_is_nothing_to_record(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("network: {inputs: 1, layers: [{units: 1}]}\ndata: {inputs: [1]}\n")
    with pytest.raises(ConfigError, match=r"data\.targets is missing"):
        record_step(load(path), 1)


def test_a_run_that_diverges_on_the_way_says_where() -> None:
    settings = ["optimizer.learning_rate=1e200", *(f"network.layers.{n}.activation=identity" for n in (0, 1))]
    with pytest.raises(DivergedError, match=r"is -?(inf|nan) in step \d; training stopped before the update of that"):
        record_step(load(CONFIGS / "two-neurons.yaml", settings), 50)
