"""The engine gives the numbers of published hand calculations.

Mazur: "A Step by Step Backpropagation Example" (2015).  Four of his figures are not what his algorithm gives; the error
after one update and the outputs after 10,000 come from errors that went back through weights already updated, which is
the sequential order here.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_cli.engine.layout import Trainable, arrange
from backprop_cli.engine.network import Network
from backprop_cli.engine.record import StepRecord
from backprop_cli.engine.step import Learner
from backprop_cli.engine.workspace import with_ones
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.optimizers.sgd import Sgd

MAZUR = {
    "z2_1": 0.3775, "a2_1": 0.5932699921071872, "a2_2": 0.596884378259767, "z3_1": 1.10590596705977,
    "yhat_1": 0.7513650695523157, "yhat_2": 0.7729284653214625, "L_1": 0.274811083176155, "L_2": 0.023560025583847746,
    "L": 0.2983711087600027, "dL/dyhat_1": 0.7413650695523157, "dyhat_1/dz3_1": 0.18681560180895948,
    "dL/dw2_1_1": 0.08216704056423078, "w2_1_1_new": 0.35891647971788465, "w2_1_2_new": 0.4086661860762334,
    "w2_2_1_new": 0.5113012702387375, "w2_2_2_new": 0.5613701211079891, "dL_1/da2_1": 0.05539942465142279,
    "dL_2/da2_1": -0.019049118258278114, "da2_1/dz2_1": 0.24130070857232525, "dL/dw1_1_1": 0.00043856773447434685,
    "w1_1_1_new": 0.1497807161327628, "w1_1_2_new": 0.19956143226552567, "w1_2_1_new": 0.24975114363236958,
    "w1_2_2_new": 0.29950228726473915,
}  # fmt: skip
ONE_NEURON = {
    "z2_1": 0.25, "yhat_1": 0.5621765008857981, "L": 0.43975645774540273, "dL/dyhat_1": -0.9378234991142019,
    "dyhat_1/dz2_1": 0.24613408273759835, "dL/dw1_1_1": -0.11541516336211949, "dL/db1_1": -0.23083032672423898,
    "w1_1_1_new": 0.31154151633621197, "b1_1_new": 0.1230830326724239,
}  # fmt: skip
TWO_NEURONS = {
    "z2_1": 0.25, "a2_1": 0.5621765008857981, "z3_1": 0.5124353001771597, "yhat_1": 0.6253771919328043,
    "L": 0.38248252819567335, "dL/dyhat_1": -0.8746228080671957, "dyhat_1/dz3_1": 0.23428055974304476,
    "dL/dw2_1_1": -0.11519396831173466, "dL/db2_1": -0.20490712103801623, "da2_1/dz2_1": 0.24613408273759835,
    "dL/dw1_1_1": -0.005043462628309418, "dL/db1_1": -0.010086925256618836, "w1_1_1_new": 0.30050434626283096,
    "b1_1_new": 0.10100869252566189, "w2_1_1_new": 0.2115193968311735, "b2_1_new": 0.4204907121038016,
}  # fmt: skip


def start(
    layers: list[tuple[Any, Any]], x: list[float], y: list[float], *, kind: BiasKind, rate: float, order: Any
) -> tuple[Learner, Any]:
    """Bind a step of a sigmoid network with given weights and biases; shared biases are frozen, as Mazur has them."""
    shapes = tuple(LayerShape(*np.shape(weights), kind) for weights, _ in layers)
    trainable = tuple(Trainable(bias=kind is not BiasKind.LAYER) for _ in layers)
    network = Network.create(arrange(Topology(len(x), shapes), trainable), [Sigmoid() for _ in layers])
    for view, (weights, bias) in zip(network.layers, layers, strict=True):
        assert view.bias is not None
        view.weights[...], view.bias[...] = weights, bias
    learner = Learner.create(network, HalfSse(), Sgd(learning_rate=rate), order)
    return learner, learner.bind(with_ones(np.array([x]), np.dtype(np.float64)), np.array([y]))


def mazur(order: str = "simultaneous") -> tuple[Learner, Any]:
    layers = [([[0.15, 0.20], [0.25, 0.30]], 0.35), ([[0.40, 0.45], [0.50, 0.55]], 0.60)]
    return start(layers, [0.05, 0.10], [0.01, 0.99], kind=BiasKind.LAYER, rate=0.5, order=order)


def chain(*layers: tuple[float, float]) -> tuple[Learner, Any]:
    blocks = [([[weight]], [bias]) for weight, bias in layers]
    return start(blocks, [0.5], [1.5], kind=BiasKind.NEURON, rate=0.1, order="simultaneous")


def told(learner: Learner, record: StepRecord) -> dict[str, float]:
    """Name what a record of one sample holds, and what follows from it."""
    loss, layout, last = learner.loss, learner.network.layout, len(record.z) + 1
    y, yhat = record.y[:, 0], record.predictions[:, 0]
    found: dict[str, Any] = {"L": record.loss}
    for number, (z, a) in enumerate(zip(record.z, record.a, strict=True), start=2):
        for neuron, (below, above) in enumerate(zip(z[:, 0], a[:, 0], strict=True), start=1):
            name = f"yhat_{neuron}" if number == last else f"a{number}_{neuron}"
            found |= {f"z{number}_{neuron}": below, name: above}
            found[f"d{name}/dz{number}_{neuron}"] = Sigmoid().slope(below, above)
    for k in range(len(y)):
        found |= {f"L_{k + 1}": loss.share(y[k], yhat[k]), f"dL/dyhat_{k + 1}": loss.slope(y[k], yhat[k])}
        weights = layout.layers[-1].weights.view(record.before)[k]
        found |= {f"dL_{k + 1}/da{last - 1}_{i + 1}": record.delta[-1][k, 0] * w for i, w in enumerate(weights)}
    for parameter, address in layout.parameters():
        name = "_".join([f"{parameter.symbol}{parameter.layer}", *map(str, parameter.indices)])
        found[f"{name}_new"] = record.after[address]
        if address < layout.trainable:
            found[f"dL/d{name}"] = record.gradient[address]
    return found


@pytest.mark.parametrize(
    ("made", "rate", "published"),
    [
        (mazur, 0.5, MAZUR),
        (lambda: chain((0.3, 0.1)), 0.1, ONE_NEURON),
        (lambda: chain((0.3, 0.1), (0.2, 0.4)), 0.1, TWO_NEURONS),
    ],
    ids=["mazur", "one neuron", "two neurons"],
)
def test_the_first_step_gives_the_published_values(
    made: Callable[[], tuple[Learner, Any]], rate: float, published: dict[str, float]
) -> None:
    learner, step = made()
    values = told(learner, step.recorded(rate, 1, epoch=1, samples=(1,)))

    assert {name: values[name] for name in published} == pytest.approx(published, rel=1e-12)


@pytest.mark.parametrize(
    ("order", "steps", "loss", "outputs"),
    [
        ("simultaneous", 2, 0.29102777369359933, None),
        ("sequential", 2, 0.2910279239, None),
        ("simultaneous", 10_001, 3.510187782978859e-05, (0.01591362044355068, 0.9840642735146238)),
        # What Mazur prints.
        ("sequential", 10_001, None, (0.015912196, 0.984065734)),
    ],
)
def test_later_steps_give_the_values_of_their_order(
    order: str, steps: int, loss: float | None, outputs: tuple[float, float] | None
) -> None:
    _, step = mazur(order)
    for t in range(1, steps):
        step(0.5, t)
    record = step.recorded(0.5, steps, epoch=1, samples=(1,))

    assert loss is None or record.loss == pytest.approx(loss, rel=1e-9)
    assert outputs is None or record.predictions[:, 0] == pytest.approx(outputs, rel=5e-8)
