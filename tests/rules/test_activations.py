"""Every promise of an activation, on every activation of the catalogue."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.functions import quietly
from backprop_cli.algebra.term import Ref
from backprop_cli.engine.script import bind
from backprop_cli.rules.activations import Activation, Pointwise, Rowwise
from backprop_cli.rules.activations.base import Row
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.base import members

Batch = np.ndarray[Any, Any]

GRID = np.array([-40.0, -19.0, -7.5, -3.0, -1.0, -0.3, -1e-4, -1e-9, 0.0, 1e-9, 1e-4, 0.2, 1.0, 2.5, 6.0, 19.0, 40.0])
both_dtypes = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def scratch(like: Batch) -> tuple[Batch, Batch, Batch]:
    return np.empty_like(like), np.empty_like(like), np.empty_like(like)


def run(rule: Activation, z: Batch) -> Batch:
    a = np.empty_like(z)
    bind(rule.kernel(z, a, scratch(z)))()
    return a


def pulled(rule: Activation, delta: Batch, z: Batch) -> Batch:
    result = delta.copy()
    bind(rule.pull(result, z, run(rule, z), scratch(z)))()
    return result


def derivative(rule: Pointwise, z: Batch, step: float = 1e-3) -> Batch:
    """Give f′ by central differences of fourth order."""
    near = rule.formula(z + step) - rule.formula(z - step)
    far = rule.formula(z + 2 * step) - rule.formula(z - 2 * step)
    return np.asarray((8 * near - far) / (12 * step))


def test_formula_is_one_function_of_floats_arrays_and_terms(pointwise: Pointwise) -> None:
    of_floats = [pointwise.formula(float(z)) for z in GRID]
    term, slope_term = pointwise.formula(Ref("z")), pointwise.slope(Ref("z"), Ref("a"))

    np.testing.assert_allclose(pointwise.formula(GRID), of_floats, rtol=1e-13, atol=1e-15)
    for z, a in zip(GRID, of_floats, strict=True):
        values = {"z": float(z), "a": a}
        assert evaluate(term, lambda key, values=values: values[str(key)]) == a
        slope = evaluate(slope_term, lambda key, values=values: values[str(key)])
        assert slope == pointwise.slope(float(z), a)


@both_dtypes
def test_kernel_is_the_formula(pointwise: Pointwise, dtype: type) -> None:
    z = GRID.astype(dtype)[:, None]

    a = run(pointwise, z)

    assert a.dtype == dtype
    eps = float(np.finfo(dtype).eps)
    np.testing.assert_allclose(a, pointwise.formula(z.astype(np.float64)), rtol=60 * eps, atol=60 * eps)


# What couples the neurons of an array: they are its rows.
OVER_ROWS: Row[Batch] = Row(lambda z: z.max(axis=0, keepdims=True), lambda z: z.sum(axis=0, keepdims=True))


@both_dtypes
def test_the_stable_form_is_the_kernel_near_and_far(activation: Activation, dtype: type) -> None:
    far = np.array([-3e4, -1000.0, -89.0, 89.0, 1000.0, 3e4])
    z = np.stack([np.concatenate([GRID, far]), np.concatenate([far, GRID[::-1]])]).astype(dtype)
    with quietly():
        a = activation.stable(z, OVER_ROWS)

    assert a.dtype == dtype
    eps = float(np.finfo(dtype).eps)
    np.testing.assert_allclose(a, run(activation, z), rtol=60 * eps, atol=60 * eps)


def test_slope_is_the_derivative_of_the_formula(pointwise: Pointwise) -> None:
    # Near zero the slope itself may have a corner, where a wide difference is no measure.
    for near, step, tolerance in ((False, 1e-3, 1e-9), (True, 1e-6, 2e-6)):
        z = GRID[(np.abs(GRID) < 3e-3) == near]
        z = z[[all(abs(one - kink) > 3 * step for kink in pointwise.kinks) for one in z]]
        slope = np.broadcast_to(pointwise.slope(z, pointwise.formula(z)), z.shape)

        np.testing.assert_allclose(slope, derivative(pointwise, z, step), rtol=tolerance, atol=tolerance / 10)


def test_the_slope_at_a_kink_is_that_of_one_of_its_sides(pointwise: Pointwise) -> None:
    for kink in pointwise.kinks:
        slope = pointwise.slope(kink, pointwise.formula(kink))
        sides = [float(derivative(pointwise, np.array([kink + side]))[0]) for side in (-3e-3, 3e-3)]

        assert min(abs(slope - side) for side in sides) < 0.02
        assert pulled(pointwise, np.ones((1, 1)), np.full((1, 1), kink))[0, 0] == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize(
    ("name", "slope"), [("relu", 0.0), ("leaky_relu", 0.01), ("elu", 1.0), ("selu", 1.7580993408473766)]
)
def test_the_slope_at_zero_is_the_one_that_the_docstring_names(name: str, slope: float) -> None:
    rule = members(Activation)[name]()

    assert isinstance(rule, Pointwise)
    assert rule.slope(0.0, rule.formula(0.0)) == pytest.approx(slope, rel=1e-15)


@both_dtypes
def test_pull_multiplies_by_the_slope(pointwise: Pointwise, dtype: type) -> None:
    z = GRID.astype(dtype)[:, None]
    exact = z.astype(np.float64)
    delta = np.linspace(-2, 3, len(GRID)).astype(dtype)[:, None]
    eps = float(np.finfo(dtype).eps)

    result = pulled(pointwise, delta, z)

    assert result.dtype == dtype
    expected = delta.astype(np.float64) * pointwise.slope(exact, pointwise.formula(exact))
    np.testing.assert_allclose(result, expected, rtol=100 * eps, atol=100 * eps)


@both_dtypes
def test_kernel_and_pull_are_stable_far_out_and_stay_within_the_outputs(activation: Activation, dtype: type) -> None:
    z = np.array([[-1000.0, 1000.0, 0.0], [1000.0, -1000.0, 3.0]], dtype=dtype)
    a = run(activation, z)
    low, high = activation.outputs

    assert np.isfinite(pulled(activation, np.ones_like(z), z)).all()
    assert np.isfinite(a).all()
    assert (a >= low).all()
    assert (a <= high).all()


@pytest.mark.parametrize(("dtype", "size"), [(np.float64, 1e200), (np.float32, 1e30)])
def test_kernel_and_pull_are_finite_where_squares_overflow(activation: Activation, dtype: type, size: float) -> None:
    z = np.array([[-size, size, 0.0], [size, -size, 3.0]], dtype=dtype)
    with np.errstate(over="ignore"):
        assert np.isfinite(run(activation, z)).all()
        assert np.isfinite(pulled(activation, np.ones_like(z), z)).all()


def test_the_outputs_hold_what_the_kernel_gives(activation: Activation) -> None:
    z = np.linspace(-12, 12, 4800).reshape(2, -1)
    a = run(activation, z)
    low, high = activation.outputs

    assert low <= a.min()
    assert a.max() <= high
    # Not more than what is needed: the bound is nearly reached where there is one.
    assert np.isinf(low) or a.min() - low < 0.1
    assert np.isinf(high) or high - a.max() < 0.1


def test_kernel_and_pull_leave_their_inputs_and_allocate_nothing(
    activation: Activation, allocated: Callable[..., int]
) -> None:
    z = np.linspace(-5, 5, 256 * 64).reshape(256, 64)
    a, delta, spare, kept = np.empty_like(z), np.ones_like(z), scratch(z), z.copy()
    forward, backward = bind(activation.kernel(z, a, spare)), bind(activation.pull(delta, z, a, spare))

    assert allocated(forward) < 16_000
    result = a.copy()
    assert allocated(backward) < 16_000
    np.testing.assert_array_equal(z, kept)
    np.testing.assert_array_equal(a, result)


def test_a_rowwise_kernel_is_its_formula_and_its_pull_the_jacobian_product(rowwise: Rowwise) -> None:
    rng = np.random.default_rng(1)
    z, delta = rng.normal(size=(4, 3)) * 3, rng.normal(size=(4, 3))
    a, back = run(rowwise, z), pulled(rowwise, delta, z)
    terms = rowwise.formula([Ref(row) for row in range(4)])

    np.testing.assert_allclose(np.array(rowwise.formula(list(z))), a, rtol=1e-13)
    for sample in range(3):
        column = [float(value) for value in a[:, sample]]
        assert rowwise.formula([float(value) for value in z[:, sample]]) == pytest.approx(column, rel=1e-13)
        by_terms = [evaluate(term, lambda key, sample=sample: float(z[key, sample])) for term in terms]
        assert by_terms == pytest.approx(column, rel=1e-13)
        jacobian = np.array([[rowwise.slope(column, of, by) for by in range(4)] for of in range(4)])
        np.testing.assert_allclose(back[:, sample], delta[:, sample] @ jacobian, atol=1e-14)


def test_a_rowwise_slope_is_the_derivative_of_the_formula(rowwise: Rowwise) -> None:
    z, step = np.array([0.3, -1.2, 2.0]), 1e-5
    a = [float(value) for value in rowwise.formula(list(z))]
    for by in range(3):
        moved = step * np.eye(3)[by]
        numeric = (np.array(rowwise.formula(list(z + moved))) - rowwise.formula(list(z - moved))) / (2 * step)
        assert [rowwise.slope(a, of, by) for of in range(3)] == pytest.approx(list(numeric), rel=1e-8, abs=1e-11)


def test_the_shift_of_softmax_changes_what_is_shown_and_not_what_comes_out() -> None:
    z = [3.0, -1.0, 0.5]
    plain, shifted = Softmax(), Softmax(shift="max")

    assert shifted.exponentials(z) == pytest.approx([e / plain.exponentials(z)[0] for e in plain.exponentials(z)])
    assert shifted.formula(z) == pytest.approx(plain.formula(z), rel=1e-15)
    assert shifted.formula([1000.0, 999.0]) == pytest.approx(plain.formula([1.0, 0.0]), rel=1e-15)


@both_dtypes
def test_a_kernel_does_with_many_numbers_what_it_does_with_few(pointwise: Pointwise, dtype: type) -> None:
    extreme = [-np.inf, -800.0, -90.0, -0.0, 90.0, 800.0, np.inf, np.nan]
    few = np.concatenate([GRID, extreme]).astype(dtype)[None]
    many = np.tile(few, (40, 1))

    with np.errstate(all="ignore"):
        np.testing.assert_allclose(
            run(pointwise, many), np.tile(run(pointwise, few), (40, 1)), rtol=8 * np.finfo(dtype).eps
        )
