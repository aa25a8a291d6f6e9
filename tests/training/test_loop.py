"""The loop tells what happens, in order, the same way each time, and stops where it must."""

from pathlib import Path

import numpy as np
import pytest

from backprop_cli.config.loader import Setup, load
from backprop_cli.data.batches import Batches
from backprop_cli.errors import ConfigError
from backprop_cli.training.events import EpochDone, RunStarted, RunStopped, StepDone
from backprop_cli.training.loop import train

NET = "network: {inputs: 1, layers: [{units: 2, activation: tanh}, {units: 1, activation: identity}]}\n"
FIVE = "data: {inputs: [0, 1, 2, 3, 4], targets: [0, 1, 4, 9, 16]"


def setup(tmp_path: Path, text: str, *settings: str) -> Setup:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return load(path, settings)


def test_events_come_in_order_and_an_epochs_loss_is_the_mean_of_its_steps(tmp_path: Path) -> None:
    config = NET + FIVE + "}\nloss: mse\ntraining: {epochs: 2, batch_size: 2}\nreport: {trace: 6}\n"
    events = list(train(setup(tmp_path, config)))
    records = [event.record for event in events if isinstance(event, StepDone)]
    epochs = [event for event in events if isinstance(event, EpochDone)]

    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunStopped)
    assert [record.step for record in records] == [1, 2, 3, 4, 5, 6]
    assert [len(record.samples) for record in records] == [2, 2, 1, 2, 2, 1]
    assert sorted(n for record in records[:3] for n in record.samples) == [1, 2, 3, 4, 5]
    assert [epoch.step for epoch in epochs] == [3, 6]
    assert epochs[0].training.loss == pytest.approx(np.mean([record.loss for record in records[:3]]))
    for record in records:
        assert record.x[0].tolist() == [number - 1 for number in record.samples]


def test_a_stated_order_is_followed_and_starts_over(tmp_path: Path) -> None:
    config = NET + FIVE + ", order: [3, [1, 5], 3]}\ntraining: {steps: 5}\n"
    records = [event.record for event in train(setup(tmp_path, config)) if isinstance(event, StepDone)]

    assert [record.samples for record in records] == [(3,), (1, 5), (3,), (3,), (1, 5)]
    assert [record.epoch for record in records] == [1, 1, 1, 2, 2]


def test_steps_may_end_inside_an_epoch(tmp_path: Path) -> None:
    config = NET + FIVE + "}\ntraining: {steps: 4, batch_size: 2}\n"
    *_, stopped = train(setup(tmp_path, config))

    assert isinstance(stopped, RunStopped)
    assert (stopped.steps, stopped.epochs) == (4, 2)


def test_every_epoch_has_an_order_that_follows_from_the_seed_alone() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        return [int(row) for rows in Batches(20, 3, shuffle=True, seed=seed).epoch(epoch) for row in rows]

    assert order(1, 2) == order(1, 2)
    assert order(1, 2) != order(1, 3)
    assert order(1, 2) != order(2, 2)
    assert sorted(order(1, 2)) == list(range(20))


def test_a_schedule_sets_the_rate_of_each_step(tmp_path: Path) -> None:
    config = NET + FIVE + "}\ntraining: {steps: 4}\noptimizer: {name: sgd, learning_rate: 0.01}\n"
    config += "schedule: {name: exponential, factor: 0.5, per: step}\n"
    rates = [event.record.rate for event in train(setup(tmp_path, config)) if isinstance(event, StepDone)]

    assert rates == [0.01, 0.005, 0.0025, 0.00125]


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        (
            ["optimizer={name: sgd, learning_rate: 1e6}", "training.steps=200"],
            "lower optimizer.learning_rate (now 1e+06)",
        ),
        (["data.inputs=[1e200, 1e300, 2, 3, 4]", "training.steps=3"], "data.standardize: true"),
    ],
)
def test_a_run_that_diverges_stops_and_says_where(settings: list[str], advice: str, tmp_path: Path) -> None:
    config = NET.replace("tanh", "identity") + FIVE + "}\nloss: half_sse\n"
    *_, stopped = train(setup(tmp_path, config, *settings))

    assert isinstance(stopped, RunStopped)
    assert stopped.outcome == "diverged"
    assert stopped.trouble is not None
    assert stopped.trouble.value in {"inf", "-inf", "nan"}
    assert stopped.trouble.step == stopped.steps + 1
    assert advice in stopped.trouble.advice
    assert all(np.isfinite(value) for value in stopped.parameters.values())


def test_without_targets_there_is_nothing_to_train(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"data\.targets is missing"):
        list(train(setup(tmp_path, NET + "data: {inputs: [1, 2]}\n")))


def test_standardizing_learns_from_the_training_part_only(tmp_path: Path) -> None:
    config = NET + FIVE + ", standardize: true, validation: 0.4}\n"
    dataset = setup(tmp_path, config).dataset

    assert dataset.validation is not None
    assert len(dataset.training) == 3
    assert len(dataset.validation) == 2
    np.testing.assert_allclose(dataset.training.inputs.mean(), 0.0, atol=1e-15)
    np.testing.assert_allclose(dataset.training.inputs.std(), 1.0)
    assert {*dataset.training.numbers, *dataset.validation.numbers} == {1, 2, 3, 4, 5}


def test_a_layout_of_rows_by_input_is_transposed(tmp_path: Path) -> None:
    rows = "network: {{inputs: 2, layers: [{{units: 3, {}}}]}}\ndata: {{inputs: [[1, 2]], targets: [[1, 2, 3]]}}\n"
    plain = setup(tmp_path, rows.format("weights: [[1, 4], [2, 5], [3, 6]]"))
    turned = setup(tmp_path, rows.format("weights: [[1, 2, 3], [4, 5, 6]], weights_layout: rows_are_inputs"))

    def losses(made: Setup) -> list[float]:
        return [event.record.loss for event in train(made) if isinstance(event, StepDone)]

    assert losses(plain) == losses(turned)


TABLE = "size,colour,kind\n1.5,red,b\n2.5,blue,a\n3.5,red,a\n"


def test_text_columns_become_one_hot_inputs_and_classes(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\ufeff" + TABLE.replace("\n", "\r\n"), encoding="utf-8")
    net = "network: {inputs: 3, layers: [{units: 2, activation: softmax}]}\nloss: cross_entropy\n"
    made = setup(tmp_path, net + "data: {file: t.csv, targets: kind}\n")

    assert made.dataset.training.input_names == ("size", "colour=blue", "colour=red")
    assert made.dataset.training.classes == ("a", "b")
    np.testing.assert_array_equal(made.dataset.training.inputs, [[1.5, 0, 1], [2.5, 1, 0], [3.5, 0, 1]])
    np.testing.assert_array_equal(made.dataset.training.targets, [[0, 1], [1, 0], [1, 0]])


def test_a_rate_is_lowered_after_each_plateau(tmp_path: Path) -> None:
    config = NET + FIVE + ", validation: 0.4}\nloss: mse\noptimizer: {name: sgd, learning_rate: 0.08}\n"
    config += "training: {epochs: 25, batch_size: 1}\n"
    config += "schedule: {name: plateau, patience: 2, min_delta: 0.2, min_rate: 0.02}\n"
    *events, stopped = train(setup(tmp_path, config), trace=())
    epochs = [event for event in events if isinstance(event, EpochDone)]

    rate, reference, waited, plateaus = 0.08, np.inf, 0, 0
    for epoch in epochs:
        assert epoch.rate == pytest.approx(rate)
        assert epoch.validation is not None
        waited = 0 if epoch.validation.loss < reference - 0.2 else waited + 1
        reference = reference if waited else epoch.validation.loss
        if waited == 2:
            rate, waited, plateaus = max(rate / 2, 0.02), 0, plateaus + 1
    assert isinstance(stopped, RunStopped)
    assert stopped.plateaus == plateaus > 2
