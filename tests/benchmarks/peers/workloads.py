"""What is trained in the comparison with other trainers: six networks, from a few neurons to wide layers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
# Trains so many epochs, shuffled or not: yields once when it is ready to, and then the mean loss of each epoch.
Trainer: TypeAlias = Callable[[int, bool], Iterator[float | None]]
# Settings of momentum and of Adam.
BETA, BETA1, BETA2, EPS = 0.9, 0.9, 0.999, 1e-8
# What a quick look takes, at most: epochs, of a single step each where there is one sample; batches, samples of each;
# units of a layer.
QUICK_EPOCHS, QUICK_BATCHES, QUICK_BATCH, QUICK_WIDTH = 200, 10, 64, 128


@dataclass(frozen=True)
class Workload:
    """A network, its data, and how long it is trained.

    Attributes:
        name: what the table calls it.
        widths: inputs, then units of each layer.
        activations: one per layer.
        loss: half_sse, binary_cross_entropy or cross_entropy; averaged over a batch of several samples.
        optimizer: sgd, momentum or adam.
        rate: its learning rate.
        samples: how many there are: whole batches, since compiled epochs want them all of one size.
        batch: samples of a step.
        epochs: passes over the data that are timed at a time.
        dtype: precision of everything.
        threads: how many the libraries may use.
        file: an archive with the samples as x and y; they are drawn where there is none.
    """

    name: str
    widths: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    optimizer: Literal["sgd", "momentum", "adam"]
    rate: float
    samples: int
    batch: int
    epochs: int
    dtype: str = "float64"
    threads: int = 2
    file: Path | None = None

    @property
    def steps(self) -> int:
        """Updates that are timed at a time."""
        return self.epochs * -(-self.samples // self.batch)

    @property
    def layers(self) -> list[tuple[int, int]]:
        """Fan-in and units of each layer."""
        return list(pairwise(self.widths))

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum((fan_in + 1) * units for fan_in, units in self.layers)

    @property
    def flops(self) -> int:
        """Additions and multiplications of the matrix products of a step.

        A layer multiplies its weights with its inputs, and its errors with its inputs for the gradient; all but the
        first multiply their weights with their errors for the layer below.
        """
        first = (self.widths[0] + 1) * self.widths[1]
        return 2 * self.batch * (3 * self.parameters - first)

    @cached_property
    def x(self) -> Array:
        """Inputs, (samples, inputs)."""
        if self.file is not None:
            return self._stored("x")
        if self.samples == 1:
            return np.array([[0.05, 0.10] if self.widths[0] == 2 else [0.5]], dtype=self.dtype)
        draw = np.random.default_rng(1).standard_normal((self.samples, self.widths[0]))
        return draw.astype(self.dtype)

    @cached_property
    def y(self) -> Array:
        """Targets, (samples, outputs): of one class each, or a number between 0 and 1."""
        if self.file is not None:
            return self._stored("y")
        outputs, rng = self.widths[-1], np.random.default_rng(2)
        if self.samples == 1:
            return np.array([[0.01, 0.99] if outputs == 2 else [1.5]], dtype=self.dtype)
        if outputs == 1:
            return rng.integers(0, 2, (self.samples, 1)).astype(self.dtype)
        return np.eye(outputs, dtype=self.dtype)[rng.integers(0, outputs, self.samples)]

    @cached_property
    def weights(self) -> list[tuple[Array, Array]]:
        """Starting weights (units, fan-in) and biases (units) of each layer."""
        rng = np.random.default_rng(3)
        return [
            (
                (rng.standard_normal((units, fan_in)) * np.sqrt(1.0 / fan_in)).astype(self.dtype),
                (rng.standard_normal(units) * 0.1).astype(self.dtype),
            )
            for fan_in, units in self.layers
        ]

    def _stored(self, key: str) -> Array:
        assert self.file is not None
        values: Array = np.load(self.file)[key].astype(self.dtype)
        return values

    def batches(self, epoch: int, *, shuffle: bool) -> Iterator[NDArray[np.int64]]:
        """Give the rows of each batch of an epoch."""
        rows = np.random.default_rng(epoch).permutation(self.samples) if shuffle else np.arange(self.samples)
        for start in range(0, self.samples, self.batch):
            yield rows[start : start + self.batch]

    @property
    def quick(self) -> "Workload":
        """A smaller one of the same kind, to see that everything works."""
        batch = min(self.batch, QUICK_BATCH)
        return replace(
            self,
            widths=tuple(min(width, QUICK_WIDTH) for width in self.widths),
            batch=batch,
            samples=min(self.samples // batch, QUICK_BATCHES) * batch,
            epochs=min(self.epochs, QUICK_EPOCHS),
            threads=1,
        )


def _workloads() -> list[Workload]:
    sigmoid, relu = "sigmoid", "relu"
    three = Workload("W3", (784, 30, 10), (sigmoid, sigmoid), "half_sse", "sgd", 3.0, 50_000, 10, 1)
    four = Workload("W4", (30, 32, 16, 1), (relu, relu, sigmoid), "binary_cross_entropy", "adam", 1e-3, 20_000, 32, 2)
    digits = (relu, relu, "softmax")
    wide = (1024, 4096, 4096, 10)
    return [
        Workload("W1", (1, 1, 1), (sigmoid, sigmoid), "half_sse", "sgd", 0.1, 1, 1, 20_000, threads=1),
        Workload("W2", (2, 2, 2), (sigmoid, sigmoid), "half_sse", "sgd", 0.5, 1, 1, 10_000, threads=1),
        three,
        replace(three, name="W3 float32", dtype="float32"),
        four,
        replace(four, name="W4 float32", dtype="float32"),
        Workload("W5", (784, 256, 128, 10), digits, "cross_entropy", "adam", 1e-3, 59_904, 128, 1, "float32"),
        Workload("W6", wide, digits, "cross_entropy", "momentum", 0.01, 2048, 512, 3, "float32"),
    ]


WORKLOADS = {workload.name: workload for workload in _workloads()}
