"""Samples: what a network is trained on and judged by."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.rules.base import Array


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples in the order of their source.

    Attributes:
        inputs: (samples, inputs), of any numeric type; pixels stay bytes until they are prepared.
        targets: (samples, outputs), or None when there are none.
        numbers: the 1-based row of the data of each sample.
        input_names: the columns that the inputs came from, one-hot columns as `column=text`.
        classes: the classes that the target columns stand for, in order; empty when the targets are numbers.
    """

    inputs: NDArray[Any]
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

    def with_inputs(self, inputs: NDArray[Any]) -> "Samples":
        """Give the same samples with other inputs."""
        return replace(self, inputs=inputs)

    def complete(self) -> "Samples":
        """Give the samples in which nothing is missing, that is nan."""
        gaps = _gaps(self.inputs)
        if self.targets is not None:
            gaps |= _gaps(self.targets)
        return self.pick(np.flatnonzero(~gaps)) if gaps.any() else self


def _gaps(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Say of each row whether anything in it is missing."""
    if values.dtype.kind != "f":
        return np.zeros(len(values), dtype=np.bool_)
    return np.asarray(np.isnan(values).any(axis=1))
