"""Steps bound to the arrays of their samples, for portions of any size."""

import numpy as np

from backprop_cli.data.samples import Samples
from backprop_cli.engine.step import Learner, Step
from backprop_cli.engine.workspace import with_ones
from backprop_cli.rules.base import Array


class Portions:
    """Steps bound to their arrays, one for each size of portion."""

    def __init__(self, learner: Learner, samples: Samples, *, is_full: bool) -> None:
        assert samples.targets is not None  # noqa: S101  training asks for targets first
        dtype = learner.network.theta.dtype
        self._learner = learner
        self._x = with_ones(samples.inputs, dtype)
        self._y = samples.targets.astype(dtype)
        self._steps: dict[int, Step] = {}
        if is_full:
            self._steps[len(samples)] = learner.bind(self._x, self._y)
        self._is_full = is_full

    def step(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Step:
        """Give the step for these samples, with its inputs and targets filled in."""
        step = self._steps.get(len(rows))
        if step is None:
            step = self._steps[len(rows)] = self._learner.bind(*self._room(len(rows)))
        if not self._is_full:
            # clip, since the rows are known to be there, spares NumPy a buffer.
            self._x.take(rows, 0, step.space.x_and_one, mode="clip")
            self._y.take(rows, 0, step.space.y, mode="clip")
        return step

    def _room(self, samples: int) -> tuple[Array, Array]:
        return np.empty_like(self._x[:samples]), np.empty_like(self._y[:samples])
