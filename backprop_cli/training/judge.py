"""Loss and metrics of a set of samples, portion by portion."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.samples import Samples
from backprop_cli.engine.passes import forward, measure
from backprop_cli.engine.script import bind
from backprop_cli.engine.step import Learner, penalty_of
from backprop_cli.engine.workspace import Workspace
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array
from backprop_cli.rules.metrics import Metric, Tally
from backprop_cli.rules.metrics.base import OfClasses
from backprop_cli.training.events import Counts, Values

# Samples that are judged at once: enough to be fast, few enough for their activations to stay small.
PORTION = 4096


@dataclass(slots=True)
class Counter:
    """Counts metrics over portions."""

    metrics: Sequence[Metric]
    tallies: list[Tally]

    @classmethod
    def start(cls, metrics: Sequence[Metric]) -> "Counter":
        """Count nothing yet."""
        return cls(metrics, [])

    def add(self, y: Array, yhat: Array) -> None:
        """Count the predictions of a portion."""
        fresh = [metric.tally(y, yhat) for metric in self.metrics]
        known = self.tallies
        self.tallies = [m.join(a, b) for m, a, b in zip(self.metrics, known, fresh, strict=True)] if known else fresh

    def values(self) -> dict[str, float]:
        """Give the metrics of all portions."""
        return {m.title: m.value(tally) for m, tally in zip(self.metrics, self.tallies, strict=True)}


class Judge:
    """Measures the loss and the metrics of fixed samples, whenever it is asked."""

    def __init__(self, learner: Learner, samples: Samples, metrics: Sequence[Metric]) -> None:
        self._learner = learner
        self._samples = samples
        self._metrics = metrics
        # One for each size of portion: at most a whole one and the rest.
        self._portions: dict[int, _Portion] = {}

    def measure(self) -> Values:
        """Measure with the parameters as they are."""
        counter, total = Counter.start(self._metrics), 0.0
        with np.errstate(all="ignore"):
            for start in range(0, len(self._samples), PORTION):
                portion = self._portion(slice(start, start + PORTION))
                total += portion.loss() * self._weight(portion.space.samples)
                counter.add(portion.space.targets, portion.space.layers[-1].a)
            return Values(total + penalty_of(self._learner), counter.values())

    def confusion(self, metric: OfClasses) -> Counts:
        """Count which classes are taken for which, with the parameters as they are."""
        found: NDArray[np.int64] = np.zeros((1, 1), dtype=np.int64)
        with np.errstate(all="ignore"):
            for start in range(0, len(self._samples), PORTION):
                portion = self._portion(slice(start, start + PORTION))
                portion.loss()
                found = found + metric.confusion(portion.space.targets, portion.space.layers[-1].a)
        return tuple(tuple(row) for row in found.tolist())

    def _weight(self, samples: int) -> float:
        """Give the part that a portion's loss has in the loss of all samples."""
        return samples / len(self._samples) if self._learner.loss.reduction == "mean" else 1.0

    def _portion(self, rows: slice) -> "_Portion":
        """Give a portion with its samples filled in."""
        inputs, targets = self._samples.inputs[rows], self._samples.targets
        assert targets is not None  # noqa: S101  training asks for targets first
        if len(inputs) not in self._portions:
            weighted = self._samples.weights is not None
            self._portions[len(inputs)] = _Portion.bind(self._learner, len(inputs), weighted=weighted)
        portion = self._portions[len(inputs)]
        portion.space.x_and_one[:, :-1] = inputs
        portion.space.y[...] = targets[rows]
        if portion.space.weights is not None and self._samples.weights is not None:
            portion.space.weights[...] = self._samples.weights[rows]
        return portion


@immutable
class _Portion:
    """A forward pass and the loss, bound to arrays for a number of samples.

    Attributes:
        space: its arrays.
        loss: runs the forward pass and gives the loss, without the penalty.
    """

    space: Workspace
    loss: Callable[[], float]

    @classmethod
    def bind(cls, learner: Learner, samples: int, *, weighted: bool) -> "_Portion":
        """Allocate the arrays and bind what measures them."""
        network = learner.network
        space = Workspace.empty(network, samples, weighted=weighted)
        return cls(space, bind(forward(network, space), [measure(network, learner.loss, space)]))
