"""What the training loop adds to the steps that it is made of, on the six networks of `train_peers.py`.

The product's epochs, with their events, are timed beside as many bare steps in the same process, in turn: the engine's
own step on the same batches, filled in the same way, or, where there is one sample and the step is compiled to Python,
that code alone.  Medians count.

Run it:  python tests/benchmarks/loop_cost.py [--quick] [--json FILE]
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from measuring import Found, in_turn, medians, run_alone
from peers.ours import ours, ready, setup_of
from peers.worker import timed
from peers.workloads import WORKLOADS, Trainer, Workload
from threadpoolctl import threadpool_limits

NAME = "loop"
ROUNDS, QUICK_ROUNDS = 7, 1


def bare(work: Workload) -> Trainer:
    """Train by steps and nothing else: no events, no sums, no rates."""
    setup = setup_of(work)

    def run(epochs: int, shuffle: bool) -> Iterator[float | None]:
        loop = ready(setup, epochs, shuffle=shuffle)
        yield None
        losses: list[float] = []
        if loop.sprint is not None:
            loop.sprint.run([work.rate] * epochs, 1, losses)
        else:
            with np.errstate(all="ignore"):
                losses = _stepped(loop, work.rate, epochs)
        yield losses[-1]

    return run


def _stepped(loop: Any, rate: float, epochs: int) -> list[float]:
    done, losses = 0, []
    for epoch in range(1, epochs + 1):
        for _, step in loop.portions.steps(loop.batches.epoch(epoch)):
            done += 1
            losses.append(step(rate, done))
    return losses


def seconds(train: Trainer, epochs: int) -> float:
    """Give the time of so many epochs."""
    return timed(train, epochs, shuffle=True)[0]


def compared(work: Workload, rounds: int) -> Found:
    """Give the median microseconds of a step with the loop around it and without."""
    trainers = {"loop": ours(work), "bare": bare(work)}
    tasks: dict[str, Callable[[], float]] = {
        name: partial(seconds, train, work.epochs) for name, train in trainers.items()
    }
    with threadpool_limits(work.threads):
        in_turn(tasks, 1)
        found = medians(in_turn(tasks, rounds))
    return {name: each / work.steps * 1e6 for name, each in found.items()}


def measure(*, quick: bool) -> Found:
    """Compare on each workload."""
    print(f"{'':<11}{'loop, µs':>12}{'bare, µs':>12}{'adds, µs':>12}{'÷':>8}")
    table = {}
    for name, work in WORKLOADS.items():
        table[name] = found = compared(work.quick if quick else work, QUICK_ROUNDS if quick else ROUNDS)
        loop, step = found["loop"], found["bare"]
        print(f"{name:<11}{loop:>12,.2f}{step:>12,.2f}{loop - step:>12,.2f}{loop / step:>8.3f}", flush=True)
    print("microseconds of a step: in the training loop, and on its own")
    return table


if __name__ == "__main__":
    run_alone(NAME, __doc__, measure)
