"""Dropout: masks that follow from seed and step alone, the same in each precision, and the way back through them."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.engine.dropout import Dropout
from backprop_cli.engine.record import StepRecord
from backprop_cli.engine.script import bind
from backprop_cli.engine.workspace import Workspace
from backprop_cli.oracles.autograd import COUNTERPARTS
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.activations.relu import Relu
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.rules.base import members
from backprop_cli.rules.losses.cross_entropy import CrossEntropy
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.losses.mse import Mse
from backprop_cli.rules.optimizers.momentum import Momentum

Build = Callable[..., Any]
RATES = (0.5, 0.2, 0.0)
ACTIVATIONS = [rule() for rule in members(Activation).values()]


def made(build: Build, **options: Any) -> Any:
    return build([3, 8, 6, 2], [Tanh(), Relu(), Sigmoid()], Mse(), **{"dropout": RATES, "samples": 5, **options})


def masks(record: StepRecord) -> list[Any]:
    return [kept for kept in record.kept if kept is not None]


def test_masks_follow_from_the_seed_and_the_number_of_the_step_alone(build: Build) -> None:
    walked, jumped, other = made(build), made(build), made(build, seed=1)
    steps = {t: walked.recorded(0.1, t) for t in range(1, 6)}
    again = jumped.recorded(0.1, 5)

    for one, two in zip(masks(steps[5]), masks(again), strict=True):
        np.testing.assert_array_equal(one, two)
    differing = [masks(steps[4]), masks(other.recorded(0.1, 5))]
    assert all((one[0] != masks(again)[0]).any() for one in differing)


def test_both_precisions_leave_out_the_same_units(build: Build) -> None:
    long, short = (made(build, dtype=dtype).recorded(0.1, 7) for dtype in (np.float64, np.float32))

    assert short.kept[0].dtype == np.float32
    for one, other in zip(masks(long), masks(short), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_unit_that_takes_part_puts_out_more_and_one_that_does_not_nothing(build: Build) -> None:
    record = made(build).recorded()

    assert [kept is None for kept in record.kept] == [False, False, True]
    for kept, f, a, rate in zip(record.kept[:2], record.f, record.a, RATES, strict=False):
        assert set(np.unique(kept)) == {0.0, 1.0}
        np.testing.assert_allclose(a, f * kept / (1.0 - rate), rtol=1e-15)
        assert not kept.flags.writeable
    assert record.f[2] is record.a[2]


@given(rate=st.floats(0.01, 0.99), seed=st.integers(0, 2**63 - 1))
def test_so_many_units_are_left_out_as_the_rate_says(rate: float, seed: int, build: Build) -> None:
    network = build([1, 400, 1], [Tanh(), Tanh()], HalfSse()).network
    space = Workspace.create(network, np.ones((50, 2)), np.ones((50, 1)), thinned=(True, False))
    bind(Dropout((rate, 0.0), (seed, 3)).draw(space.layers))(0.0, 9)
    factor = space.layers[0].factor
    assert factor is not None
    share = float((factor == 0.0).mean())

    # Six deviations of 20,000 draws.
    assert abs(share - rate) <= 6.0 * (rate * (1.0 - rate) / factor.size) ** 0.5
    np.testing.assert_allclose(factor[factor != 0.0], 1.0 / (1.0 - rate))


def by_torch(case: Any, record: StepRecord) -> tuple[float, Any]:
    """Work loss and gradient out in PyTorch, with the masks of a record put in by hand."""
    import torch

    functional, layout = torch.nn.functional, case.layout
    theta = torch.tensor(record.before, dtype=torch.float64, requires_grad=True)
    a = torch.tensor(record.x)
    for parts, activation, kept, rate in zip(
        layout.layers, case.network.activations, record.kept, case.learner.dropout.rates, strict=True
    ):
        w = theta.as_strided(parts.weights.shape, parts.weights.strides, parts.weights.start)
        b = theta.as_strided(parts.bias.shape, parts.bias.strides, parts.bias.start)
        z = w @ a + b.reshape(-1, 1)
        a = COUNTERPARTS[type(activation)](functional, activation, z)
        if kept is not None:
            a = a * torch.tensor(kept) / (1.0 - rate)
    loss = 0.5 * torch.tensor(case.weights) @ (a - torch.tensor(record.y)).square().sum(dim=0)
    loss.backward()
    assert theta.grad is not None
    return float(loss.detach()), theta.grad.numpy()


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed: pip install '.[oracles]'")
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda rule: rule.title)
def test_the_gradient_goes_back_through_the_same_masks(activation: Activation, build: Build) -> None:
    options = {"dropout": RATES, "samples": 4, "weights": [1.0, 0.5, 0.0, 2.0]}
    case = build([3, 6, 5, 2], [activation, activation, Sigmoid()], HalfSse(), **options)
    record = case.recorded(0.1, 3)
    loss, gradient = by_torch(case, record)

    assert record.loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(record.gradient, gradient, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
def test_the_last_layer_is_updated_alike_in_both_orders_and_a_unit_left_out_learns_nothing(
    order: str, build: Build
) -> None:
    case = build([3, 8, 2], [Tanh(), Softmax()], CrossEntropy(), dropout=(0.5, 0.0), samples=1, order=order)
    record = case.recorded(0.5)
    left_out = record.kept[0][:, 0] == 0.0

    assert left_out.any()
    assert not left_out.all()
    moved = record.after != record.before
    views = [part.view(moved) for part in case.layout.parts()]
    assert not views[0][left_out].any()
    assert views[0][~left_out].all()
    assert not views[2][:, left_out].any()


def test_training_with_dropout_lowers_the_loss(build: Build) -> None:
    case = made(build, optimizer=Momentum(beta=0.5), samples=20)
    losses = [case.step(0.2, t) for t in range(1, 400)]

    assert np.mean(losses[-20:]) < 0.8 * np.mean(losses[:20])
