"""Samples: what a network is trained on and judged by."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop_cli.rules.base import Array


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples in the order of their source.

    Attributes:
        inputs: (samples, inputs).
        targets: (samples, outputs), or None when there are none.
        numbers: the 1-based row of the data of each sample.
        input_names: the columns that the inputs came from, one-hot columns as `column=text`.
        classes: the classes that the target columns stand for, in order; empty when the targets are numbers.
    """

    inputs: Array
    targets: Array | None
    numbers: NDArray[np.int64]
    input_names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.inputs)

    def pick(self, rows: NDArray[np.int64]) -> "Samples":
        """Give some of the samples, by 0-based rows."""
        targets = None if self.targets is None else self.targets[rows]
        return Samples(self.inputs[rows], targets, self.numbers[rows], self.input_names, self.classes)


@dataclass(frozen=True, slots=True)
class Standardizer:
    """Scales inputs to mean 0 and deviation 1; a column that never varies is only shifted."""

    mean: Array
    deviation: Array

    @classmethod
    def learn(cls, inputs: Array) -> "Standardizer":
        """Learn mean and deviation of each column."""
        deviation = inputs.std(axis=0)
        return cls(inputs.mean(axis=0), np.where(deviation > 0, deviation, 1.0))

    def apply(self, samples: Samples) -> Samples:
        """Give the samples with their inputs scaled."""
        scaled = (samples.inputs - self.mean) / self.deviation
        return Samples(scaled, samples.targets, samples.numbers, samples.input_names, samples.classes)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Samples, divided and prepared.

    Attributes:
        training: trained on.
        validation: judged by while training goes on; None when none are kept.
        test: measured once, when training is over; None when there are none.
        standardizer: what was learned from the training part; None when inputs are used as they are.
    """

    training: Samples
    validation: Samples | None
    test: Samples | None
    standardizer: Standardizer | None


def count_kept(samples: int, validation: float) -> int:
    """Count the samples that a share keeps for validation: at least one when it is above 0."""
    return max(1, round(samples * validation)) if validation else 0


def divide(samples: Samples, validation: float, rng: np.random.Generator) -> tuple[Samples, Samples | None]:
    """Divide samples into a training and a validation part.

    Args:
        samples: all of them.
        validation: the share that is kept for validation, at least one sample when it is above 0.
        rng: draws which.
    """
    kept = count_kept(len(samples), validation)
    if not kept:
        return samples, None
    drawn = rng.permutation(len(samples))
    return samples.pick(np.sort(drawn[kept:])), samples.pick(np.sort(drawn[:kept]))


def prepare(training: Samples, validation: Samples | None, test: Samples | None, *, standardize: bool) -> Dataset:
    """Prepare all parts by what the training part shows."""
    if not standardize:
        return Dataset(training, validation, test, None)
    learned = Standardizer.learn(training.inputs)
    kept, tested = (None if part is None else learned.apply(part) for part in (validation, test))
    return Dataset(learned.apply(training), kept, tested, learned)
