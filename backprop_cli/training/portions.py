"""Steps bound to the arrays of their samples, for portions of any size."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import numpy as np

from backprop_cli.data.batches import Rows
from backprop_cli.data.matrix import Matrix, Stored, at_a_time, windows
from backprop_cli.data.samples import Samples
from backprop_cli.engine.step import Learner, Step
from backprop_cli.rules.base import Array

# Inputs with a column of ones, (samples, inputs + 1); targets, (samples, outputs); weights, (samples,), if any.
_Held: TypeAlias = tuple[Array, Array, Array | None]


class Portions:
    """Steps bound to their arrays, one for each size of portion."""

    def __init__(self, learner: Learner, samples: Samples, *, is_full: bool) -> None:
        assert samples.targets is not None  # noqa: S101  training asks for targets first
        self._learner = learner
        self._inputs, self._targets = samples.inputs, samples.targets
        self._dtype = learner.network.theta.dtype
        self._weights = None if samples.weights is None else samples.weights.astype(self._dtype)
        self._steps: dict[int, Step] = {}
        self._is_full = is_full
        stored = isinstance(self._inputs, Stored) or isinstance(self._targets, Stored)
        # All samples as the steps want them; None where some at a time are read from a file.
        some = stored and not is_full
        self._all = None if some else (*self._arrays(self._inputs, self._targets), self._weights)
        if is_full and self._all is not None:
            self._steps[len(samples)] = learner.bind(*self._all)

    def steps(self, batches: Iterable[Rows]) -> Iterator[tuple[Rows, Step]]:
        """Give the 0-based rows of each batch, and the step for them, with its inputs and targets filled in.

        Raises:
            DataError: samples cannot be read any more from their file.
        """
        if self._all is not None:
            for rows in batches:
                yield rows, self._filled(rows, self._all)
            return
        for stretch in _stretches(batches, min(at_a_time(self._inputs), at_a_time(self._targets))):
            rows, end = np.concatenate(stretch), 0
            weights = None if self._weights is None else self._weights[rows]
            held = (*self._arrays(self._inputs[rows], self._targets[rows]), weights)
            for batch in stretch:
                start, end = end, end + len(batch)
                yield batch, self._filled(np.arange(start, end), held)

    @property
    def whole(self) -> Step | None:
        """The step on all samples, where every step is on all of them."""
        return next(iter(self._steps.values()), None) if self._is_full else None

    def _filled(self, rows: Rows, held: _Held) -> Step:
        step, (x, y, weights) = self._steps.get(len(rows)), held
        if step is None:
            room = [np.empty((len(rows), *one.shape[1:]), self._dtype) for one in held if one is not None]
            step = self._steps[len(rows)] = self._learner.bind(*room)
        if not self._is_full:
            # clip, since the rows are known to be there, spares NumPy a buffer.
            x.take(rows, 0, step.space.x_and_one, mode="clip")
            y.take(rows, 0, step.space.y, mode="clip")
            if weights is not None:
                weights.take(rows, 0, step.space.weights, mode="clip")
        return step

    def _arrays(self, inputs: Matrix, targets: Matrix) -> tuple[Array, Array]:
        """Give inputs with ones, and targets, as new arrays."""
        x = np.ones((len(inputs), inputs.shape[1] + 1), self._dtype)
        y = np.empty(targets.shape, self._dtype)
        # Values that are too large for the type become infinite, and are found where they do harm.
        with np.errstate(all="ignore"):
            for whole, filled in ((inputs, x[:, :-1]), (targets, y)):
                for start, rows in windows(whole):
                    filled[start : start + len(rows)] = rows
        return x, y


def _stretches(batches: Iterable[Rows], most: int) -> Iterator[list[Rows]]:
    """Put batches together that are read at once, of so many rows at most where they are more than one."""
    together: list[Rows] = []
    count = 0
    for batch in batches:
        if together and count + len(batch) > most:
            yield together
            together, count = [], 0
        together.append(batch)
        count += len(batch)
    if together:
        yield together
