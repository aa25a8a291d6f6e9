"""Initializers draw what their formulas say, and the same again from the same seed."""

import numpy as np
import pytest

from backprop_cli.rules.initializers import Initializer
from backprop_cli.rules.initializers.constant import Constant
from backprop_cli.rules.initializers.he_normal import HeNormal
from backprop_cli.rules.initializers.he_uniform import HeUniform
from backprop_cli.rules.initializers.lecun_normal import LecunNormal
from backprop_cli.rules.initializers.normal import Normal
from backprop_cli.rules.initializers.uniform import Uniform
from backprop_cli.rules.initializers.xavier_normal import XavierNormal
from backprop_cli.rules.initializers.xavier_uniform import XavierUniform
from backprop_cli.rules.initializers.zeros import Zeros

FAN_IN, FAN_OUT = 300, 200


def drawn(rule: Initializer, seed: int = 7) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return rule.draw(np.random.default_rng(seed), (FAN_OUT, FAN_IN), FAN_IN, FAN_OUT)


@pytest.mark.parametrize(
    ("case", "mean", "variance"),
    [
        (Zeros(), 0.0, 0.0),
        (Constant(value=1.5), 1.5, 0.0),
        (Uniform(), 0.0, 1 / 12),
        (Uniform(low=1.0, high=3.0), 2.0, 1 / 3),
        (Normal(), 0.0, 0.01),
        (Normal(mean=-2.0, std=0.5), -2.0, 0.25),
        (XavierUniform(), 0.0, 2 / 500),
        (XavierUniform(gain=2.0), 0.0, 8 / 500),
        (XavierNormal(), 0.0, 2 / 500),
        (HeUniform(), 0.0, 2 / 300),
        (HeNormal(), 0.0, 2 / 300),
        (HeNormal(gain=0.5), 0.0, 0.5 / 300),
        (LecunNormal(), 0.0, 1 / 300),
    ],
    ids=lambda case: case.title if isinstance(case, Initializer) else "",
)
def test_mean_and_variance_are_those_of_the_formula(case: Initializer, mean: float, variance: float) -> None:
    values = drawn(case)

    assert values.mean() == pytest.approx(mean, abs=0.02 * variance**0.5)
    assert values.var() == pytest.approx(variance, rel=0.03)


def test_a_draw_has_its_shape_in_float64_and_repeats_itself(initializer: Initializer) -> None:
    one, again, other = drawn(initializer), drawn(initializer), drawn(initializer, seed=8)

    assert one.shape == (FAN_OUT, FAN_IN)
    assert one.dtype == np.float64
    np.testing.assert_array_equal(one, again)
    assert one.std() == 0 or (one != other).any()
    assert initializer.draw(np.random.default_rng(1), (), FAN_IN, FAN_OUT).shape == ()
    assert initializer.draw(np.random.default_rng(1), (4,), FAN_IN, FAN_OUT).shape == (4,)


@pytest.mark.parametrize(
    "case", [Uniform(low=1.0, high=3.0), XavierUniform(), HeUniform()], ids=lambda case: case.title
)
def test_an_even_draw_keeps_within_its_bounds_and_fills_them(case: Initializer) -> None:
    values = drawn(case)
    middle, reach = values.mean(), np.sqrt(3) * values.std()

    assert np.abs(values - middle).max() == pytest.approx(reach, rel=0.02)


def test_bounds_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match=r"low \(2\) must be below high \(2\)"):
        Uniform(low=2.0, high=2.0)
