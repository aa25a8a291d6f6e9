"""The engine's gradients against central differences and PyTorch, over random networks of every rule."""

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.engine.layout import Trainable, arrange
from backprop_cli.engine.network import Network
from backprop_cli.engine.step import Learner, Step
from backprop_cli.engine.workspace import with_ones
from backprop_cli.errors import MissingExtra
from backprop_cli.oracles import autograd, central
from backprop_cli.oracles.objective import Objective
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.rules.activations import Activation, Rowwise
from backprop_cli.rules.activations.gated import Gelu
from backprop_cli.rules.activations.rectifying import Elu, LeakyRelu
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.activations.squashing import Sigmoid, Tanh
from backprop_cli.rules.base import members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.distances import HalfSse, Huber, Mse
from backprop_cli.rules.losses.likelihoods import CrossEntropy
from backprop_cli.rules.optimizers import Clip, Optimizer, Penalty
from backprop_cli.rules.optimizers.adaptive import Adam
from backprop_cli.rules.optimizers.descent import Momentum, Sgd

HAS_TORCH = find_spec("torch") is not None
HIDDEN = [rule() for rule in members(Activation).values()] + [
    LeakyRelu(negative_slope=0.2),
    Elu(alpha=0.7),
    Gelu(approximate="tanh"),
]
LOSSES = [rule() for rule in members(Loss).values()] + [Huber(delta=0.4)]


@dataclass
class Case:
    network: Network
    learner: Learner
    step: Step
    x: Any
    y: Any


def fits(activation: Activation, loss: Loss) -> bool:
    inside = activation.outputs[0] >= loss.predictions[0] and activation.outputs[1] <= loss.predictions[1]
    return inside and type(activation) not in loss.refuses


def make(
    widths: list[int],
    activations: list[Activation],
    loss: Loss,
    *,
    kinds: list[BiasKind] | None = None,
    trainable: list[Trainable] | None = None,
    optimizer: Optimizer | None = None,
    order: Any = "simultaneous",
    samples: int = 3,
    seed: int = 0,
    dtype: Any = np.float64,
) -> Case:
    rng = np.random.default_rng(seed)
    depth = len(widths) - 1
    kinds = kinds or [BiasKind.NEURON] * depth
    shapes = tuple(
        LayerShape(widths[i + 1], widths[i], kinds[i], isinstance(activations[i], Rowwise)) for i in range(depth)
    )
    layout = arrange(Topology(widths[0], shapes), tuple(trainable or [Trainable()] * depth))
    network = Network.create(layout, activations, dtype)
    network.theta[...] = rng.normal(size=layout.size) * 0.8
    learner = Learner.create(network, loss, optimizer or Sgd(), order)
    x = rng.normal(size=(samples, widths[0]))
    y = rng.normal(size=(samples, widths[-1]))
    if loss.targets != (-np.inf, np.inf):
        y = rng.dirichlet(np.ones(widths[-1]), size=samples) if widths[-1] > 1 else rng.uniform(size=(samples, 1))
    return Case(network, learner, learner.bind(with_ones(x, np.dtype(dtype)), y.astype(dtype)), x, y)


def objective(case: Case) -> Objective:
    return Objective(case.network, case.learner.loss, case.x, case.y, case.learner.optimizer.penalty)


def agree(case: Case) -> None:
    """Compare loss and gradient with central differences, and with PyTorch where it is installed."""
    expected, expected_loss = central.gradient(objective(case)), central.loss_at(objective(case), case.network.theta)
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    by_torch = autograd.loss_and_gradient(objective(case)) if HAS_TORCH and autograd.knows(objective(case)) else None
    record = case.step.recorded(1e-3, 1, epoch=1, samples=(1,))

    np.testing.assert_allclose(record.gradient, expected, atol=1e-7 * scale)
    assert record.loss == pytest.approx(expected_loss, rel=1e-11)
    if by_torch is not None:
        np.testing.assert_allclose(record.gradient, by_torch[1], rtol=1e-10, atol=1e-11 * scale)
        assert record.loss == pytest.approx(by_torch[0], rel=1e-10)


@pytest.mark.parametrize("activation", HIDDEN, ids=lambda rule: rule.title)
def test_every_activation_in_a_hidden_layer(activation: Activation) -> None:
    agree(make([3, 4, 2], [activation, Tanh()], HalfSse(), seed=4))


PAIRS = [(activation, loss) for activation in HIDDEN for loss in LOSSES if fits(activation, loss)]


@pytest.mark.parametrize(("activation", "loss"), PAIRS, ids=lambda rule: rule.title)
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_every_last_activation_with_every_loss(activation: Activation, loss: Loss, reduction: str) -> None:
    agree(make([2, 3, 3], [Sigmoid(), activation], loss.model_copy(update={"reduction": reduction}), seed=6))


@settings(deadline=None, max_examples=120)
@given(data=st.data())
def test_random_networks(data: st.DataObject) -> None:
    depth = data.draw(st.integers(1, 3))
    widths = data.draw(st.lists(st.integers(1, 4), min_size=depth + 1, max_size=depth + 1))
    widths[-1] = max(2, widths[-1])
    loss = data.draw(st.sampled_from(LOSSES)).model_copy(
        update={"reduction": data.draw(st.sampled_from(["sum", "mean"]))}
    )
    lasts = [rule for rule in HIDDEN if fits(rule, loss)]
    activations = [data.draw(st.sampled_from(HIDDEN)) for _ in range(depth - 1)] + [data.draw(st.sampled_from(lasts))]
    kinds = [data.draw(st.sampled_from(list(BiasKind))) for _ in range(depth)]
    trainable = [Trainable(data.draw(st.booleans()), data.draw(st.booleans())) for _ in range(depth)]
    penalty = Penalty(l1=0.01, l2=0.1) if data.draw(st.booleans()) else None
    agree(
        make(
            widths, activations, loss, kinds=kinds, trainable=trainable,
            optimizer=Sgd(penalty=penalty), samples=data.draw(st.integers(1, 5)), seed=data.draw(st.integers(0, 99)),
        )
    )  # fmt: skip


@pytest.mark.parametrize("optimizer", [rule() for rule in members(Optimizer).values()], ids=lambda rule: rule.title)
def test_ten_steps_equal_those_of_pytorch(optimizer: Optimizer) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[oracles]'")
    case = make([3, 4, 2], [Tanh(), Softmax()], CrossEntropy(), optimizer=optimizer, seed=2, samples=6)
    theta = torch.tensor(case.network.theta.copy(), requires_grad=True)
    kinds = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.05),
        "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
        "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
        "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.05),
        "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.05),
        "adam": lambda p: torch.optim.Adam(p, lr=0.05),
        "adamw": lambda p: torch.optim.AdamW(p, lr=0.05),
    }
    other = kinds[optimizer.title]([theta])
    for t in range(1, 11):
        other.zero_grad()
        autograd.loss_of(objective(case), theta).backward()
        other.step()
        case.step(0.05, t)

    np.testing.assert_allclose(case.network.theta, theta.detach().numpy(), rtol=1e-9, atol=1e-11)


def test_without_pytorch_the_oracle_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)

    with pytest.raises(MissingExtra, match=r"this needs PyTorch: pip install 'backprop-cli\[oracles\]'"):
        autograd.loss_and_gradient(objective(make([1, 1], [Sigmoid()], HalfSse())))


@pytest.mark.parametrize("optimizer", [rule() for rule in members(Optimizer).values()], ids=lambda rule: rule.title)
@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
def test_what_is_frozen_is_never_touched(optimizer: Optimizer, order: str) -> None:
    optimizer = optimizer.model_copy(update={"penalty": Penalty(l1=0.1, l2=0.1), "clip": Clip(value=0.5)})
    case = make(
        [2, 3, 2], [Tanh(), Sigmoid()], HalfSse(), optimizer=optimizer, order=order,
        trainable=[Trainable(weights=False, bias=True), Trainable(weights=True, bias=False)],
    )  # fmt: skip
    before = case.network.theta.copy()
    for t in range(1, 5):
        case.step(0.1, t)

    moved = case.network.theta != before
    assert moved[: case.network.layout.trainable].all()
    assert not moved[case.network.layout.trainable :].any()


def test_sequential_order_sends_errors_back_through_updated_weights() -> None:
    case = make([2, 3, 2], [Sigmoid(), Sigmoid()], HalfSse(), order="sequential", samples=1, seed=3)
    (w1, b1), (w2, b2) = ((view.weights.copy(), view.bias.copy()) for view in case.network.layers)
    hidden = 1 / (1 + np.exp(-(case.x @ w1.T + b1)))
    out = 1 / (1 + np.exp(-(hidden @ w2.T + b2)))
    delta = (out - case.y) * out * (1 - out)
    new_w2, new_b2 = w2 - 0.5 * delta.T @ hidden, b2 - 0.5 * delta.sum(0)
    back = (delta @ new_w2) * hidden * (1 - hidden)
    case.step(0.5, 1)

    np.testing.assert_allclose(case.network.layers[1].weights, new_w2, rtol=1e-13)
    np.testing.assert_allclose(case.network.layers[1].bias, new_b2, rtol=1e-13)
    np.testing.assert_allclose(case.network.layers[0].weights, w1 - 0.5 * back.T @ case.x, rtol=1e-13)
    np.testing.assert_allclose(case.network.layers[0].bias, b1 - 0.5 * back.sum(0), rtol=1e-13)


@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_training_lowers_the_loss_and_keeps_the_dtype(order: str, dtype: Any) -> None:
    case = make([3, 8, 2], [Tanh(), Softmax()], Mse(), optimizer=Adam(), order=order, dtype=dtype, samples=20)
    losses = [case.step(0.01, t) for t in range(1, 200)]

    assert losses[-1] < 0.8 * losses[0]
    assert {array.dtype for array in (case.network.theta, case.learner.gradient, *case.learner.state.values())} == {
        np.dtype(dtype)
    }


def test_a_record_is_a_copy_that_nobody_can_change() -> None:
    case = make([2, 3, 2], [Tanh(), Sigmoid()], HalfSse(), optimizer=Momentum())
    record = case.step.recorded(0.1, 1, epoch=1, samples=(1, 2, 3))
    arrays = [record.x, record.y, *record.z, *record.a, *record.delta, record.gradient, record.before, record.after]
    copies = [array.copy() for array in arrays]
    for t in range(2, 5):
        case.step(0.1, t)

    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not array.flags.writeable
    np.testing.assert_array_equal(record.change, record.after - record.before)
