"""The training loop: a generator of events; stopping early is `break`."""

from collections.abc import Collection, Generator, Iterable, Iterator

import numpy as np

from backprop_cli.config.loader import Setup
from backprop_cli.engine.finite import NotFinite
from backprop_cli.engine.record import StepRecord
from backprop_cli.errors import DivergedError, UsageError
from backprop_cli.training.events import Event, Paused, one_by_one
from backprop_cli.training.plan import describe, steps_to_trace
from backprop_cli.training.trainer import Trainer
from backprop_cli.training.warm import require_fit


def train(setup: Setup, trace: Collection[int] | None = None) -> Generator[Event, None, None]:
    """Train the network of a setup and tell what happens.

    Args:
        setup: what to train; must have targets.
        trace: numbers of the steps that are recorded; by default those that the config asks for.

    Yields:
        `RunStarted`, then `StepDone` for each step to trace and `EpochDone` for each epoch, then `RunStopped`.

    Raises:
        ConfigError: the data has no targets, or the model to start from is of another network.
        StorageError: the model to start from cannot be read.
    """
    setup.require_targets()
    # Before anything is shown.
    require_fit(setup)
    yield describe(setup)
    trainer = Trainer(setup)
    for event in one_by_one(trainer.events(steps_to_trace(setup) if trace is None else trace)):
        assert not isinstance(event, Paused)  # noqa: S101  nobody asked for a pause
        yield event


def record_step(setup: Setup, step: int) -> StepRecord:
    """Train to just before a step, and give what that step does; raises as `record_steps`."""
    return next(record_steps(setup, [step]))


def record_steps(setup: Setup, steps: Iterable[int]) -> Iterator[StepRecord]:
    """Train once, and give what some of the steps do, in their order.

    Args:
        setup: what to train; must have targets.
        steps: their numbers, from 1; they may lie beyond the configured run.

    Raises:
        UsageError: there is no such step.
        ConfigError: the data has no targets.
        DivergedError: something stopped being finite on the way.
    """
    wanted = frozenset(steps)
    if min(wanted, default=1) < 1:
        raise UsageError(f"there is no step {min(wanted)}; steps count from 1")
    setup.require_targets()
    trainer = Trainer(setup)
    records = trainer.records(wanted)
    for _ in range(len(wanted)):
        try:
            with np.errstate(all="ignore"):
                record = next(records)
        except NotFinite as found:
            raise DivergedError(trainer.trouble(found).sentence) from None
        yield record
