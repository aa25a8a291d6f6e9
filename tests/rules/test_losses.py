"""Every promise of a loss, on every loss of the catalogue, and of its shortcuts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.term import Ref
from backprop_cli.engine.script import bind
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.base import Calls, Measure, members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.losses.huber import Huber
from backprop_cli.rules.losses.mae import Mae

Batch = np.ndarray[Any, Any]

SHORTCUTS = [(made(), activation) for made in members(Loss).values() for activation in made.shortcuts]
every_shortcut = pytest.mark.parametrize(
    ("paired", "activation_type"), SHORTCUTS, ids=[f"{loss.title}-{kind.__name__}" for loss, kind in SHORTCUTS]
)
both_reductions = pytest.mark.parametrize("reduction", ["sum", "mean"])


def samples(loss: Loss, shape: tuple[int, int] = (3, 4)) -> tuple[Batch, Batch]:
    """Give legal targets and predictions."""
    rng = np.random.default_rng(3)
    yhat = rng.uniform(0.05, 0.95, size=shape)
    bounded = loss.targets != (-np.inf, np.inf)
    y = rng.dirichlet(np.ones(shape[0]), size=shape[1]).T.copy() if bounded else rng.normal(size=shape) * 2
    return y, yhat


def made(calls: Calls) -> None:
    bind(calls)()


def worked_out(measure: Measure) -> float:
    return bind((), [measure])()


def scratch(like: Batch) -> tuple[Batch, Batch, Batch]:
    return np.empty_like(like), np.empty_like(like), np.empty_like(like)


def test_share_and_slope_are_functions_of_floats_arrays_and_terms(loss: Loss) -> None:
    y, yhat = samples(loss)
    for formula in (loss.share, loss.slope):
        term, of_arrays = formula(Ref("y"), Ref("yhat")), formula(y, yhat)
        for index in np.ndindex(y.shape):
            values = {"y": float(y[index]), "yhat": float(yhat[index])}
            of_floats = formula(values["y"], values["yhat"])
            assert evaluate(term, lambda key, values=values: values[str(key)]) == of_floats
            assert of_arrays[index] == pytest.approx(of_floats, rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_kernels_fill_share_and_slope(loss: Loss, dtype: type) -> None:
    y, yhat = (values.astype(dtype) for values in samples(loss))
    exact = y.astype(np.float64), yhat.astype(np.float64)
    tolerance = 200 * float(np.finfo(dtype).eps)
    for fill, formula in ((loss.fill_shares, loss.share), (loss.fill_slopes, loss.slope)):
        filled = np.empty_like(y)
        made(fill(y, yhat, filled, np.empty_like(y)))

        assert filled.dtype == dtype
        np.testing.assert_allclose(filled, formula(*exact), rtol=tolerance, atol=tolerance)


def test_slope_is_the_derivative_of_the_share(loss: Loss) -> None:
    y, yhat = samples(loss)
    step = 1e-6
    numeric = (loss.share(y, yhat + step) - loss.share(y, yhat - step)) / (2 * step)

    np.testing.assert_allclose(loss.slope(y, yhat), numeric, rtol=1e-6, atol=1e-8)


def test_the_slope_at_a_kink_lies_between_those_of_its_sides(loss: Loss) -> None:
    for kink in loss.kinks:
        below, at, above = (loss.slope(0.25, 0.25 + kink + side) for side in (-1e-6, 0.0, 1e-6))
        assert below <= at <= above


def test_the_slopes_at_special_errors_are_those_that_the_docstrings_name() -> None:
    assert Mae().slope(0.3, 0.3) == 0.0
    assert [Huber(delta=0.5).slope(0.0, d) for d in (-2.0, -0.5, 0.25, 0.5, 2.0)] == [-0.5, -0.5, 0.25, 0.5, 0.5]


@both_reductions
def test_the_batch_is_reduced_as_the_loss_says(loss: Loss, reduction: str) -> None:
    reduced = loss.model_copy(update={"reduction": reduction})
    y, yhat = samples(reduced)
    over_outputs = np.sum if reduced.over_outputs == "sum" else np.mean
    over_samples = np.sum if reduction == "sum" else np.mean
    delta = np.empty_like(y)
    made(reduced.pull(y, yhat, delta, scratch(y), None))
    factor = (1 if reduced.over_outputs == "sum" else 1 / 3) * (1 if reduction == "sum" else 1 / 4)

    assert worked_out(reduced.measure(y, yhat, scratch(y))) == pytest.approx(
        float(over_samples(over_outputs(reduced.share(y, yhat), axis=0))), rel=1e-13
    )
    np.testing.assert_allclose(delta, reduced.slope(y, yhat) * factor, rtol=1e-12)


@both_reductions
@every_shortcut
def test_a_shortcut_is_the_product_that_it_stands_for(
    paired: Loss, activation_type: type[Activation], reduction: str
) -> None:
    paired, activation = paired.model_copy(update={"reduction": reduction}), activation_type()
    y, _ = samples(paired)
    z = np.random.default_rng(5).normal(size=y.shape) * 2
    a, long, short, shares = (np.empty_like(y) for _ in range(4))
    made(activation.kernel(z, a, scratch(y)))
    shortcut = paired.shortcuts[activation_type]
    made(paired.pull(y, a, long, scratch(y), None))
    made(activation.pull(long, z, a, scratch(y)))
    made(paired.pull(y, a, short, scratch(y), shortcut))
    made(shortcut.fill_shares(y, z, shares, np.empty_like(y), np.empty_like(y[:1])))

    np.testing.assert_allclose(short, long, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(shortcut.slope(y, a) * paired.weight(*y.shape), short, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(shares, paired.share(y, a), rtol=1e-11, atol=1e-14)
    assert worked_out(paired.joint_measure(shortcut, y, z, scratch(y))) == pytest.approx(
        worked_out(paired.measure(y, a, scratch(y))), rel=1e-13
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@every_shortcut
def test_a_shortcut_is_exact_far_out(paired: Loss, activation_type: type[Activation], dtype: type) -> None:
    # The first sample is as wrong as can be, the second as right.
    z = np.array([[1000.0, -1000.0], [-1000.0, 1000.0]], dtype=dtype)
    y, a = np.array([[0.0, 0.0], [1.0, 1.0]], dtype=dtype), np.empty_like(z)
    made(activation_type().kernel(z, a, scratch(z)))
    shortcut, delta = paired.shortcuts[activation_type], np.empty_like(z)
    made(paired.pull(y, a, delta, scratch(z), shortcut))

    expected = {Sigmoid: 500.0, Softmax: 1000.0}[activation_type]
    assert worked_out(paired.joint_measure(shortcut, y, z, scratch(z))) == pytest.approx(expected)
    np.testing.assert_allclose(delta, np.array([[1.0, 0.0], [-1.0, 0.0]]) * paired.weight(2, 2), atol=1e-30)


@pytest.mark.parametrize(
    "likelihood", [rule() for rule in members(Loss).values() if rule.predictions == (0.0, 1.0)], ids=lambda it: it.title
)
def test_a_probability_that_underflowed_keeps_loss_and_slope_finite(likelihood: Loss) -> None:
    y, yhat = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    delta = np.empty_like(y)
    made(likelihood.pull(y, yhat, delta, scratch(y), None))

    assert np.isfinite(worked_out(likelihood.measure(y, yhat, scratch(y))))
    assert np.isfinite(delta).all()


@pytest.mark.parametrize("is_drawn", [True, False])
@pytest.mark.parametrize("samples", [1, 100, 101, 200_000])
def test_a_sum_of_many_shares_keeps_the_digits_of_the_precision(samples: int, is_drawn: bool) -> None:
    shape = (10, samples)
    yhat = np.random.default_rng(5).random(shape, dtype=np.float32) if is_drawn else np.full(shape, 0.3, np.float32)
    y = np.zeros_like(yhat)
    exact = worked_out(HalfSse().measure(y.astype(float), yhat.astype(float), scratch(y.astype(float))))

    assert worked_out(HalfSse().measure(y, yhat, scratch(y))) == pytest.approx(exact, rel=5e-7)


def test_a_bound_loss_allocates_nothing(loss: Loss, allocated: Callable[..., int]) -> None:
    y, yhat = samples(loss, (256, 64))
    for shortcut in (None, *loss.shortcuts.values()):
        pull = bind(loss.pull(y, yhat, np.empty_like(y), scratch(y), shortcut))
        assert allocated(pull) < 16_000
        measure = loss.joint_measure(shortcut, y, yhat, scratch(y)) if shortcut else loss.measure(y, yhat, scratch(y))
        run = bind((), [measure])
        assert allocated(run) < 16_000
