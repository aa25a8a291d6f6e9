"""Every promise of a loss, on every loss of the catalogue."""

from typing import Any

import numpy as np
import pytest

from backprop_cli.algebra.term import Ref, evaluate
from backprop_cli.rules.base import members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.distances import Huber

EVERY = [*(rule() for rule in members(Loss).values()), Huber(delta=0.3), Huber(delta=2.5, reduction="sum")]
SHORTCUTS = [(rule, activation) for rule in EVERY for activation in rule.shortcuts]


def title(rule: Any) -> str:
    return str(rule.title) if isinstance(rule, Loss) else str(rule.__name__)


def samples(rule: Loss) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    rng = np.random.default_rng(3)
    yhat = rng.uniform(0.05, 0.95, size=(3, 4))
    y = rng.dirichlet(np.ones(3), size=4).T if rule.targets != (-np.inf, np.inf) else rng.normal(size=(3, 4)) * 2
    return y, yhat


def scratch(like: np.ndarray[Any, Any]) -> tuple[Any, Any, Any]:
    return np.empty_like(like), np.empty_like(like), np.empty_like(like)


@pytest.mark.parametrize("rule", EVERY, ids=title)
def test_share_is_one_function_of_floats_arrays_and_terms_and_the_kernel_fills_it(rule: Loss) -> None:
    y, yhat = samples(rule)
    filled = np.empty_like(y)
    rule.fill_shares(y, yhat, filled, np.empty_like(y))
    term = rule.share(Ref("y"), Ref("yhat"))

    for index in np.ndindex(y.shape):
        values = {"y": float(y[index]), "yhat": float(yhat[index])}
        share = rule.share(values["y"], values["yhat"])
        assert evaluate(term, lambda key, values=values: values[str(key)]) == share
        assert filled[index] == pytest.approx(share, rel=1e-13, abs=1e-15)
    np.testing.assert_allclose(rule.share(y, yhat), filled, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("rule", EVERY, ids=title)
def test_slope_is_the_derivative_of_the_share_and_the_kernel_fills_it(rule: Loss) -> None:
    y, yhat = samples(rule)
    filled = np.empty_like(y)
    rule.fill_slopes(y, yhat, filled, np.empty_like(y))
    step = 1e-6
    numeric = (rule.share(y, yhat + step) - rule.share(y, yhat - step)) / (2 * step)

    np.testing.assert_allclose(rule.slope(y, yhat), filled, rtol=1e-12)
    np.testing.assert_allclose(filled, numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("rule", EVERY, ids=title)
def test_the_batch_is_reduced_as_the_loss_says(rule: Loss, reduction: str) -> None:
    rule = rule.model_copy(update={"reduction": reduction})
    y, yhat = samples(rule)
    over_outputs = np.sum if rule.over_outputs == "sum" else np.mean
    over_samples = np.sum if reduction == "sum" else np.mean
    delta = np.empty_like(y)
    rule.pull(y, yhat, delta, scratch(y), None)()
    factor = (1 if rule.over_outputs == "sum" else 1 / 3) * (1 if reduction == "sum" else 1 / 4)

    assert rule.measure(y, yhat, scratch(y))() == pytest.approx(
        float(over_samples(over_outputs(rule.share(y, yhat), axis=0))), rel=1e-13
    )
    np.testing.assert_allclose(delta, rule.slope(y, yhat) * factor, rtol=1e-12)


@pytest.mark.parametrize(("rule", "activation"), SHORTCUTS, ids=title)
def test_a_shortcut_is_the_product_that_it_stands_for(rule: Loss, activation: Any) -> None:
    y, _ = samples(rule)
    z = np.random.default_rng(5).normal(size=y.shape) * 2
    a, long, short, shares = (np.empty_like(y) for _ in range(4))
    activation().kernel(z, a, scratch(y))()
    shortcut = rule.shortcuts[activation]
    rule.pull(y, a, long, scratch(y), None)()
    activation().pull(long, z, a, scratch(y))()
    rule.pull(y, a, short, scratch(y), shortcut)()
    shortcut.fill_shares(y, z, shares, np.empty_like(y), np.empty_like(y[:1]))

    np.testing.assert_allclose(short, long, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(shortcut.slope(y, a) * rule.weight(*y.shape), short, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(shares, rule.share(y, a), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize(("rule", "activation"), SHORTCUTS, ids=title)
def test_a_shortcut_is_stable_far_out(rule: Loss, activation: Any) -> None:
    z = np.array([[1000.0, -1000.0], [-1000.0, 1000.0]])
    y = np.array([[0.0, 0.0], [1.0, 1.0]])

    loss = rule.joint_measure(rule.shortcuts[activation], y, z, scratch(z))()

    assert np.isfinite(loss)
    assert loss > 100
