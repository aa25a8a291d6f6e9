"""The oracles themselves: right where the answer is known by hand, complete, and without effect on what they judge."""

import sys
from typing import Any

import numpy as np
import pytest

from backprop_cli.engine.layout import Trainable, arrange
from backprop_cli.engine.network import Network
from backprop_cli.errors import MissingExtra
from backprop_cli.oracles import autograd, central
from backprop_cli.oracles.objective import Objective
from backprop_cli.quantities.quantity import Variable
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.activations.identity import Identity
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.base import members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.binary_cross_entropy import BinaryCrossEntropy
from backprop_cli.rules.losses.cross_entropy import CrossEntropy
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.losses.mse import Mse
from backprop_cli.rules.optimizers import Penalty

X, Y = np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([[1.0], [-2.0]])


def linear(*, kind: BiasKind = BiasKind.NEURON, trainable: Trainable = Trainable(), loss: Any = None) -> Objective:  # noqa: B008
    """Give ŷ = 3x₁ − x₂ + bias with ½(y − ŷ)², whose error is 0.5 for the first sample and −1 for the second."""
    network = Network.create(arrange(Topology(2, (LayerShape(1, 2, kind),)), (trainable,)), [Identity()])
    view = network.layers[0]
    view.weights[...] = [[3.0, -1.0]]
    if view.bias is not None:
        view.bias[...] = 0.5 if kind is not BiasKind.CONNECTION else [[0.2, 0.3]]
    return Objective(network, loss or HalfSse(), X, Y)


def by_pytorch(objective: Objective) -> Any:
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[oracles]'")
    return autograd.loss_and_gradient(objective)[1]


oracles = pytest.mark.parametrize("oracle", [central.gradient, by_pytorch], ids=["central", "autograd"])


@oracles
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (BiasKind.NONE, {"w11": 0.0 * 1 + -1.5 * -1, "w12": 0.0 * 2 + -1.5 * 0.5}),
        (BiasKind.NEURON, {"w11": 0.5 * 1 + -1 * -1, "w12": 0.5 * 2 + -1 * 0.5, "b1": -0.5}),
        (BiasKind.LAYER, {"w11": 1.5, "w12": 0.5, "b": -0.5}),
        (BiasKind.CONNECTION, {"w11": 1.5, "w12": 0.5, "b11": -0.5, "b12": -0.5}),
    ],
)
def test_a_linear_network_has_the_gradient_of_a_pencil(oracle: Any, kind: BiasKind, expected: dict[str, float]) -> None:
    objective = linear(kind=kind)
    layout, gradient = objective.network.layout, oracle(objective)
    found = {
        "".join([parameter.symbol, *map(str, parameter.indices)]): gradient[address]
        for parameter, address in layout.parameters()
    }

    assert found == pytest.approx(expected, abs=1e-9)
    assert gradient.dtype == np.float64


@oracles
def test_what_is_frozen_has_no_place_in_the_gradient(oracle: Any) -> None:
    objective = linear(trainable=Trainable(weights=False))

    assert oracle(objective) == pytest.approx([-0.5], abs=1e-9)
    assert objective.network.layout.address(Variable("b", 1, (1,))) == 0


@oracles
def test_the_penalty_charges_trainable_weights_alone(oracle: Any) -> None:
    free, fixed = linear(), linear(trainable=Trainable(weights=False))
    penalty = Penalty(l1=0.5, l2=2.0)
    charged = [Objective(case.network, case.loss, X, Y, penalty) for case in (free, fixed)]

    assert oracle(charged[0]) - oracle(free) == pytest.approx([6.5, -2.5, 0.0], abs=1e-8)
    assert oracle(charged[1]) == pytest.approx(oracle(fixed), abs=1e-12)


@oracles
def test_an_oracle_leaves_the_network_alone_and_works_in_float64(oracle: Any) -> None:
    network = Network.create(
        arrange(Topology(2, (LayerShape(2, 2, BiasKind.NEURON, rowwise=True),)), (Trainable(),)),
        [Softmax()],
        np.float32,
    )
    network.theta[...] = np.linspace(-1, 1, network.layout.size)
    before = network.theta.copy()
    x, y = X.astype(np.float32), np.array([[1, 0], [0.5, 0.5]], dtype=np.float32)
    gradient = oracle(Objective(network, CrossEntropy(), x, y))

    np.testing.assert_array_equal(network.theta, before)
    assert gradient.dtype == np.float64
    # The errors of a softmax add up to 0, and so do the slopes of its biases: to more digits than float32 has.
    assert gradient[2] + gradient[5] == pytest.approx(0.0, abs=1e-9)


def test_the_loss_is_reduced_as_the_rule_says() -> None:
    objective = linear(loss=Mse())

    assert central.loss_at(objective, objective.network.theta) == pytest.approx((0.25 + 1.0) / 2)
    halved = linear(loss=HalfSse(reduction="mean"))
    assert central.loss_at(halved, halved.network.theta) == pytest.approx((0.125 + 0.5) / 2)


def test_a_smaller_step_comes_closer_until_rounding_takes_over() -> None:
    network = Network.create(arrange(Topology(2, (LayerShape(1, 2, BiasKind.NEURON),)), (Trainable(),)), [Sigmoid()])
    network.theta[...] = [1.0, -2.0, 0.5]
    objective = Objective(network, HalfSse(), X, Y)
    a = 1 / (1 + np.exp(-(X @ [1.0, -2.0] + 0.5)))
    delta = (a - Y[:, 0]) * a * (1 - a)
    exact = np.array([*(delta @ X), delta.sum()])
    errors = [np.abs(central.gradient(objective, step) - exact).max() for step in (1e-1, 1e-3, central.STEP)]

    assert errors[0] > 1e3 * errors[1] > 1e5 * errors[2]
    assert errors[2] < 1e-9


def test_pytorch_has_a_counterpart_of_every_rule() -> None:
    losses = members(Loss).values()
    rules = {*members(Activation).values(), *losses}
    shortcuts = {type(shortcut) for loss in losses for shortcut in loss.shortcuts.values()}

    assert set(autograd.COUNTERPARTS) == rules | shortcuts


@pytest.mark.parametrize("loss", [BinaryCrossEntropy(), CrossEntropy()], ids=lambda rule: rule.title)
def test_a_likelihood_without_its_shortcut_agrees_too(loss: Loss) -> None:
    # The activation in front is none that the shortcut is for.
    network = Network.create(arrange(Topology(2, (LayerShape(2, 2, BiasKind.NEURON),)), (Trainable(),)), [Identity()])
    network.theta[...] = [0.1, 0.1, 0.5, -0.1, 0.05, 0.4]
    objective = Objective(network, loss, X, np.array([[0.3, 0.7], [0.6, 0.4]]))

    assert by_pytorch(objective) == pytest.approx(central.gradient(objective), rel=1e-8)


def test_without_pytorch_the_oracle_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)

    with pytest.raises(MissingExtra, match=r"^this needs PyTorch: pip install 'backprop-cli\[oracles\]'$"):
        autograd.loss_and_gradient(linear())
    assert central.gradient(linear()).shape == (3,)
