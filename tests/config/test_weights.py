"""What samples count comes from the config, a column or a file, and from their classes; and is checked."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_cli.api import explain, gradcheck
from backprop_cli.config.loader import Setup, load
from backprop_cli.errors import ConfigError, DataError
from backprop_cli.training.events import EpochDone, RunStopped, StepDone
from backprop_cli.training.loop import record_step, train

X = np.array([[0.5, 1.5], [1.0, -1.0], [2.0, 0.0], [3.0, 4.0]])
Y, W = np.array([2, 0, 1, 2]), np.array([1.0, 0.5, 0.0, 2.0])
HEAD = "network: {inputs: 2, layers: [{units: 4, activation: tanh}, {units: %d, activation: %s}]}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("X.npy", X)
    np.save("y.npy", Y)
    np.save("w.npy", W)
    np.save("w3.npy", W[:3])
    np.save("pairs.npy", np.ones((4, 2)))
    np.save("odd.npy", np.array([1.0, -0.5, np.nan, np.inf]))
    np.save("all.npy", np.column_stack([X, Y, W]))
    np.savez("all.npz", X=X, y=Y, w=W, pairs=np.ones((4, 2)))
    table = "a,b,kind,count\n0.5,1.5,2,1\n1,-1,0,0.5\n2,0,1,0\n3,4,2,2\n"
    Path("table.csv").write_text(table)
    Path("odd.csv").write_text(
        table.replace("1,-1,0,0.5", "1,-1,0,-3").replace("2,0,1,0\n", "2,0,1,\n").replace(",2\n", ",much\n")
    )
    Path("gap.csv").write_text(table.replace("2,0,1,0\n", "2,0,1,\n"))
    Path("nothing.csv").write_text("a,b,kind,count\n0.5,1.5,2,0\n1,-1,0,0\n3,4,1,0\n")


def loaded(data: str, *settings: str, units: int = 3, loss: str = "cross_entropy") -> Setup:
    last = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}.get(loss, "identity")
    Path("c.yaml").write_text(HEAD % (units, last) + f"data: {data}\nloss: {loss}\n")
    return load("c.yaml", settings)


INLINE = "{inputs: [[0.5, 1.5], [1, -1], [2, 0], [3, 4]], targets: [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]%s}"
SAME = {
    "in the config": INLINE % ", weights: [1, 0.5, 0, 2]",
    "a column of a table": "{file: table.csv, targets: kind, weights: count}",
    "the last column": "{file: all.npy, inputs: [1, 2], targets: 3, weights: 4}",
    "what is left over is an input": "{file: all.npy, targets: 3, weights: 4}",
    "a key of an archive": "{file: all.npz, inputs: X, targets: y, weights: w}",
    "a file of its own": "{inputs: {file: X.npy}, targets: {file: y.npy}, weights: {file: w.npy}}",
    "a column of a file": (
        "{inputs: {file: table.csv, columns: [a, b]}, targets: {file: y.npy}, "
        "weights: {file: table.csv, columns: count}}"
    ),
}


@pytest.mark.parametrize("data", SAME.values(), ids=SAME)
def test_weights_are_read_wherever_they_stand(data: str) -> None:
    training = loaded(data).dataset.training

    np.testing.assert_array_equal(training.inputs[:], X)
    np.testing.assert_array_equal(training.weights, W)


def test_weights_go_with_their_samples_into_every_part_and_every_step() -> None:
    validated = "{file: table.csv, targets: kind, weights: count, validation: 0.5, test_file: table.csv}"
    setup = loaded(validated, "training.batch_size=1", "training.dtype=float32")
    training, validation, test = setup.dataset.training, setup.dataset.validation, setup.dataset.test

    assert validation is not None
    assert test is not None
    for part in (training, validation, test):
        assert part.weights is not None
        np.testing.assert_array_equal(part.weights, W[part.numbers - 1])
    for step in (1, 2, 3):
        record = record_step(setup, step)
        assert record.weights is not None
        assert record.weights.dtype == np.float32
        np.testing.assert_array_equal(record.weights, W[np.array(record.samples) - 1])


def losses_of(setup: Setup) -> Any:
    *events, stopped = train(setup)
    assert isinstance(stopped, RunStopped)
    epochs = [event for event in events if isinstance(event, EpochDone)]
    return epochs, [event.record for event in events if isinstance(event, StepDone)], stopped


def test_a_measured_loss_is_weighed_and_a_metric_never_is() -> None:
    data = "{file: table.csv, targets: kind%s, validation_file: table.csv, test_file: table.csv}"
    settings = (
        "optimizer={name: sgd, learning_rate: 1e-9}",
        "metrics=[accuracy, mae]",
        "training.epochs=1",
        "report.trace=1",
    )
    *_, plain = losses_of(loaded(data % ", inputs: [a, b]", *settings))
    epochs, (record, *_), weighed = losses_of(loaded(data % ", weights: count", *settings))
    shares = -np.log(record.predictions[Y, np.arange(4)])
    expected = pytest.approx(float(np.mean(W * shares)))

    parts = [weighed.initial, weighed.final, weighed.validation, weighed.test, epochs[0].training]
    assert [values.loss for values in parts] == [expected] * 5
    assert record.loss == expected
    assert weighed.final.metrics == pytest.approx(plain.final.metrics, rel=1e-6)
    assert plain.final.loss == pytest.approx(float(np.mean(shares)), rel=1e-6)


def test_balanced_classes_count_alike_over_the_training_part() -> None:
    for data in (INLINE % "", "{file: table.csv, inputs: [a, b], targets: kind}"):
        training = loaded(data, "training.class_weights=balanced").dataset.training

        assert training.weights is not None
        np.testing.assert_allclose(training.weights, [4 / (3 * 2), 4 / 3, 4 / 3, 4 / (3 * 2)])


def test_balance_is_that_of_scikit_learn() -> None:
    weighing = pytest.importorskip("sklearn.utils.class_weight", reason="the oracle is of the extra 'bench'")
    rng = np.random.default_rng(3)
    y = np.append(rng.integers(0, 4, size=50), [0, 1, 2, 3])
    np.savez("many.npz", X=rng.normal(size=(len(y), 2)), y=y)
    data = "{file: many.npz, inputs: X, targets: y, validation: 0.3}"
    dataset = loaded(data, "training.class_weights=balanced", units=4).dataset

    factors = weighing.compute_class_weight("balanced", classes=np.arange(4), y=y[dataset.training.numbers - 1])
    for part in (dataset.training, dataset.validation):
        assert part is not None
        assert part.weights is not None
        np.testing.assert_allclose(part.weights, factors[y[part.numbers - 1]])


def test_weights_of_classes_are_multiplied_by_those_of_samples_and_left_out_ones_are_1() -> None:
    data = "{file: table.csv, targets: kind, weights: count}"
    training = loaded(data, "training.class_weights={2: 3, 0: 10}").dataset.training

    np.testing.assert_array_equal(training.weights, W * [3, 10, 1, 3])


def test_one_output_has_the_classes_that_the_run_reports() -> None:
    data = "{inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [0, 1, 1, 0]}"
    training = loaded(data, "training.class_weights={yes: 4}", units=1, loss="binary_cross_entropy").dataset.training

    np.testing.assert_array_equal(training.weights, [1, 4, 4, 1])


def test_explanation_and_gradient_hold_with_weights() -> None:
    setup = loaded("{file: table.csv, targets: kind, weights: count}", "training.class_weights=balanced")
    told = explain(setup, step=2)

    assert told.line("weight@4").value == pytest.approx(2.0 * 4 / (3 * 2))
    assert gradcheck(setup, step=2).passed
    for form in ("console", "markdown", "latex", "html", "json", "python"):
        assert "weight" in told.text(form)


REFUSED: list[tuple[str, tuple[str, ...], str]] = [
    (
        "{file: table.csv, targets: kind, weights: cuont}",
        (),
        "table.csv:1: there is no column 'cuont'; did you mean 'count'?; columns: a, b, kind, count",
    ),
    (
        "{file: table.csv, inputs: [a, count], targets: kind, weights: count}",
        (),
        "table.csv:1: column 'count' is both an input and the weights",
    ),
    (
        "{file: table.csv, inputs: [a, b], targets: kind, weights: kind}",
        (),
        "table.csv:1: column 'kind' is both a target and the weights",
    ),
    (
        "{file: table.csv, targets: [a, b, kind], weights: count}",
        (),
        "table.csv:1: every column is a target or the weights, so no inputs are left; name fewer targets",
    ),
    (
        "{file: all.npz, inputs: X, targets: y, weights: pairs}",
        (),
        "all.npz: weights are one column, and these are 2; name one of them",
    ),
    (
        "{inputs: {file: X.npy}, targets: {file: y.npy}, weights: {file: w3.npy}}",
        (),
        "w3.npy: 3 rows of weights for 4 rows of inputs in X.npy; each sample needs one of both",
    ),
    (
        "{inputs: {file: X.npy}, targets: {file: y.npy}, weights: {file: pairs.npy}}",
        (),
        "pairs.npy: weights are one column, and these are 2; name one of them",
    ),
    (
        "{inputs: {file: X.npy}, targets: {file: y.npy}, weights: {file: odd.npy}}",
        (),
        (
            "odd.npy: row 3, column '1': the value is missing (nan); correct it, or say with data.missing "
            "what to do\nodd.npy: row 4, column '1': inf is not a finite number; correct it\n"
            "odd.npy: row 2, column '1': a weight must be at least 0, not -0.5; correct it"
        ),
    ),
    (
        "{file: nothing.csv, targets: kind, weights: count}",
        (),
        "c.yaml:2:51: data.weights: every training sample counts 0, so there is nothing to learn",
    ),
    (
        "{file: table.csv, inputs: [a, b], targets: kind}",
        ("training.class_weights={3: 1}",),
        "--set training.class_weights={3: 1}: training.class_weights: there is no class '3'; classes: 0, 1, 2",
    ),
    (
        "{file: table.csv, inputs: [a, b], targets: kind}",
        ("training.class_weights={0: 0, 1: 0, 2: 0}",),
        (
            "--set training.class_weights={0: 0, 1: 0, 2: 0}: training.class_weights: every training sample "
            "counts 0, so there is nothing to learn"
        ),
    ),
    (
        INLINE.replace("targets: [[0, 0, 1]", "targets: [[0, 0.5, 0.5]") % "",
        ("training.class_weights=balanced",),
        (
            "--set training.class_weights=balanced: training.class_weights: the targets of sample 1 stand "
            "for no class; write 1 for the class, and 0 elsewhere, or use data.weights"
        ),
    ),
    (
        INLINE.replace("[0, 1, 0]", "[1, 0, 0]") % "",
        ("training.class_weights=balanced",),
        (
            "--set training.class_weights=balanced: training.class_weights: no training sample is of class "
            "'2', so it cannot be balanced; write its weight"
        ),
    ),
    (
        "{inputs: [[0, 0]]}",
        ("training.class_weights=balanced",),
        ("--set training.class_weights=balanced: training.class_weights: the data has no targets, and so no classes"),
    ),
    (
        ("{inputs: {file: X.npy, test_file: X.npy}, targets: {file: y.npy, test_file: y.npy}, weights: {file: w.npy}}"),
        (),
        "c.yaml:2:41: data.inputs.test_file: give data.weights a test_file, too",
    ),
]


@pytest.mark.parametrize(("data", "settings", "message"), REFUSED, ids=[each[2] for each in REFUSED])
def test_weights_that_cannot_be_had_are_refused(data: str, settings: tuple[str, ...], message: str) -> None:
    with pytest.raises((ConfigError, DataError)) as caught:
        loaded(data, *settings)

    assert "\n".join(str(problem).splitlines()[0] for problem in caught.value.problems) == message


def test_every_bad_cell_of_a_table_is_named() -> None:
    with pytest.raises(DataError) as caught:
        loaded("{file: odd.csv, targets: kind, weights: count}")

    assert [str(problem).splitlines()[0] for problem in caught.value.problems] == [
        "odd.csv:3: row 2, column 'count': a weight must be at least 0, not -3; correct it",
        "odd.csv:4: row 3, column 'count': the cell is empty; fill it in, or say with data.missing what to do",
        "odd.csv:5: row 4, column 'count': 'much' is not a finite number; correct it",
    ]


def test_a_row_without_a_weight_is_dropped_where_rows_may_be() -> None:
    training = loaded(
        "{file: gap.csv, targets: kind, weights: count, missing: drop}", "data.labels=[0, 1, 2]"
    ).dataset.training

    np.testing.assert_array_equal(training.weights, [1, 0.5, 2])
    with pytest.raises(DataError, match=r"gap.csv:4: row 3, column 'count': "):
        loaded("{file: gap.csv, targets: kind, weights: count, missing: mean}")
