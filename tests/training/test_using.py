"""A trained network used again: files are prepared as in training, and predictions are those that were measured."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop_cli.api import Run, evaluate, load, load_model, predict, train
from backprop_cli.errors import DataError, StorageError
from backprop_cli.training.events import EpochDone, RunStarted
from backprop_cli.training.model import Model
from backprop_cli.training.predictor import Predictor, archived
from backprop_cli.training.using import data_for, inputs_in

ACTIVATIONS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
    "identity": lambda z: z,
}
NETWORK = "network: {inputs: %d, layers: [{units: 5, activation: tanh}, {units: %d, activation: %s}]}\n"
TRAINING = "training: {epochs: 3, batch_size: 4}\n"
COLOURS = "size,colour,age,species\n" + "".join(
    f"{row * 0.5 - 3},{'red' if row % 3 else 'blue'},{row % 7 or 'NA'},{'abc'[row % 3]}\n" for row in range(24)
)
# Each differs in how samples become numbers.
CASES = {
    "words, gaps and labels": (
        NETWORK % (4, 3, "softmax")
        + "data: {file: data.csv, targets: species, standardize: true, missing: mean}\nloss: cross_entropy\n"
    ),
    "rows with gaps are dropped": (
        NETWORK % (4, 3, "softmax") + "data: {file: data.csv, targets: species, missing: drop}\nloss: cross_entropy\n"
    ),
    "classes that count differently, one output": (
        NETWORK % (2, 1, "sigmoid") + "data: {file: data.csv, inputs: [size, age], targets: colour, missing: median}\n"
        "loss: binary_cross_entropy\n"
    ),
    "numbers, scaled, in single precision, with a penalty": (
        NETWORK
        % (1, 1, "identity")
        + "data: {file: data.csv, inputs: size, targets: age, min_max: true, missing: drop}\n"
        "loss: mse\noptimizer: {name: adam, penalty: {l2: 0.1}}\n"
    ),
}
EXTRA = {
    "classes that count differently, one output": ", class_weights: {red: 3}",
    "numbers, scaled, in single precision, with a penalty": ", dtype: float32",
}


@pytest.fixture(params=CASES, scope="module")
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """Give the folder of a run, its data beside it, and the run."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "data.csv").write_text(COLOURS, encoding="utf-8")
    training = TRAINING.replace("}", EXTRA.get(request.param, "") + "}")
    (folder / "config.yaml").write_text(CASES[request.param] + training, encoding="utf-8")
    return folder, train(folder / "config.yaml", out=folder / "run")


def forward(model: Model, inputs: NDArray[Any]) -> NDArray[Any]:
    """Work a network out once more, from its layers and nothing else."""
    values = inputs.astype(model.network.theta.dtype)
    layers = model.experiment.network.layers
    for view, layer in zip(model.network.layers, layers, strict=True):
        assert view.bias is not None
        values = ACTIVATIONS[layer.activation.name](values @ view.weights.T + view.bias)  # type: ignore[attr-defined]
    return values


def test_what_was_trained_on_is_predicted_as_it_was_measured(trained: tuple[Path, Run]) -> None:
    folder, run = trained
    found = evaluate(folder / "run", folder / "data.csv")

    assert found.values == run.stopped.final
    assert found.confusion == (run.stopped.confusion.training if run.stopped.confusion else None)
    assert found.samples == len(run.setup.dataset.training)


def test_predictions_are_those_of_a_plain_forward_pass(trained: tuple[Path, Run]) -> None:
    folder, run = trained
    found, model, training = predict(folder / "run", folder / "data.csv"), load_model(folder / "run"), run.setup.dataset
    inputs = np.asarray(training.training.inputs[:])
    expected = forward(model, inputs)

    # Training leaves out rows without a target, too.
    at = [found.rows.index(row) for row in training.training.numbers.tolist()]

    np.testing.assert_allclose(found.outputs[at], expected, rtol=1e-12 if inputs.dtype == expected.dtype else 1e-5)
    assert found.outputs.dtype == model.network.theta.dtype
    if model.classes:
        places = expected.argmax(axis=1) if expected.shape[1] > 1 else expected[:, 0] > 0.5
        assert [found.classes[one] for one in at] == [model.classes[place] for place in places.astype(int)]


@pytest.mark.parametrize("size", [1, 7, 24])
def test_the_size_of_a_portion_is_seen_in_the_last_bits_at_most(trained: tuple[Path, Run], size: int) -> None:
    folder, _ = trained
    model = load_model(folder / "run")
    samples, _ = inputs_in(model, data_for(model, folder / "data.csv"))
    whole, parts = Predictor(model, samples).whole(), Predictor(model, samples, size).whole()

    assert whole.rows.tolist() == parts.rows.tolist()
    epsilon = float(np.finfo(whole.outputs.dtype).eps)
    np.testing.assert_allclose(whole.outputs, parts.outputs, rtol=64 * epsilon, atol=64 * epsilon)


def test_an_archive_is_read_by_numpy_and_holds_what_was_predicted(trained: tuple[Path, Run]) -> None:
    folder, _ = trained
    found, model = predict(folder / "run", folder / "data.csv"), load_model(folder / "run")
    samples, _ = inputs_in(model, data_for(model, folder / "data.csv"))
    (folder / "found.npz").write_bytes(b"".join(archived(Predictor(model, samples, 7))))
    with np.load(folder / "found.npz", allow_pickle=False) as read:
        arrays = dict(read)

    epsilon = float(np.finfo(found.outputs.dtype).eps)
    np.testing.assert_allclose(arrays["outputs"], found.outputs, rtol=64 * epsilon, atol=64 * epsilon)
    assert arrays["outputs"].dtype == found.outputs.dtype
    assert tuple(arrays["rows"].tolist()) == found.rows
    assert set(arrays) == {"outputs", "rows"} | ({"classes", "predicted"} if model.classes else set())
    assert tuple(arrays.get("predicted", ())) == found.classes


def test_the_test_file_of_a_run_gives_the_numbers_of_the_run(tmp_path: Path) -> None:
    rows = COLOURS.splitlines(keepends=True)
    (tmp_path / "data.csv").write_text("".join(rows), encoding="utf-8")
    (tmp_path / "test.csv").write_text("".join([rows[0], *rows[7:14]]), encoding="utf-8")
    (tmp_path / "config.yaml").write_text(
        NETWORK
        % (3, 3, "softmax")
        + "data: {file: data.csv, test_file: test.csv, inputs: [size, colour], targets: species, weights: age, "
        "missing_texts: ['']}\nloss: cross_entropy\nmetrics: [accuracy, f1]\n"
        "training: {epochs: 3, class_weights: balanced}\n",
        encoding="utf-8",
    )
    (tmp_path / "data.csv").write_text("".join(rows).replace("NA", "2"), encoding="utf-8")
    (tmp_path / "test.csv").write_text("".join([rows[0], *rows[7:14]]).replace("NA", "2"), encoding="utf-8")
    run = train(tmp_path / "config.yaml", out=tmp_path / "run")
    found = evaluate(tmp_path / "run", tmp_path / "test.csv")

    assert found.values == run.stopped.test
    assert run.stopped.confusion is not None
    assert found.confusion == run.stopped.confusion.test
    assert [one.support for one in found.classes] == [sum(row) for row in run.stopped.confusion.test or ()]


def test_scores_of_classes_are_shares_of_the_confusion(trained: tuple[Path, Run]) -> None:
    folder, _ = trained
    found = evaluate(folder / "run", folder / "data.csv")
    for at, one in enumerate(found.classes):
        assert found.confusion is not None
        right, taken = found.confusion[at][at], sum(row[at] for row in found.confusion)
        assert one.support == sum(found.confusion[at])
        assert one.precision == (right / taken if taken else 0)
        assert one.recall == (right / one.support if one.support else 0)
        assert one.f1 == pytest.approx(2 * right / (taken + one.support) if taken + one.support else 0)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a run on 2 inputs and 3 classes, with the same samples in many formats beside it."""
    folder = tmp_path_factory.mktemp("digits")
    rng = np.random.default_rng(3)
    x, labels = rng.normal(size=(20, 2)), np.arange(20) % 3 + 1
    np.save(folder / "both.npy", np.column_stack([x, labels]))
    np.save(folder / "x.npy", x)
    np.save(folder / "images.npy", x.reshape(20, 2, 1))
    np.save(folder / "labels.npy", labels)
    np.savez(folder / "parts.npz", X=x, y=labels)
    np.savez(folder / "columns.npz", u=x[:, 0], v=x[:, 1], k=labels)
    (folder / "named.csv").write_text(
        "k,v,more,u\n" + "".join(f"{k},{b!r},?,{a!r}\n" for (a, b), k in zip(x.tolist(), labels, strict=True))
    )
    (folder / "plain.csv").write_text(
        "a,b,c\n" + "".join(f"{a!r},{b!r},{k}\n" for (a, b), k in zip(x.tolist(), labels, strict=True))
    )
    hot = np.eye(3, dtype=int)[labels - 1].tolist()
    inline = f"data: {{inputs: {x.tolist()}, targets: {hot}}}\nmetrics: [accuracy]\n"
    data = {
        "named": "data: {file: named.csv, inputs: [u, v], targets: k}\n",
        "array": "data: {file: both.npy, targets: 3}\n",
        "archive": "data: {file: parts.npz, inputs: X, targets: y}\n",
        "two": "data: {inputs: {file: x.npy}, targets: {file: labels.npy}}\n",
        "inline": inline,
    }
    for name, section in data.items():
        (folder / f"{name}.yaml").write_text(
            NETWORK % (2, 3, "softmax") + section + "loss: cross_entropy\ntraining: {epochs: 2}\n"
        )
        train(folder / f"{name}.yaml", out=folder / name)
    return folder


# Which files a model can take, by what it was trained on; the others name their columns in another way.
BY_PLACE = {"both.npy", "x.npy", "images.npy", "parts.npz", "plain.csv"}
TAKES = {
    "named": {"named.csv", "columns.npz", "both.npy", "x.npy", "images.npy"},
    "array": BY_PLACE,
    "archive": BY_PLACE,
    "two": BY_PLACE,
    "inline": BY_PLACE,
}
UNCLEAR = "leave the others out, or put the targets behind them"
FILLS = "data.missing: mean fills in inputs that are numbers"
NO_TARGETS = (
    "no columns beside the inputs, where 1 or 3 must hold the targets; put the targets behind the inputs, or name "
    "their own file with --targets"
)
FILES = sorted({file for files in TAKES.values() for file in files})


@pytest.mark.parametrize("name", TAKES)
@pytest.mark.parametrize("file", FILES)
def test_a_model_takes_the_same_samples_from_any_format(digits: Path, name: str, file: str) -> None:
    if file not in TAKES[name]:
        with pytest.raises(DataError):
            predict(digits / name, digits / file)
        return
    expected = predict(digits / name, np.load(digits / "x.npy"))
    found = predict(digits / name, digits / file)

    assert found.outputs.tolist() == expected.outputs.tolist()
    assert found.classes == expected.classes
    has_targets = file not in {"x.npy", "images.npy"}
    judged = evaluate(digits / name, digits / file, None if has_targets else digits / "labels.npy")
    right = np.array(found.classes) == np.load(digits / "labels.npy").astype(str)
    assert judged.values.metrics["accuracy"] == right.mean()


@pytest.mark.parametrize(
    ("name", "file", "messages"),
    [
        (
            "named",
            "plain.csv",
            ["there is no column 'u'; columns: a, b, c", "there is no column 'v'; columns: a, b, c"],
        ),
        (
            "array",
            "named.csv",
            [f"4 columns (k, v, more, u), but the network takes 2; {UNCLEAR}"],
        ),
        (
            "two",
            "columns.npz",
            [f"3 arrays (u, v, k), but the network takes 1; {UNCLEAR}"],
        ),
        ("archive", "columns.npz", ["there is no column 'X'; columns: u, v, k"]),
        (
            "named",
            "labels.npy",
            [f"1 column (1), but the network takes 2; {UNCLEAR}"],
        ),
    ],
)
def test_columns_that_cannot_be_told_are_refused(digits: Path, name: str, file: str, messages: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        predict(digits / name, digits / file)

    assert [problem.message for problem in caught.value.problems] == messages


@pytest.mark.parametrize(
    ("name", "file", "message"),
    [
        (
            "array",
            "x.npy",
            NO_TARGETS,
        ),
        (
            "named",
            "x.npy",
            NO_TARGETS,
        ),
        ("named", "unlabelled.csv", "there is no column 'k'; columns: u, v"),
        ("array", "strange.csv", "row 1, column 'c': '7' is none of the classes (1, 2, 3)"),
    ],
)
def test_targets_that_cannot_be_told_are_refused(digits: Path, name: str, file: str, message: str) -> None:
    (digits / "unlabelled.csv").write_text("u,v\n1,2\n")
    (digits / "strange.csv").write_text("a,b,c\n1,2,7\n")
    with pytest.raises(DataError) as caught:
        evaluate(digits / name, digits / file)

    assert [problem.message for problem in caught.value.problems] == [message]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,green,2", "row 1, column 'colour': 'green' is not among the words of training"),
        ("1,rad,2", "row 1, column 'colour': 'rad' is not among the words of training; did you mean 'red'?"),
        (
            "1,,2",
            f"row 1, column 'colour': the cell is empty; {FILLS}; correct it, or use drop",
        ),
        ("x,red,2", "row 1, column 'size': 'x' is not a finite number; correct it"),
        ("inf,red,2", "row 1, column 'size': 'inf' is not a finite number; correct it"),
    ],
)
def test_cells_that_training_could_not_read_are_refused(tmp_path: Path, rows: str, message: str) -> None:
    (tmp_path / "data.csv").write_text(COLOURS, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(next(iter(CASES.values())) + "training: {steps: 1}\n", encoding="utf-8")
    train(tmp_path / "config.yaml", out=tmp_path / "run")
    (tmp_path / "new.csv").write_text(f"age,size,colour\n{','.join(rows.split(',')[i] for i in (2, 0, 1))}\n")
    with pytest.raises(DataError) as caught:
        predict(tmp_path / "run", tmp_path / "new.csv")

    assert [(one.message, one.line) for one in caught.value.problems] == [(message, 2)]


def test_training_in_a_folder_is_gone_on_with_and_never_overwritten(tmp_path: Path) -> None:
    config = load(Path(__file__).parents[2] / "configs" / "xor.yaml", ["training.epochs=3"])
    run = train(config, out=tmp_path / "run")
    with pytest.raises(StorageError, match="holds a run"):
        train(config, out=tmp_path / "run")
    again = train(None, out=tmp_path / "run", resume=True)
    replaced = train(config, out=tmp_path / "run", force=True)

    assert run.parameters == again.parameters == replaced.parameters
    (started,) = [event for event in again if isinstance(event, RunStarted)]
    assert started.done == 3
    assert sum(isinstance(event, EpochDone) for event in replaced) > 0


def test_a_run_that_is_not_over_has_no_model_and_says_how_to_go_on(tmp_path: Path) -> None:
    config = load(Path(__file__).parents[2] / "configs" / "xor.yaml", ["training.epochs=3"])
    train(config, out=tmp_path / "run")
    (tmp_path / "run" / "model.safetensors").unlink()
    with pytest.raises(StorageError) as caught:
        load_model(tmp_path / "run")

    assert str(caught.value) == (
        f"{tmp_path}/run: its run is not over, so it has no model yet; go on with: "
        f"backprop train --resume --out {tmp_path}/run"
    )
