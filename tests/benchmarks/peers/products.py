"""The matrix products of a training step and nothing else: what the machine gives for these shapes."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from peers.workloads import Array, Trainer, Workload


def products(work: Workload) -> Trainer:
    """Multiply what a step multiplies, as often as there are steps, into arrays that are there."""
    calls = calls_of(work)

    def run(epochs: int, shuffle: bool) -> Iterator[float | None]:  # noqa: ARG001  there is no order in it
        yield None
        for _ in range(epochs):
            for _ in range(work.steps // work.epochs):
                for call in calls:
                    call()
            yield 0.0

    return run


def calls_of(work: Workload) -> list[Callable[[], Array]]:
    """Bind the products of a step: forward and for the gradient in each layer, and back from all but the first."""
    rng = np.random.default_rng(0)

    def drawn(*shape: int) -> Array:
        return rng.standard_normal(shape).astype(work.dtype)

    def product(left: Array, right: Array) -> Callable[[], Array]:
        return partial(np.dot, left, right, out=np.empty((len(left), right.shape[1]), work.dtype))

    calls = []
    for number, (fan_in, units) in enumerate(work.layers):
        # Biases are one more column of the weights, and samples are columns, in all layers but the first.
        weights, delta = drawn(units, fan_in + 1), drawn(units, work.batch)
        below = drawn(fan_in + 1, work.batch) if number else drawn(work.batch, fan_in + 1).T
        calls += [product(weights, below), product(delta, below.T)]
        calls += [product(weights.T, delta)] if number else []
    return calls
