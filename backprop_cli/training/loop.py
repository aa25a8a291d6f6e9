"""The training loop: a generator of events; stopping early is `break`."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import count
from time import perf_counter

import numpy as np

from backprop_cli.config.loader import Setup
from backprop_cli.config.measures import VALIDATION
from backprop_cli.engine.finite import NotFinite
from backprop_cli.engine.record import StepRecord
from backprop_cli.engine.step import Learner
from backprop_cli.errors import DivergedError, UsageError
from backprop_cli.quantities.quantity import Derivative, Quantity, Variable
from backprop_cli.training.events import Confusion, EpochDone, Event, Outcome, RunStopped, StepDone, Trouble, Values
from backprop_cli.training.goals import checked
from backprop_cli.training.judge import Counter, Judge
from backprop_cli.training.plan import (
    batches_of,
    classes_of,
    describe,
    judge_of_classes,
    length_of,
    metrics_of,
    steps_to_trace,
)
from backprop_cli.training.portions import Portions
from backprop_cli.training.start import starting_network
from backprop_cli.training.state import Observer, State


def train(setup: Setup, trace: Collection[int] | None = None) -> Iterator[Event]:
    """Train the network of a setup and tell what happens.

    Args:
        setup: what to train; must have targets.
        trace: numbers of the steps that are recorded; by default those that the config asks for.

    Yields:
        `RunStarted`, then `StepDone` for each step to trace and `EpochDone` for each epoch, then `RunStopped`.

    Raises:
        ConfigError: the data has no targets.
    """
    setup.require_targets()
    yield describe(setup)
    run = _Run(setup, steps_to_trace(setup) if trace is None else trace)
    for event in run.events():
        given = perf_counter()
        yield event
        # What is done with an event is no part of training.
        run.started += perf_counter() - given


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
    run = _Run(setup, ())
    records = run.records(wanted)
    for _ in range(len(wanted)):
        try:
            with np.errstate(all="ignore"):
                record = next(records)
        except NotFinite as found:
            raise DivergedError(run.trouble(found).sentence) from None
        yield record


class _Run:
    """One run: its state between two events."""

    def __init__(self, setup: Setup, trace: Collection[int]) -> None:
        self.setup = setup
        self.trace = trace
        self.experiment = experiment = setup.experiment
        self.network = starting_network(setup)
        self.learner = Learner.create(self.network, experiment.loss, experiment.optimizer, experiment.update_order)
        self.length = length_of(setup)
        self.batches = batches_of(setup)
        self.portions = Portions(self.learner, setup.dataset.training, is_full=self.batches.is_full)
        self.metrics = metrics_of(setup)
        self.judge = Judge(self.learner, setup.dataset.training, self.metrics)
        held_back = setup.dataset.validation
        self.validation = Judge(self.learner, held_back, self.metrics) if held_back else None
        self.observer = Observer(setup)
        self.state = State()
        # What has been measured after the last epoch, by part.
        self.seen: dict[str, Values] = {}
        self.done = 0
        self.epochs = 0
        self.started = perf_counter()

    def events(self) -> Iterator[Event]:
        """Train to the end, to where patience is out, or to the first value that is not finite."""
        initial, trouble = self.judge.measure(), None
        try:
            for epoch in range(1, self.length.epochs + 1):
                yield from self._epoch(epoch)
                if self.observer.is_tired(self.state):
                    break
        except NotFinite as found:
            trouble = self.trouble(found)
        stopped = self._stopped(initial, trouble)
        yield replace(stopped, checks=tuple(checked(self.setup, stopped)))

    def records(self, wanted: Collection[int]) -> Iterator[StepRecord]:
        """Train on and on, and record some of the steps."""
        for epoch in count(1):
            for rows in self.batches.epoch(epoch):
                turn, step, number = self._turn(epoch), self.portions.step(rows), self.done + 1
                rate = self._rate(turn)
                if number in wanted:
                    record = step.recorded(rate, number, epoch=epoch, samples=self._numbers(rows), turn=turn)
                    self.done = number
                    yield record
                else:
                    step(rate, number)
                    self.done = number
            self.seen.clear()
            self.state = self.observer.after_for_rate(self.state, self._look)

    def _epoch(self, epoch: int) -> Iterator[Event]:
        losses, counter, rate, trained = 0.0, Counter.start(self.metrics), 0.0, 0
        before = self.done
        for rows in self.batches.epoch(epoch):
            if self.done == self.length.steps:
                break
            turn = self._turn(epoch)
            rate = self._rate(turn)
            with np.errstate(all="ignore"):
                step = self.portions.step(rows)
                if self.done + 1 in self.trace:
                    record = step.recorded(rate, self.done + 1, epoch=epoch, samples=self._numbers(rows), turn=turn)
                    loss, event = record.loss, StepDone(record)
                else:
                    loss, event = step(rate, self.done + 1), None
            self.done += 1
            losses += loss
            trained += len(rows)
            if self.metrics:
                counter.add(step.space.targets, step.space.layers[-1].a)
            if event is not None:
                yield event
        self.epochs = epoch
        training = Values(losses / (self.done - before), counter.values() if self.metrics else {})
        yield self._epoch_done(training, rate, trained)

    def _epoch_done(self, training: Values, rate: float, samples: int) -> EpochDone:
        self.seen.clear()
        validation = self._look(VALIDATION) if self.validation else None
        judged = (validation or training).loss
        self.state = self.observer.after(self.state, self.epochs, judged, self._look, self.network.theta)
        seconds = perf_counter() - self.started
        return EpochDone(self.epochs, self.done, training, validation, rate, samples, seconds)

    def _look(self, part: str) -> Values:
        """Measure a part with the parameters as they are after an epoch, once."""
        if part not in self.seen:
            judge = self.validation if part == VALIDATION else self.judge
            assert judge is not None  # noqa: S101  a part that there is not is refused before training
            self.seen[part] = judge.measure()
        return self.seen[part]

    def _numbers(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[int, ...]:
        """Give the rows of the data that some training samples came from, counted from 1."""
        return tuple(int(number) for number in self.setup.dataset.training.numbers[rows])

    def _turn(self, epoch: int) -> tuple[int, int]:
        """Give what the schedule has counted before the coming step, and how many it counts in the whole run."""
        return self.length.turn(self.experiment.schedule, self.done + 1, epoch, self.state.plateaus)

    def _rate(self, turn: tuple[int, int]) -> float:
        """Give the learning rate at a turn of the schedule."""
        count, length = turn
        return float(self.experiment.schedule.formula(self.experiment.optimizer.learning_rate, float(count), length))

    def _stopped(self, initial: Values, trouble: Trouble | None) -> RunStopped:
        restored, test = self._restore(), self._test()
        theta, names = self.network.theta, self.setup.names
        early: Outcome = "stopped early" if self.done < self.length.steps else "finished"
        return RunStopped(
            outcome=early if trouble is None else "diverged",
            steps=self.done,
            epochs=self.epochs,
            best_epoch=self.state.best.epoch if self.state.best else None,
            initial=initial,
            final=self.judge.measure(),
            validation=self.validation.measure() if self.validation else None,
            parameters={names.label(name): float(theta[at]) for name, at in self.network.layout.parameters()},
            trouble=trouble,
            seconds=perf_counter() - self.started,
            confusion=self._confusion(test),
            test=test.measure() if test else None,
            restored=restored,
            plateaus=self.state.plateaus,
        )

    def _test(self) -> Judge | None:
        """Give what measures the test samples; at the end alone, since what they help to choose they do not test."""
        samples = self.setup.dataset.test
        return Judge(self.learner, samples, self.metrics) if samples else None

    def _restore(self) -> bool:
        """Go back to the parameters that were kept, if there are any, and say whether that changed them."""
        kept, theta = self.state.kept, self.network.theta
        if kept is None or np.array_equal(kept, theta):
            return False
        np.copyto(theta, kept)
        return True

    def _confusion(self, test: Judge | None) -> Confusion | None:
        metric = judge_of_classes(self.setup)
        if metric is None:
            return None
        others = (judge.confusion(metric) if judge else None for judge in (self.validation, test))
        return Confusion(classes_of(self.setup), self.judge.confusion(metric), *others)

    def trouble(self, found: NotFinite) -> Trouble:
        """Say what stopped being finite and what to change."""
        quantity = _with_row(found.quantity, self._rows_of_step())
        return Trouble(self.setup.names.label(quantity), str(found.value), self.done + 1, self._advice())

    def _rows_of_step(self) -> tuple[int, ...]:
        epoch, position = divmod(self.done, self.length.per_epoch)
        for number, rows in enumerate(self.batches.epoch(epoch + 1)):
            if number == position:
                return self._numbers(rows)
        return ()

    def _advice(self) -> str:
        if self.done == 0:
            return "look for very large numbers in the data or the starting weights; data.standardize: true may help"
        rate = self.experiment.optimizer.learning_rate
        lower = f"try a lower optimizer.learning_rate (now {rate:g})"
        return lower if self.experiment.optimizer.clip else f"{lower}, or optimizer.clip: {{norm: 1.0}}"


def _with_row(quantity: Quantity, rows: tuple[int, ...]) -> Quantity:
    """Replace a column of the batch by the sample that stands in it."""
    if isinstance(quantity, Variable | Derivative) and quantity.sample is not None:
        return replace(quantity, sample=rows[quantity.sample - 1])
    return quantity
