"""The config of the digits is Nielsen's network and rule; with the real files it learns them."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from backprop_cli.config.loader import Setup, load
from backprop_cli.training.events import RunStopped, StepDone
from backprop_cli.training.loop import train
from backprop_cli.training.start import starting_network

CONFIG = Path(__file__).parent.parent.parent / "configs" / "mnist.yaml"
GIVEN = "BACKPROP_MNIST"
FILES = {
    "data.inputs.file": "train-images-idx3-ubyte",
    "data.inputs.test_file": "t10k-images-idx3-ubyte",
    "data.targets.file": "train-labels-idx1-ubyte",
    "data.targets.test_file": "t10k-labels-idx1-ubyte",
}


def write_digits(folder: Path, name: str, count: int) -> None:
    """Write noise in the form of the digits."""
    rng = np.random.default_rng(count)
    arrays = {"images-idx3": rng.integers(0, 256, (count, 28, 28)), "labels-idx1": np.arange(count) % 10}
    for kind, values in arrays.items():
        sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
        content = bytes([0, 0, 8, values.ndim]) + sizes + values.astype("u1").tobytes()
        (folder / f"{name}-{kind}-ubyte.gz").write_bytes(gzip.compress(content))


@pytest.fixture
def noise(tmp_path: Path) -> Setup:
    (tmp_path / "mnist").mkdir()
    write_digits(tmp_path / "mnist", "train", 60)
    write_digits(tmp_path / "mnist", "t10k", 20)
    (tmp_path / "mnist.yaml").write_text(CONFIG.read_text(encoding="utf-8"), encoding="utf-8")
    return load(tmp_path / "mnist.yaml", ["training.epochs=1"])


def test_the_parts_are_those_of_the_book(noise: Setup) -> None:
    dataset = noise.dataset

    assert dataset.validation is not None
    assert dataset.test is not None
    assert (len(dataset.training), len(dataset.validation), len(dataset.test)) == (50, 10, 20)
    assert dataset.training.classes == tuple("0123456789")
    assert (dataset.training.inputs.min(), dataset.training.inputs.max()) == (0.0, 1.0)


def test_a_step_is_that_of_the_book(noise: Setup) -> None:
    layers = starting_network(noise).layers
    weights, biases = [layer.weights.copy() for layer in layers], [np.array(layer.bias) for layer in layers]

    events = list(train(load_one_step(noise), [1]))

    (record,) = (event.record for event in events if isinstance(event, StepDone))
    stopped = events[-1]
    assert isinstance(stopped, RunStopped)
    numbers = noise.dataset.training.numbers
    rows = [int(np.flatnonzero(numbers == number)[0]) for number in record.samples]
    x, y = noise.dataset.training.inputs[rows], noise.dataset.training.targets
    assert y is not None
    new_weights, new_biases = update_mini_batch(weights, biases, x, y[rows], 3.0)
    for number, (weight, bias) in enumerate(zip(new_weights, new_biases, strict=True), start=1):
        for (j, i), value in np.ndenumerate(weight):
            assert stopped.parameters[f"w{number}_{j + 1}_{i + 1}"] == pytest.approx(value, rel=1e-9, abs=1e-12)
        for (j,), value in np.ndenumerate(bias):
            assert stopped.parameters[f"b{number}_{j + 1}"] == pytest.approx(value, rel=1e-9, abs=1e-12)


def load_one_step(setup: Setup) -> Setup:
    return load(setup.name, ["training.epochs=null", "training.steps=1"])


def update_mini_batch(
    weights: list[np.ndarray], biases: list[np.ndarray], x: np.ndarray, y: np.ndarray, eta: float
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Do what the book's program does: add up the gradients of single images, and step by eta over their number."""
    nabla_w, nabla_b = [np.zeros_like(w) for w in weights], [np.zeros_like(b) for b in biases]
    for image, answer in zip(x, y, strict=True):
        hidden = 1 / (1 + np.exp(-(weights[0] @ image + biases[0])))
        output = 1 / (1 + np.exp(-(weights[1] @ hidden + biases[1])))
        delta = (output - answer) * output * (1 - output)
        below = (weights[1].T @ delta) * hidden * (1 - hidden)
        for number, (error, activation) in enumerate(((below, image), (delta, hidden))):
            nabla_w[number] += np.outer(error, activation)
            nabla_b[number] += error
    share = eta / len(x)
    return (
        [w - share * n for w, n in zip(weights, nabla_w, strict=True)],
        [b - share * n for b, n in zip(biases, nabla_b, strict=True)],
    )


@pytest.mark.slow
@pytest.mark.skipif(GIVEN not in os.environ, reason=f"{GIVEN} names no folder with the four files of MNIST")
def test_the_digits_are_learned() -> None:
    folder = Path(os.environ[GIVEN]).resolve()
    found = {key: folder / name for key, name in FILES.items()}
    there = {key: path if path.exists() else path.with_name(f"{path.name}.gz") for key, path in found.items()}

    *_, stopped = train(load(CONFIG, [f"{key}={path}" for key, path in there.items()]))

    assert isinstance(stopped, RunStopped)
    assert stopped.test is not None
    assert stopped.test.metrics["accuracy"] == pytest.approx(0.95, abs=0.01)
