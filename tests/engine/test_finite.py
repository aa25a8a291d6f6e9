"""What stops being finite is named, and the parameters stay as they were."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_cli.engine.finite import NotFinite
from backprop_cli.errors import DivergedError
from backprop_cli.quantities.quantity import Derivative, Quantity, Variable
from backprop_cli.quantities.topology import BiasKind
from backprop_cli.rules.activations.identity import Identity
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.base import members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.optimizers import Clip, Optimizer, Penalty
from backprop_cli.rules.optimizers.sgd import Sgd

Build = Callable[..., Any]

LINEAR = [Identity(), Identity()]
W1, W2 = Variable("w", 1, (1, 1)), Variable("w", 2, (1, 1))
# x, the two weights of a linear chain without biases, and the learning rate; what is named, and its value.
CASES: dict[str, tuple[list[float], tuple[float, float], float, Quantity, float]] = {
    "an infinite input": ([1.0, np.inf], (0.5, 0.5), 0.1, Variable("z", 1, (1,), sample=2), np.inf),
    "an input that is no number": ([np.nan, 1.0], (0.5, 0.5), 0.1, Variable("z", 1, (1,), sample=1), np.nan),
    "a weighted sum": ([1.0, -1e300], (1.0, 1e200), 0.1, Variable("z", 2, (1,), sample=2), -np.inf),
    "the loss": ([1.0, 1e200], (1.0, 1.0), 0.1, Variable("L"), np.inf),
    "the gradient found first": ([1e250], (1e-50, 1e-50), 1e-320, Derivative(Variable("L"), W2), np.inf),
    "a gradient": ([1e160, 1.0], (1e-10, 1.0), 1e-320, Derivative(Variable("L"), W1), np.inf),
}


def chain(build: Build, x: list[float], weights: tuple[float, float], **options: Any) -> Any:
    column = [[value] for value in x]
    zeros = np.zeros((len(x), 1))
    case = build([1, 1, 1], LINEAR, HalfSse(), kinds=[BiasKind.NONE] * 2, x=column, y=zeros, **options)
    case.network.theta[...] = weights
    return case


def stopped(case: Any, rate: float) -> NotFinite:
    """Train the step that must fail; check that it left the parameters alone."""
    before = case.network.theta.copy()
    with np.errstate(all="ignore"), pytest.raises(NotFinite) as caught:
        case.step(rate, 1)

    np.testing.assert_array_equal(case.network.theta, before)
    assert isinstance(caught.value, DivergedError)
    return caught.value


def settings_of(order: str) -> list[dict[str, Any]]:
    """List the settings of an optimizer that go with an order of updates."""
    clips = [None, Clip(value=1.0)] + ([Clip(norm=1.0)] if order == "simultaneous" else [])
    return [{"clip": clip, "penalty": penalty} for clip in clips for penalty in (None, Penalty(l1=1e-3, l2=1e-3))]


@pytest.mark.parametrize("optimizer", members(Optimizer).values(), ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
@pytest.mark.parametrize("name", CASES)
def test_the_first_quantity_that_is_not_finite_is_named(
    name: str, order: str, optimizer: type[Optimizer], build: Build
) -> None:
    x, weights, rate, quantity, value = CASES[name]
    for settings in settings_of(order):
        found = stopped(chain(build, x, weights, order=order, optimizer=optimizer(**settings)), rate)

        assert found.quantity == quantity
        np.testing.assert_equal(found.value, value)


@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
def test_a_parameter_after_an_update_too_large_is_named(order: str, build: Build) -> None:
    # In sequential order the last layer is the first to be updated.
    expected = Variable("w", 1 if order == "simultaneous" else 2, (1, 1), "new")

    found = stopped(chain(build, [2.0], (2.0, 2.0), order=order), 1e308)

    assert found.quantity == expected
    assert found.value == -np.inf


def test_layers_that_were_updated_before_the_trouble_are_put_back(build: Build) -> None:
    # The last layer's update is finite, the first layer's is not; `stopped` looks at both.
    found = stopped(chain(build, [1e160], (1e-10, 1.0), order="sequential"), 1e-160)

    assert found.quantity == Derivative(Variable("L"), W1)


def test_a_penalty_beyond_floats_is_a_loss_beyond_floats(build: Build) -> None:
    found = stopped(chain(build, [1e-200], (1e200, 1.0), optimizer=Sgd(penalty=Penalty(l2=0.1))), 0.1)

    assert found.quantity == Variable("L")


def test_a_bias_is_named_as_its_layer_has_it(build: Build) -> None:
    names = {
        BiasKind.NEURON: ("b", (1,)),
        BiasKind.LAYER: ("b", ()),
        BiasKind.CONNECTION: ("b", (1, 1)),
    }
    for kind, (symbol, indices) in names.items():
        case = build([1, 1], [Identity()], HalfSse(), kinds=[kind], x=[[0.0]], y=[[-2.0]])
        case.network.theta[...] = 0.0

        found = stopped(case, 1e308)

        assert found.quantity == Variable(symbol, 1, indices, "new")


def test_an_output_is_named_yhat_and_finite_parameters_with_an_infinite_sum_are_fine(build: Build) -> None:
    case = build([1, 2], [Sigmoid()], HalfSse(), kinds=[BiasKind.NONE], x=[[0.0]], y=[[0.5, 0.5]])
    case.network.theta[...] = 1e308
    with np.errstate(over="ignore"):
        case.step(0.1, 1)

    np.testing.assert_array_equal(case.network.theta, [1e308, 1e308])


@pytest.mark.parametrize("loss", members(Loss).values(), ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("optimizer", members(Optimizer).values(), ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_huge_learning_rate_ends_in_a_name_and_finite_parameters(
    loss: type[Loss], optimizer: type[Optimizer], dtype: Any, build: Build
) -> None:
    largest = float(np.finfo(dtype).max)
    activations = [Identity(), Sigmoid()] if loss().predictions == (0.0, 1.0) else LINEAR
    case = build([2, 3, 2], activations, loss(), optimizer=optimizer(), dtype=dtype, samples=4)
    found, before = None, case.network.theta.copy()
    with np.errstate(all="ignore"):
        for t in range(1, 50):
            before = case.network.theta.copy()
            try:
                case.step(largest, t)
            except NotFinite as error:
                found = error
                break

    assert found is not None
    assert not np.isfinite(found.value)
    assert np.isfinite(case.network.theta).all()
    np.testing.assert_array_equal(case.network.theta, before)
