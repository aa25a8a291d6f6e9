"""Every promise of an optimizer, on every optimizer of the catalogue."""

from typing import Any

import numpy as np
import pytest

from backprop_cli.rules.base import members
from backprop_cli.rules.optimizers import Clip, Optimizer, Penalty
from backprop_cli.rules.optimizers.adaptive import Adagrad, Adam, AdamW, RmsProp
from backprop_cli.rules.optimizers.descent import Momentum, Nesterov, Sgd

EVERY = [
    *(rule() for rule in members(Optimizer).values()),
    Momentum(form="change", beta=0.5),
    *(rule(eps_inside_root=True, eps=1e-3) for rule in (Adagrad, RmsProp, Adam, AdamW)),
]


def title(rule: Any) -> str:
    return str(getattr(rule, "title", rule))


def gradients(steps: int) -> list[np.ndarray[Any, Any]]:
    rng = np.random.default_rng(11)
    return [rng.normal(size=5) for _ in range(steps)]


def trained(rule: Optimizer, theta: np.ndarray[Any, Any], steps: int, rate: float) -> np.ndarray[Any, Any]:
    theta, new, g = theta.copy(), np.empty_like(theta), np.empty_like(theta)
    state = [np.zeros_like(theta) for _ in rule.state]
    update = rule.kernel(theta, g, new, state, (np.empty_like(theta), np.empty_like(theta)))
    for t, gradient in enumerate(gradients(steps), start=1):
        g[...] = gradient
        update(rate, t)
        theta[...] = new
    return theta


@pytest.mark.parametrize("rule", EVERY, ids=title)
def test_kernel_is_the_formula_over_several_steps(rule: Optimizer) -> None:
    start = np.linspace(-1, 1, 5)
    expected = []
    for place, theta in enumerate(start):
        value, state = float(theta), tuple(0.0 for _ in rule.state)
        for t, gradient in enumerate(gradients(5), start=1):
            value, state = rule.formula(value, float(gradient[place]), state, 0.1, t)
        expected.append(value)

    np.testing.assert_allclose(trained(rule, start, 5, 0.1), expected, rtol=1e-12)


@pytest.mark.parametrize("rule", EVERY, ids=title)
def test_corrected_letters_belong_to_the_state(rule: Optimizer) -> None:
    assert all(letter.removesuffix("hat") in rule.state for letter in rule.corrected)


@pytest.mark.parametrize(
    ("rule", "name", "settings"),
    [
        (Sgd(), "SGD", {}),
        (Momentum(), "SGD", {"momentum": 0.9}),
        (Nesterov(), "SGD", {"momentum": 0.9, "nesterov": True}),
        (Adagrad(), "Adagrad", {}),
        (RmsProp(), "RMSprop", {}),
        (Adam(), "Adam", {}),
        (AdamW(), "AdamW", {}),
    ],
    ids=title,
)
def test_twenty_steps_equal_those_of_pytorch(rule: Optimizer, name: str, settings: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[oracles]'")
    start = np.linspace(-1, 1, 5)
    theta = torch.tensor(start, requires_grad=True)
    optimizer = getattr(torch.optim, name)([theta], lr=0.05, **settings)
    for gradient in gradients(20):
        theta.grad = torch.tensor(gradient)
        optimizer.step()

    np.testing.assert_allclose(trained(rule, start, 20, 0.05), theta.detach().numpy(), rtol=1e-10)


def test_the_two_forms_of_momentum_agree_at_a_constant_rate() -> None:
    start = np.linspace(-1, 1, 5)

    np.testing.assert_allclose(
        trained(Momentum(), start, 20, 0.1), trained(Momentum(form="change"), start, 20, 0.1), rtol=1e-12
    )


def test_a_penalty_charges_weights_and_lets_biases_free() -> None:
    penalty = Penalty(l1=0.1, l2=0.2)
    theta, mask, grad, work = np.array([2.0, -3.0, 5.0]), np.array([1.0, 1.0, 0.0]), np.ones(3), np.empty(3)
    penalty.push(theta, mask, grad, work)()

    assert penalty.measure(theta, mask, work)() == pytest.approx(penalty.formula(2.0) + penalty.formula(-3.0))
    np.testing.assert_allclose(grad - 1, [penalty.slope(2.0), penalty.slope(-3.0), 0.0])


@pytest.mark.parametrize(
    ("clip", "gradient", "expected"),
    [
        (Clip(norm=1.0), [3.0, 4.0], [0.6, 0.8]),
        (Clip(norm=10.0), [3.0, 4.0], [3.0, 4.0]),
        (Clip(norm=1.0), [0.0, 0.0], [0.0, 0.0]),
        (Clip(value=2.0), [3.0, -4.0], [2.0, -2.0]),
    ],
)
def test_clipping_holds_the_gradient_back(clip: Clip, gradient: list[float], expected: list[float]) -> None:
    applied = np.empty(2)
    clip.bind(np.array(gradient), applied)()

    np.testing.assert_allclose(applied, expected)
