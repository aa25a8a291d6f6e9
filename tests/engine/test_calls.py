"""What a step calls, counted: it cannot become slower by a call without being noticed, and no clock is needed."""

import tracemalloc
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from peers.ours import setup_of
from peers.workloads import WORKLOADS

from backprop_cli.engine.step import Step
from backprop_cli.training.trainer import Trainer


def step_of(name: str) -> Step:
    """Bind the array engine's step of a workload to its first batch."""
    loop = Trainer(setup_of(WORKLOADS[name].quick))
    _, step = next(loop.portions.steps(loop.batches.epoch(1)))
    return step


def is_numpys(function: Callable[..., Any]) -> bool:
    return (
        isinstance(function, np.ufunc)
        or type(function).__name__ == "builtin_function_or_method"
        or (getattr(function, "__module__", "") == "numpy")
    )


# Calls of NumPy, and of functions of our own.
COUNTS = {"W1": (29, 0), "W2": (29, 0), "W3": (31, 0), "W4": (38, 1)}


@pytest.mark.parametrize("name", COUNTS)
def test_a_step_makes_so_many_calls(name: str) -> None:
    counted = Counter(is_numpys(function) for function, *_ in step_of(name).script.calls)

    assert (counted[True], counted[False]) == COUNTS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_a_step_allocates_no_array(name: str) -> None:
    step = step_of(name)
    with np.errstate(all="ignore"):
        step(0.1, 1)
        tracemalloc.start()
        step(0.1, 2)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    # Numbers and frames alone; an array of the hidden layer of W3 or W4 takes more.
    assert peak < 2_000
