"""Metrics are what their formulas say, however the samples are counted up."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.rules.base import members
from backprop_cli.rules.metrics import R2, Accuracy, Metric

Batch = np.ndarray[Any, Any]


def value(metric: Metric, *batches: tuple[Batch, Batch]) -> float:
    first, *rest = (metric.tally(y, yhat) for y, yhat in batches)
    for tally in rest:
        first = metric.join(first, tally)
    return metric.value(first)


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 30), st.integers(1, 3), st.integers(0, 1000), st.sampled_from([0.0, 100.0]), st.data())
def test_joined_tallies_are_the_tally_of_the_whole(
    samples: int, outputs: int, seed: int, offset: float, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    y, yhat = rng.normal(size=(outputs, samples)) + offset, rng.normal(size=(outputs, samples)) + offset
    cuts = sorted({0, samples, *data.draw(st.lists(st.integers(1, samples), max_size=4))})
    pieces = [(y[:, low:high], yhat[:, low:high]) for low, high in pairwise(cuts)]
    for name, metric in members(Metric).items():
        assert value(metric(), *pieces) == pytest.approx(value(metric(), (y, yhat)), rel=1e-9), name


def test_metrics_are_what_their_formulas_say() -> None:
    y, yhat = np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 3.0, 2.0]])
    values = {name: value(rule(), (y, yhat)) for name, rule in members(Metric).items() if name != "accuracy"}

    assert values == pytest.approx({"mae": 1.0, "mse": 5 / 3, "rmse": (5 / 3) ** 0.5, "r2": 1 - 5 / (14 / 3)})


def test_several_outputs_count_alike() -> None:
    y, yhat = np.array([[1.0, 2.0, 4.0], [0.0, 1.0, 2.0]]), np.array([[1.0, 3.0, 2.0], [0.0, 1.0, 1.0]])
    values = {name: value(rule(), (y, yhat)) for name, rule in members(Metric).items() if name != "accuracy"}

    assert values == pytest.approx({"mae": 4 / 6, "mse": 1.0, "rmse": 1.0, "r2": ((1 - 15 / 14) + 1 / 2) / 2})


@pytest.mark.parametrize("constant", [1.0, 0.1, -12345.678])
def test_targets_that_are_all_the_same_have_no_r2(constant: float) -> None:
    y = np.full((1, 7), constant)
    pieces = [(y[:, :3], y[:, :3] + 1), (y[:, 3:], y[:, 3:] - 1)]

    assert np.isnan(value(R2(), (y, y + 0.1)))
    assert np.isnan(value(R2(), *pieces))


@pytest.mark.parametrize(
    ("case", "y", "yhat", "right"),
    [
        (Accuracy(), [[1, 0, 1]], [[0.7, 0.6, 0.4]], 1 / 3),
        (Accuracy(), [[1, 0, 0]], [[0.5, 0.5, 0.2]], 2 / 3),
        (Accuracy(threshold=0.0), [[1, -1, 1]], [[0.2, -0.4, -0.1]], 2 / 3),
        (Accuracy(), [[1, 0], [0, 1]], [[0.6, 0.7], [0.4, 0.3]], 1 / 2),
    ],
)
def test_accuracy_counts_sides_and_classes(case: Accuracy, y: Any, yhat: Any, right: float) -> None:
    assert value(case, (np.array(y, dtype=float), np.array(yhat))) == pytest.approx(right)


def test_float32_predictions_are_counted_in_float64(metric: Metric) -> None:
    y = np.array([[0.0, 1.0, 0.0]], dtype=np.float32)

    assert metric.tally(y, y + np.float32(0.25)).dtype == np.float64
