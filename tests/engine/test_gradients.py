"""The engine's loss and gradient are those of central differences and of PyTorch, over random networks of all rules."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backprop_cli.engine.layout import Trainable
from backprop_cli.engine.record import StepRecord
from backprop_cli.oracles import autograd, central
from backprop_cli.quantities.topology import BiasKind
from backprop_cli.rules.activations import Activation, Pointwise
from backprop_cli.rules.activations.elu import Elu
from backprop_cli.rules.activations.gelu import Gelu
from backprop_cli.rules.activations.leaky_relu import LeakyRelu
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.rules.base import members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.cross_entropy import CrossEntropy
from backprop_cli.rules.losses.huber import Huber
from backprop_cli.rules.optimizers import Clip, Optimizer, Penalty
from backprop_cli.rules.optimizers.adagrad import Adagrad
from backprop_cli.rules.optimizers.adam import Adam
from backprop_cli.rules.optimizers.adamw import AdamW
from backprop_cli.rules.optimizers.momentum import Momentum
from backprop_cli.rules.optimizers.nesterov import Nesterov
from backprop_cli.rules.optimizers.rmsprop import RmsProp
from backprop_cli.rules.optimizers.sgd import Sgd

Build = Callable[..., Any]

HAS_TORCH = find_spec("torch") is not None
ACTIVATIONS: list[Activation] = [
    *(rule() for rule in members(Activation).values()),
    LeakyRelu(negative_slope=0.2),
    Elu(alpha=0.7),
    Gelu(approximate="tanh"),
    Softmax(shift="max"),
]
LOSSES = [*(rule() for rule in members(Loss).values()), Huber(delta=0.4)]


def fits(activation: Activation, loss: Loss) -> bool:
    inside = activation.outputs[0] >= loss.predictions[0] and activation.outputs[1] <= loss.predictions[1]
    return inside and type(activation) not in loss.refuses


def near_a_corner(case: Any, record: StepRecord, margin: float = 3e-4) -> bool:
    """Say whether a difference over a small step may reach over a corner of a slope, and so is no measure of it."""
    error = np.abs(record.predictions - record.y)
    distances = [error, np.abs(error - getattr(case.learner.loss, "delta", np.inf))]
    for z, activation in zip(record.z, case.network.activations, strict=True):
        if isinstance(activation, Pointwise):
            distances.append(np.abs(z))
    return any(distance.min() < margin for distance in distances)


def agree(record: StepRecord, numeric: Any, expected_loss: float) -> None:
    scale = max(1.0, float(np.abs(numeric).max(initial=0.0)), abs(expected_loss))

    np.testing.assert_allclose(record.gradient, numeric, rtol=1e-6, atol=1e-7 * scale)
    assert record.loss == pytest.approx(expected_loss, rel=1e-10, abs=1e-14)


def agree_with_torch(record: StepRecord, expected: tuple[float, Any]) -> None:
    loss, gradient = expected

    np.testing.assert_allclose(record.gradient, gradient, rtol=1e-10, atol=1e-13 * max(1.0, abs(loss)))
    assert record.loss == pytest.approx(loss, rel=1e-10, abs=1e-14)


def check(case: Any, *, strictly: bool = True) -> None:
    """Compare loss and gradient with both oracles, PyTorch where it is installed."""
    numeric, loss = central.gradient(case.objective), central.loss_at(case.objective, case.network.theta)
    by_torch = autograd.loss_and_gradient(case.objective) if HAS_TORCH else None
    record = case.recorded()
    if by_torch is not None:
        agree_with_torch(record, by_torch)
    if strictly or not near_a_corner(case, record):
        agree(record, numeric, loss)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda rule: rule.title)
def test_every_activation_in_a_hidden_layer(activation: Activation, build: Build) -> None:
    check(build([3, 4, 4, 2], [activation, activation, Tanh()], Huber(delta=0.4), seed=4))


PAIRS = [(activation, loss) for activation in ACTIVATIONS for loss in LOSSES if fits(activation, loss)]


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize(("activation", "loss"), PAIRS, ids=lambda rule: rule.title)
def test_every_last_activation_with_every_loss(
    activation: Activation, loss: Loss, reduction: str, build: Build
) -> None:
    check(build([2, 3, 3], [Sigmoid(), activation], loss.model_copy(update={"reduction": reduction}), seed=6))


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize(("activation", "loss"), PAIRS, ids=lambda rule: rule.title)
def test_what_a_sample_counts_is_a_factor_of_its_loss(
    activation: Activation, loss: Loss, reduction: str, build: Build
) -> None:
    weighed = loss.model_copy(update={"reduction": reduction})

    check(build([2, 3, 3], [Sigmoid(), activation], weighed, seed=6, weights=[0.5, 0.0, 3.0]))


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Draw everything that a case is built from."""
    depth = draw(st.integers(1, 3))
    loss = draw(st.sampled_from(LOSSES)).model_copy(update={"reduction": draw(st.sampled_from(["sum", "mean"]))})
    last = draw(st.sampled_from([rule for rule in ACTIVATIONS if fits(rule, loss)]))
    price, count, weight = st.sampled_from([0.0, 0.01, 0.3]), draw(st.integers(1, 6)), st.floats(0.0, 5.0)
    penalty = draw(st.none() | st.builds(Penalty, l1=price, l2=price))
    return {
        "widths": draw(st.lists(st.integers(1, 5), min_size=depth + 1, max_size=depth + 1)),
        "activations": [*(draw(st.sampled_from(ACTIVATIONS)) for _ in range(depth - 1)), last],
        "loss": loss,
        "kinds": [draw(st.sampled_from(BiasKind)) for _ in range(depth)],
        "trainable": [Trainable(draw(st.booleans()), draw(st.booleans())) for _ in range(depth)],
        "optimizer": Sgd(penalty=penalty),
        "samples": count,
        "weights": draw(st.none() | st.lists(weight, min_size=count, max_size=count)),
        "seed": draw(st.integers(0, 9999)),
    }


def check_drawn(made: dict[str, Any], build: Build) -> None:
    case = build(**made)
    # Far out, 1 − ŷ has too few digits for a difference of its logarithms.
    assume(not case.learner.loss.shortcuts or np.abs(case.network.theta).sum() < 20)
    # The slope of |w| at 0.
    assume(np.abs(case.network.theta).min() > 1e-4)
    check(case, strictly=False)


@settings(deadline=None, max_examples=120)
@given(made=networks())
def test_random_networks(made: dict[str, Any], build: Build) -> None:
    check_drawn(made, build)


@pytest.mark.slow
@settings(deadline=None, max_examples=600)
@given(made=networks())
def test_many_random_networks(made: dict[str, Any], build: Build) -> None:
    check_drawn(made, build)


@pytest.mark.parametrize(
    ("optimizer", "name", "options"),
    [
        (Sgd(), "SGD", {}),
        (Sgd(penalty=Penalty(l1=0.01, l2=0.1)), "SGD", {}),
        (Sgd(clip=Clip(value=0.02)), "SGD", {}),
        (Momentum(), "SGD", {"momentum": 0.9}),
        (Nesterov(), "SGD", {"momentum": 0.9, "nesterov": True}),
        (Adagrad(), "Adagrad", {}),
        (RmsProp(), "RMSprop", {}),
        (Adam(), "Adam", {}),
        (AdamW(weight_decay=0.1), "AdamW", {"weight_decay": 0.1}),
    ],
    ids=lambda case: case.title if isinstance(case, Optimizer) else "",
)
def test_ten_steps_equal_those_of_a_training_loop_in_pytorch(
    optimizer: Optimizer, name: str, options: dict[str, Any], build: Build
) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[oracles]'")
    case = build([3, 4, 2], [Tanh(), Softmax()], CrossEntropy(), optimizer=optimizer, seed=2, samples=6)
    theta = torch.tensor(case.network.theta, requires_grad=True)
    theirs, losses = getattr(torch.optim, name)([theta], lr=0.05, **options), []
    for _ in range(10):
        theirs.zero_grad()
        loss = autograd.loss_of(case.objective, theta)
        loss.backward()
        if optimizer.clip is not None:
            torch.nn.utils.clip_grad_value_([theta], optimizer.clip.value)
        theirs.step()
        losses.append(float(loss.detach()))
    measured = [case.step(0.05, t) for t in range(1, 11)]

    assert measured == pytest.approx(losses, rel=1e-10)
    np.testing.assert_allclose(case.network.theta, theta.detach().numpy(), rtol=1e-10, atol=1e-12)
