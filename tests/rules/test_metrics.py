"""Metrics are what their formulas say, however the samples are counted up."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.rules.metrics import Metric
from backprop_cli.rules.metrics._averaged import Averaged
from backprop_cli.rules.metrics.accuracy import Accuracy
from backprop_cli.rules.metrics.base import OfClasses
from backprop_cli.rules.metrics.f1 import F1
from backprop_cli.rules.metrics.mae import Mae
from backprop_cli.rules.metrics.mse import Mse
from backprop_cli.rules.metrics.precision import Precision
from backprop_cli.rules.metrics.r2 import R2
from backprop_cli.rules.metrics.recall import Recall
from backprop_cli.rules.metrics.rmse import Rmse
from backprop_cli.rules.metrics.top_k import TopK

Batch = np.ndarray[Any, Any]
DISTANCES: tuple[Metric, ...] = (Mae(), Mse(), Rmse(), R2())
AVERAGES = ("macro", "micro", "binary")
CLASSES: tuple[Metric, ...] = (
    Accuracy(),
    TopK(k=1),
    TopK(k=2),
    *(rule(average=average) for rule in (Precision, Recall, F1) for average in (None, *AVERAGES)),
)


def value(metric: Metric, *batches: tuple[Batch, Batch]) -> float:
    first, *rest = (metric.tally(y, yhat) for y, yhat in batches)
    for tally in rest:
        first = metric.join(first, tally)
    return metric.value(first)


def fits(metric: Metric, outputs: int) -> bool:
    return not metric.misfit(outputs) and not (isinstance(metric, TopK) and outputs == 1)


def draw(rng: np.random.Generator, outputs: int, samples: int) -> tuple[Batch, Batch]:
    """Draw classes and predictions, with ties among them."""
    y = np.eye(outputs)[rng.integers(outputs, size=samples)].T if outputs > 1 else rng.integers(2, size=(1, samples))
    return y.astype(float), rng.integers(4, size=(outputs, samples)) / 3.0


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 30), st.integers(1, 4), st.integers(0, 1000), st.sampled_from([0.0, 100.0]), st.data())
def test_joined_tallies_are_the_tally_of_the_whole(
    samples: int, outputs: int, seed: int, offset: float, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    y, yhat = rng.normal(size=(outputs, samples)) + offset, rng.normal(size=(outputs, samples)) + offset
    cuts = sorted({0, samples, *data.draw(st.lists(st.integers(1, samples), max_size=4))})
    for metric in (*DISTANCES, *CLASSES):
        if isinstance(metric, OfClasses | TopK):
            y, yhat = draw(rng, outputs, samples)
        if fits(metric, outputs):
            pieces = [(y[:, low:high], yhat[:, low:high]) for low, high in pairwise(cuts)]
            assert value(metric, *pieces) == pytest.approx(value(metric, (y, yhat)), rel=1e-9), metric.title


def test_metrics_are_what_their_formulas_say() -> None:
    y, yhat = np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 3.0, 2.0]])
    values = {metric.title: value(metric, (y, yhat)) for metric in DISTANCES}

    assert values == pytest.approx({"mae": 1.0, "mse": 5 / 3, "rmse": (5 / 3) ** 0.5, "r2": 1 - 5 / (14 / 3)})


def test_several_outputs_count_alike() -> None:
    y, yhat = np.array([[1.0, 2.0, 4.0], [0.0, 1.0, 2.0]]), np.array([[1.0, 3.0, 2.0], [0.0, 1.0, 1.0]])
    values = {metric.title: value(metric, (y, yhat)) for metric in DISTANCES}

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


def class_of(values: list[float]) -> int:
    return int(values[0] > 0.5) if len(values) == 1 else values.index(max(values))


def by_hand(metric: Metric, y: Batch, yhat: Batch) -> float:
    """Count with plain loops, sample by sample and class by class."""
    samples = list(zip(y.T.tolist(), yhat.T.tolist(), strict=True))
    pairs = [(class_of(target), class_of(guess)) for target, guess in samples]
    if isinstance(metric, Accuracy):
        return sum(actual == guess for actual, guess in pairs) / len(pairs)
    if isinstance(metric, TopK):
        right = 0
        for (actual, _), (_, guess) in zip(pairs, samples, strict=True):
            # Sorting is stable, so of equal outputs the first stays first.
            right += actual in sorted(range(len(guess)), key=lambda k, guess=guess: -guess[k])[: metric.k]
        return right / len(pairs)
    assert isinstance(metric, Averaged)
    classes = 2 if len(y) == 1 else len(y)
    average = metric.average or ("binary" if classes == 2 else "macro")
    counts = []
    for number in [1] if average == "binary" else range(classes):
        true = sum(actual == guess == number for actual, guess in pairs)
        counts.append((true, sum(g == number for _, g in pairs), sum(a == number for a, _ in pairs)))
    if average == "macro":
        counts = [one for one in counts if one[1] or one[2]]
    if average == "micro":
        counts = [tuple(sum(column) for column in zip(*counts, strict=True))]  # type: ignore[misc]
    scores = [score(metric, *one) for one in counts]
    return sum(scores) / len(scores)


def score(metric: Metric, true: int, predicted: int, actual: int) -> float:
    precision = true / predicted if predicted else 0.0
    recall = true / actual if actual else 0.0
    if isinstance(metric, F1):
        return 2 * precision * recall / (precision + recall) if true else 0.0
    return precision if isinstance(metric, Precision) else recall


@pytest.mark.parametrize("case", CLASSES, ids=lambda case: case.title)
@pytest.mark.parametrize("outputs", [1, 2, 3, 5])
def test_metrics_of_classes_are_what_plain_loops_count(case: Metric, outputs: int) -> None:
    if not fits(case, outputs):
        return
    for seed in range(60):
        rng = np.random.default_rng(seed)
        y, yhat = draw(rng, outputs, int(rng.integers(1, 12)))

        assert value(case, (y, yhat)) == pytest.approx(by_hand(case, y, yhat), rel=1e-12), seed


@pytest.mark.parametrize(
    ("case", "macro", "micro"), [(Precision, 1 / 4, 1 / 2), (Recall, 1 / 2, 1 / 2), (F1, 1 / 3, 1 / 2)]
)
def test_a_class_without_predictions_counts_as_0_and_one_that_never_occurs_not_at_all(
    case: type[Averaged], macro: float, micro: float
) -> None:
    y = np.eye(3)[[0, 1]].T
    all_first = np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])

    assert value(case(), (y, all_first)) == pytest.approx(macro)
    assert value(case(average="micro"), (y, all_first)) == pytest.approx(micro)


@pytest.mark.parametrize("case", [Precision(), Recall(), F1()], ids=lambda case: case.title)
def test_no_yes_at_all_is_0(case: Metric) -> None:
    assert value(case, (np.zeros((1, 3)), np.zeros((1, 3)))) == 0.0


@pytest.mark.parametrize("outputs", [1, 2, 4])
def test_the_confusion_matrix_counts_samples_by_class_and_prediction(outputs: int) -> None:
    y, yhat = draw(np.random.default_rng(outputs), outputs, 50)
    expected = np.zeros((max(2, outputs), max(2, outputs)), dtype=int)
    for target, guess in zip(y.T.tolist(), yhat.T.tolist(), strict=True):
        expected[class_of(target), class_of(guess)] += 1

    np.testing.assert_array_equal(Accuracy().confusion(y, yhat), expected)


@pytest.mark.parametrize(
    ("case", "outputs", "why"),
    [
        (TopK(k=3), 3, "k is 3 of 3, so every prediction would be right; use a smaller k, or accuracy"),
        (TopK(k=2), 3, ""),
        (F1(average="binary"), 3, "average: binary is for two classes, and there are 3; use macro or micro"),
        (F1(average="binary"), 2, ""),
        (F1(average="binary"), 1, ""),
    ],
)
def test_a_metric_says_where_it_makes_no_sense(case: Metric, outputs: int, why: str) -> None:
    assert case.misfit(outputs) == why


def test_float32_predictions_are_counted_in_float64(metric: Metric) -> None:
    y = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]], dtype=np.float32)

    assert metric.tally(y, y + np.float32(0.25)).dtype == np.float64
