"""Loss and metrics of a set of samples, portion by portion."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_cli.data.samples import Samples
from backprop_cli.engine.network import Array
from backprop_cli.engine.passes import bind_forward, bind_measure
from backprop_cli.engine.step import Learner, penalty_of
from backprop_cli.engine.workspace import Workspace, with_ones
from backprop_cli.rules.metrics import Metric, Tally
from backprop_cli.training.events import Values

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
        self._metrics = metrics
        self._size = len(samples)
        self._portions = list(_bind_portions(learner, samples))

    def measure(self) -> Values:
        """Measure with the parameters as they are."""
        counter, total = Counter.start(self._metrics), 0.0
        is_mean = self._learner.loss.reduction == "mean"
        with np.errstate(all="ignore"):
            for runs, loss, space in self._portions:
                for run in runs:
                    run()
                total += loss() * (space.samples / self._size if is_mean else 1.0)
                counter.add(space.targets, space.layers[-1].a)
            return Values(total + penalty_of(self._learner), counter.values())


def _bind_portions(learner: Learner, samples: Samples) -> Iterator[tuple[list[Any], Any, Workspace]]:
    network, dtype = learner.network, learner.network.theta.dtype
    assert samples.targets is not None  # noqa: S101  training asks for targets first
    for start in range(0, len(samples), PORTION):
        rows = slice(start, start + PORTION)
        x = with_ones(samples.inputs[rows], dtype)
        space = Workspace.create(network, x, samples.targets[rows].astype(dtype))
        yield bind_forward(network, space), bind_measure(network, learner.loss, space), space
