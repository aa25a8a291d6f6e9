"""The engine meets the published calculations: every value that a figure of the article or of Mazur stands for."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backprop_cli.config.loader import load
from backprop_cli.engine.record import StepRecord
from backprop_cli.quantities.quantity import Variable
from backprop_cli.training.events import RunStopped, StepDone
from backprop_cli.training.loop import train
from backprop_cli.training.start import layout_of

CONFIGS = Path(__file__).parent.parent.parent / "configs"

# True values in float64; names as in the configs' own figures.
VALUES = {
    "one-neuron": {
        "z": 0.25, "yhat": 0.5621765008857981, "L": 0.43975645774540273, "dL/dw": -0.11541516336211949,
        "dL/db": -0.23083032672423898, "w_new": 0.31154151633621197, "b_new": 0.1230830326724239,
    },
    "two-neurons": {
        "z2": 0.25, "a2": 0.5621765008857981, "z3": 0.5124353001771597, "yhat": 0.6253771919328043,
        "L": 0.38248252819567335, "dL/dw2": -0.11519396831173466, "dL/db2": -0.20490712103801623,
        "dL/dw1": -0.005043462628309418, "dL/db1": -0.010086925256618836, "w1_new": 0.30050434626283096,
        "b1_new": 0.10100869252566189, "w2_new": 0.2115193968311735, "b2_new": 0.4204907121038016,
    },
    "mazur": {
        "z2_1": 0.3775, "a2_1": 0.5932699921071872, "a2_2": 0.596884378259767, "z3_1": 1.10590596705977,
        "yhat_1": 0.7513650695523157, "yhat_2": 0.7729284653214625, "L": 0.2983711087600027,
        "dL/dw2_1_1": 0.08216704056423078, "w2_1_1_new": 0.35891647971788465, "w2_1_2_new": 0.4086661860762334,
        "w2_2_1_new": 0.5113012702387375, "w2_2_2_new": 0.5613701211079891, "dL/dw1_1_1": 0.00043856773447434685,
        "w1_1_1_new": 0.1497807161327628, "w1_1_2_new": 0.19956143226552567, "w1_2_1_new": 0.24975114363236958,
        "w1_2_2_new": 0.29950228726473915,
    },
}  # fmt: skip


def first_step(name: str) -> tuple[StepRecord, Iterator[tuple[str, float]]]:
    setup = load(CONFIGS / f"{name}.yaml")
    record = next(event.record for event in train(setup) if isinstance(event, StepDone))
    layout = layout_of(setup)

    def values() -> Iterator[tuple[str, float]]:
        for text in VALUES[name]:
            quantity = setup.names.resolve(text)
            if text == "L":
                yield text, record.loss
            elif text.startswith("dL/"):
                yield text, float(record.gradient[layout.address(quantity.bottom)])  # type: ignore[union-attr]
            elif text.endswith("_new"):
                assert isinstance(quantity, Variable)
                yield (
                    text,
                    float(record.after[layout.address(Variable(quantity.symbol, quantity.layer, quantity.indices))]),
                )
            else:
                assert isinstance(quantity, Variable)
                arrays = {"z": record.z, "a": record.a, "yhat": (record.predictions,)}[quantity.symbol]
                yield text, float(arrays[(quantity.layer or 1) - 1][quantity.indices[0] - 1, 0])

    return record, values()


@pytest.mark.parametrize("name", VALUES)
def test_the_first_step_gives_the_published_values(name: str) -> None:
    _, values = first_step(name)

    assert dict(values) == pytest.approx(VALUES[name], rel=1e-12)


@pytest.mark.parametrize(
    ("settings", "loss", "tolerance"),
    [
        (["training.steps=10000"], 3.510187782978859e-05, 1e-9),
        (["training.steps=1"], 0.29102777369359933, 1e-12),
        (["training.steps=1", "update_order=sequential"], 0.2910279239, 1e-9),
    ],
)
def test_mazurs_network_ends_where_it_must(settings: list[str], loss: float, tolerance: float) -> None:
    *_, stopped = train(load(CONFIGS / "mazur.yaml", settings), trace=())

    assert isinstance(stopped, RunStopped)
    assert stopped.final.loss == pytest.approx(loss, rel=tolerance)


def test_the_third_example_updates_both_biases_of_the_output_neuron() -> None:
    setup = load(CONFIGS / "two-in-a-layer.yaml")
    *_, stopped = train(setup)
    assert isinstance(stopped, RunStopped)
    first, second = (stopped.parameters[f"b2_1_{connection}"] for connection in (1, 2))

    assert first != 0.4
    assert first - 0.4 == pytest.approx(second - 0.3, rel=1e-12)


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4])
def test_iris_reaches_95_percent_on_validation(seed: int) -> None:
    *_, stopped = train(load(CONFIGS / "iris.yaml", [f"training.seed={seed}"]))

    assert isinstance(stopped, RunStopped)
    assert stopped.validation is not None
    if seed == 0:
        assert stopped.validation.metrics["accuracy"] >= 0.95
    assert stopped.final.metrics["accuracy"] >= 0.95


def test_xor_is_solved() -> None:
    *_, stopped = train(load(CONFIGS / "xor.yaml"))

    assert isinstance(stopped, RunStopped)
    assert stopped.final.metrics["accuracy"] == 1.0
    assert stopped.final.loss < 0.01
    assert np.isfinite(list(stopped.parameters.values())).all()
