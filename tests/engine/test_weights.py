"""What a sample counts: twice is as good as being there twice, nothing as good as not being there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.rules.base import members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.cross_entropy import CrossEntropy

Build = Callable[..., Any]
LOSSES = [rule() for rule in members(Loss).values()]
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda rule: rule.title)
RNG = np.random.default_rng(4)
X, Y = RNG.normal(size=(3, 2)), RNG.dirichlet(np.ones(3), size=3)


def made(build: Build, loss: Loss, rows: list[int], weights: Any = None, **options: Any) -> Any:
    last = Softmax() if isinstance(loss, CrossEntropy) else Sigmoid()
    return build([2, 4, 3], [Tanh(), last], loss, x=X[rows], y=Y[rows], weights=weights, **options)


@every_loss
def test_a_whole_weight_is_as_good_as_so_many_samples(loss: Loss, build: Build) -> None:
    added = loss.model_copy(update={"reduction": "sum"})
    weighed = made(build, added, [0, 1, 2], [2.0, 0.0, 3.0]).recorded()
    repeated = made(build, added, [0, 0, 2, 2, 2]).recorded()

    assert weighed.loss == pytest.approx(repeated.loss, rel=1e-13)
    np.testing.assert_allclose(weighed.gradient, repeated.gradient, rtol=1e-11, atol=1e-15)


@every_loss
def test_a_mean_is_over_the_number_of_samples_whatever_they_count(loss: Loss, build: Build) -> None:
    mean, added = (loss.model_copy(update={"reduction": over}) for over in ("mean", "sum"))
    one, other = (made(build, rule, [0, 1, 2], [2.0, 0.0, 3.0]).recorded() for rule in (mean, added))

    assert one.loss == pytest.approx(other.loss / 3, rel=1e-13)
    np.testing.assert_allclose(one.gradient, other.gradient / 3, rtol=1e-12, atol=1e-16)


@every_loss
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_weights_of_one_change_no_bit_of_an_update(loss: Loss, dtype: Any, build: Build) -> None:
    cases = [made(build, loss, [0, 1, 2], weights, dtype=dtype) for weights in (None, [1.0, 1.0, 1.0])]
    plain, weighed = (case.recorded(0.1) for case in cases)

    assert weighed.loss == pytest.approx(plain.loss, rel=1e-6 if dtype == np.float32 else 1e-14)
    np.testing.assert_array_equal(weighed.after, plain.after)


def test_the_record_says_what_each_sample_counts(build: Build) -> None:
    record = made(build, LOSSES[0], [0, 1, 2], [2.0, 0.0, 3.0]).recorded()

    np.testing.assert_array_equal(record.weights, [2.0, 0.0, 3.0])
    assert not record.weights.flags.writeable
    assert not record.delta[-1][:, 1].any()
    assert made(build, LOSSES[0], [0, 1, 2]).recorded().weights is None
