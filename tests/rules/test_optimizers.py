"""Every promise of an optimizer, on every optimizer of the catalogue; penalty and clipping."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.term import Ref
from backprop_cli.engine.script import bind
from backprop_cli.rules.optimizers import Clip, Optimizer, Penalty
from backprop_cli.rules.optimizers.adagrad import Adagrad
from backprop_cli.rules.optimizers.adam import Adam
from backprop_cli.rules.optimizers.adamw import AdamW
from backprop_cli.rules.optimizers.momentum import Momentum
from backprop_cli.rules.optimizers.nesterov import Nesterov
from backprop_cli.rules.optimizers.rmsprop import RmsProp
from backprop_cli.rules.optimizers.sgd import Sgd

Vector = np.ndarray[Any, Any]

START = np.linspace(-1, 1, 5)
RATES = [0.1, 0.1, 0.05, 0.2, 0.1]


def gradients(steps: int) -> list[Vector]:
    rng = np.random.default_rng(11)
    return [rng.normal(size=5) for _ in range(steps)]


def trained(optimizer: Optimizer, rates: list[float]) -> tuple[Vector, list[Vector]]:
    """Run the kernel; give the parameters and the state."""
    theta, change, g = START.copy(), np.empty_like(START), np.empty_like(START)
    state = [np.zeros_like(theta) for _ in optimizer.state]
    update = bind(optimizer.kernel(theta, g, change, state, (np.empty_like(theta), np.empty_like(theta))))
    for t, (rate, gradient) in enumerate(zip(rates, gradients(len(rates)), strict=True), start=1):
        g[...] = gradient
        before = theta.copy()
        update(rate, t)
        np.testing.assert_array_equal(theta, before)
        np.testing.assert_array_equal(g, gradient)
        theta -= change
    return theta, state


def by_formula(optimizer: Optimizer, theta: Any, at: Any) -> tuple[Any, tuple[Any, ...]]:
    state = tuple(theta * 0.0 for _ in optimizer.state)
    for t, (rate, gradient) in enumerate(zip(RATES, gradients(len(RATES)), strict=True), start=1):
        theta, state = optimizer.formula(theta, gradient[at], state, rate, t)
    return theta, state


def test_kernel_is_the_formula_over_several_steps(optimizer: Optimizer) -> None:
    theta, state = trained(optimizer, RATES)
    on_arrays, state_on_arrays = by_formula(optimizer, START, slice(None))

    np.testing.assert_allclose(theta, on_arrays, rtol=1e-12)
    for kernel, formula in zip(state, state_on_arrays, strict=True):
        np.testing.assert_allclose(kernel, formula, rtol=1e-12)
    for place, value in enumerate(START):
        on_floats, state_on_floats = by_formula(optimizer, float(value), place)
        assert isinstance(on_floats, float)
        assert on_floats == pytest.approx(on_arrays[place], rel=1e-13)
        assert state_on_floats == pytest.approx([part[place] for part in state_on_arrays], rel=1e-13)


def test_a_formula_on_terms_is_its_value_on_floats(optimizer: Optimizer) -> None:
    values = {"theta": 0.3, "g": -0.7} | dict.fromkeys(optimizer.state, 0.2)
    terms = optimizer.formula(Ref("theta"), Ref("g"), [Ref(letter) for letter in optimizer.state], 0.1, 3)
    floats = optimizer.formula(0.3, -0.7, [0.2 for _ in optimizer.state], 0.1, 3)

    for term, expected in zip((terms.theta, *terms.state), (floats.theta, *floats.state), strict=True):
        assert evaluate(term, lambda key: values[str(key)]) == expected


def test_letters_of_the_state_are_told_apart(optimizer: Optimizer) -> None:
    assert len(set(optimizer.state)) == len(optimizer.state)
    assert all(letter.removesuffix("hat") in optimizer.state for letter in optimizer.corrected)


def test_a_gradient_of_zero_at_the_start_moves_nothing_but_what_decays(optimizer: Optimizer) -> None:
    decay = optimizer.weight_decay if isinstance(optimizer, AdamW) else 0.0
    updated = optimizer.formula(0.5, 0.0, [0.0 for _ in optimizer.state], 0.1, 1)

    assert updated.theta == pytest.approx(0.5 * (1 - 0.1 * decay), rel=1e-15)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_kernel_keeps_the_dtype_and_allocates_nothing(
    optimizer: Optimizer, dtype: type, allocated: Callable[..., int]
) -> None:
    theta, g, change, *work = (np.full(256 * 64, 0.5, dtype=dtype) for _ in range(5))
    state = [np.zeros_like(theta) for _ in optimizer.state]
    update = bind(optimizer.kernel(theta, g, change, state, (work[0], work[1])))

    assert allocated(lambda: update(0.1, 2)) < 16_000
    assert {array.dtype for array in (change, *state)} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    ("ours", "name", "settings"),
    [
        (Sgd(), "SGD", {}),
        (Momentum(), "SGD", {"momentum": 0.9}),
        (Momentum(form="change", beta=0.5), "SGD", {"momentum": 0.5}),
        (Nesterov(), "SGD", {"momentum": 0.9, "nesterov": True}),
        (Adagrad(), "Adagrad", {}),
        (RmsProp(), "RMSprop", {}),
        (RmsProp(rho=0.5, eps=1e-3), "RMSprop", {"alpha": 0.5, "eps": 1e-3}),
        (Adam(), "Adam", {}),
        (Adam(beta1=0.5, beta2=0.9, eps=1e-2), "Adam", {"betas": (0.5, 0.9), "eps": 1e-2}),
        (AdamW(), "AdamW", {}),
        (AdamW(weight_decay=0.5), "AdamW", {"weight_decay": 0.5}),
    ],
    ids=lambda case: case.title if isinstance(case, Optimizer) else "",
)
def test_twenty_steps_equal_those_of_pytorch(ours: Optimizer, name: str, settings: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[oracles]'")
    theta = torch.tensor(START, requires_grad=True)
    theirs = getattr(torch.optim, name)([theta], lr=0.05, **settings)
    for gradient in gradients(20):
        theta.grad = torch.tensor(gradient)
        theirs.step()

    np.testing.assert_allclose(trained(ours, [0.05] * 20)[0], theta.detach().numpy(), rtol=1e-12, atol=1e-14)


def test_the_two_forms_of_momentum_agree_at_a_constant_rate_alone() -> None:
    velocity, change = (Momentum(form=form) for form in ("velocity", "change"))
    constant, varied = [0.1] * 20, [0.1, 0.2] * 10

    np.testing.assert_allclose(trained(velocity, constant)[0], trained(change, constant)[0], rtol=1e-12)
    assert np.abs(trained(velocity, varied)[0] - trained(change, varied)[0]).max() > 0.01


@pytest.mark.parametrize("penalty", [Penalty(l1=0.1), Penalty(l2=0.2), Penalty(l1=0.1, l2=0.2)])
def test_a_penalty_charges_weights_and_lets_biases_free(penalty: Penalty, allocated: Callable[..., int]) -> None:
    theta, mask, work = np.array([2.0, -3.0, 0.0, 5.0]), np.array([1.0, 1.0, 1.0, 0.0]), np.empty(4)
    grad = np.ones(4)
    bind(penalty.push(theta, mask, grad, work))()
    step = 1e-6
    numeric = [(penalty.formula(w + step) - penalty.formula(w - step)) / (2 * step) for w in theta[:2]]

    price = bind((), [penalty.measure(theta, mask, work)])()
    assert price == pytest.approx(penalty.formula(2.0) + penalty.formula(-3.0))
    np.testing.assert_allclose(grad - 1, [penalty.slope(2.0), penalty.slope(-3.0), 0.0, 0.0], rtol=1e-14)
    np.testing.assert_allclose(grad[:2] - 1, numeric, rtol=1e-8)
    assert evaluate(penalty.formula(Ref("w")), lambda key: -3.0) == penalty.formula(-3.0)
    assert penalty.slope(0.0) == 0.0
    long = np.ones(256 * 64)
    push = bind(penalty.push(long, long, np.ones_like(long), np.empty_like(long)))
    measure = bind((), [penalty.measure(long, long, np.empty_like(long))])
    assert allocated(push) < 16_000
    assert allocated(measure) < 16_000


@pytest.mark.parametrize(
    ("clip", "gradient", "expected"),
    [
        (Clip(norm=1.0), [3.0, 4.0], [0.6, 0.8]),
        (Clip(norm=5.0), [3.0, 4.0], [3.0, 4.0]),
        (Clip(norm=1.0), [0.0, 0.0], [0.0, 0.0]),
        (Clip(norm=1.0), [1e-320, 0.0], [1e-320, 0.0]),
        # The sum of the squares is beyond float64, the length is not.
        (Clip(norm=1.0), [3e200, -4e200], [0.6, -0.8]),
        (Clip(value=2.0), [3.0, -4.0], [2.0, -2.0]),
        (Clip(value=2.0), [0.0, -1.5], [0.0, -1.5]),
        (Clip(value=2.0), [1e300, -1e300], [2.0, -2.0]),
    ],
)
def test_clipping_holds_the_gradient_back(clip: Clip, gradient: list[float], expected: list[float]) -> None:
    applied, given = np.empty(2), np.array(gradient)
    with np.errstate(over="ignore"):
        bind(clip.pull(given, applied))()

    np.testing.assert_allclose(applied, expected, rtol=1e-15)
    np.testing.assert_array_equal(given, gradient)


def test_clipping_keeps_float32_and_what_is_not_finite() -> None:
    large, applied = np.array([3e30, 4e30], dtype=np.float32), np.empty(2, dtype=np.float32)
    with np.errstate(all="ignore"):
        bind(Clip(norm=1.0).pull(large, applied))()
        np.testing.assert_allclose(applied, [0.6, 0.8], rtol=1e-6)
        for wrong in (np.inf, np.nan):
            bind(Clip(norm=1.0).pull(np.array([wrong, 1.0], dtype=np.float32), applied))()
            assert not np.isfinite(applied).all()


@pytest.mark.parametrize("settings", [{}, {"norm": 1.0, "value": 1.0}])
def test_clipping_is_by_length_or_by_entry(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="clip takes either norm or value"):
        Clip(**settings)
