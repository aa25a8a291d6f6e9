"""Every promise of an activation, on every activation of the catalogue."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

from backprop_cli.algebra.term import Ref, evaluate
from backprop_cli.rules.activations import Activation, Pointwise, Rowwise
from backprop_cli.rules.activations.gated import Gelu
from backprop_cli.rules.activations.rectifying import Elu, LeakyRelu
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.base import members

MORE = [
    LeakyRelu(negative_slope=0.3),
    LeakyRelu(negative_slope=0.0),
    LeakyRelu(negative_slope=1.0),
    Elu(alpha=0.5),
    Gelu(approximate="tanh"),
    Softmax(shift="max"),
]
EVERY = [*(rule() for rule in members(Activation).values()), *MORE]
POINTWISE = [rule for rule in EVERY if isinstance(rule, Pointwise)]
ROWWISE = [rule for rule in EVERY if isinstance(rule, Rowwise)]
GRID = np.array([-40.0, -7.5, -3.0, -1.0, -0.3, -1e-4, 0.0, 1e-4, 0.2, 1.0, 2.5, 6.0, 40.0])


def title(rule: Any) -> str:
    return str(rule.title)


def run(rule: Activation, z: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    a = np.empty_like(z)
    rule.kernel(z, a, (np.empty_like(z), np.empty_like(z), np.empty_like(z)))()
    return a


def pulled(rule: Activation, delta: np.ndarray[Any, Any], z: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    result = delta.copy()
    rule.pull(result, z, run(rule, z), (np.empty_like(z), np.empty_like(z), np.empty_like(z)))()
    return result


@pytest.mark.parametrize("rule", POINTWISE, ids=title)
def test_formula_is_one_function_of_floats_arrays_and_terms(rule: Pointwise) -> None:
    of_arrays = rule.formula(GRID)
    of_floats = [rule.formula(float(z)) for z in GRID]
    term = rule.formula(Ref("z"))
    of_terms = [evaluate(term, lambda key, z=z: float(z)) for z in GRID]

    assert of_floats == of_terms
    np.testing.assert_allclose(of_arrays, of_floats, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("rule", POINTWISE, ids=title)
def test_kernel_is_the_formula(rule: Pointwise, dtype: type) -> None:
    z = GRID.astype(dtype)[:, None]

    a = run(rule, z)

    assert a.dtype == dtype
    eps = float(np.finfo(dtype).eps)
    np.testing.assert_allclose(a[:, 0], rule.formula(z.astype(np.float64))[:, 0], rtol=60 * eps, atol=60 * eps)


@pytest.mark.parametrize("rule", POINTWISE, ids=title)
def test_slope_is_the_derivative_of_the_formula(rule: Pointwise) -> None:
    z = GRID[[not any(abs(z - kink) < 1e-3 for kink in rule.kinks) for z in GRID]]
    step = 1e-6
    numeric = (rule.formula(z + step) - rule.formula(z - step)) / (2 * step)

    # At 0, softsign and elu have a slope that bends, which costs a central difference half its step.
    np.testing.assert_allclose(rule.slope(z, rule.formula(z)), numeric, rtol=2e-6, atol=1e-8)


@pytest.mark.parametrize("rule", POINTWISE, ids=title)
def test_pull_multiplies_by_the_slope(rule: Pointwise) -> None:
    z = GRID[:, None]
    delta = np.linspace(-2, 3, len(GRID))[:, None]

    np.testing.assert_allclose(pulled(rule, delta, z), delta * rule.slope(z, run(rule, z)), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "slope"), [("relu", 0.0), ("leaky_relu", 0.01), ("elu", 1.0), ("selu", 1.7580993408473766)]
)
def test_the_slope_at_a_kink_is_the_one_that_the_docstring_names(name: str, slope: float) -> None:
    rule = members(Activation)[name]()
    zero = np.zeros((1, 1))

    assert isinstance(rule, Pointwise)
    assert rule.slope(0.0, rule.formula(0.0)) == pytest.approx(slope)
    assert pulled(rule, np.ones((1, 1)), zero)[0, 0] == pytest.approx(slope)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("rule", EVERY, ids=title)
def test_kernel_and_pull_are_stable_far_out_and_stay_within_the_outputs(rule: Activation, dtype: type) -> None:
    z = np.array([[-1000.0, 1000.0, 0.0], [1000.0, -1000.0, 3.0]], dtype=dtype)
    a = run(rule, z)
    low, high = rule.outputs

    assert np.isfinite(a).all()
    assert np.isfinite(pulled(rule, np.ones_like(z), z)).all()
    assert (a >= low).all()
    assert (a <= high).all()


@pytest.mark.parametrize("rule", EVERY, ids=title)
def test_nothing_is_allocated_once_bound(rule: Activation) -> None:
    z = np.linspace(-5, 5, 256 * 64).reshape(256, 64)
    arrays = [np.ones_like(z) for _ in range(5)]
    scratch = (arrays[2], arrays[3], arrays[4])
    forward, backward = rule.kernel(z, arrays[0], scratch), rule.pull(arrays[1], z, arrays[0], scratch)
    forward(), backward()
    tracemalloc.start()
    forward(), backward()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 16_000


@pytest.mark.parametrize("rule", ROWWISE, ids=title)
def test_a_rowwise_kernel_is_its_formula_and_its_pull_the_jacobian_product(rule: Rowwise) -> None:
    rng = np.random.default_rng(1)
    z, delta = rng.normal(size=(4, 3)) * 3, rng.normal(size=(4, 3))
    a = run(rule, z)

    for sample in range(3):
        column = [float(value) for value in a[:, sample]]
        assert rule.formula([float(value) for value in z[:, sample]]) == pytest.approx(column, rel=1e-13)
        jacobian = np.array([[rule.slope(column, of, by) for by in range(4)] for of in range(4)])
        np.testing.assert_allclose(pulled(rule, delta, z)[:, sample], delta[:, sample] @ jacobian, atol=1e-14)
