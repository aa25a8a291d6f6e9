"""One run in the making: it trains step by step, tells what happens, and can say where it stands."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import count
from time import perf_counter
from typing import TypeAlias

import numpy as np

from backprop_cli.config.loader import Setup
from backprop_cli.config.measures import VALIDATION
from backprop_cli.data.batches import Rows
from backprop_cli.engine.finite import NotFinite
from backprop_cli.engine.record import StepRecord, frozen
from backprop_cli.engine.step import Learner, Step
from backprop_cli.training.events import (
    EpochDone,
    EpochsDone,
    Event,
    Outcome,
    Paused,
    RunStopped,
    StepDone,
    Trouble,
    Values,
)
from backprop_cli.training.goals import checked
from backprop_cli.training.judge import Counter
from backprop_cli.training.judges import Judges
from backprop_cli.training.labelled import Labelled
from backprop_cli.training.plan import batches_of, length_of, metrics_of
from backprop_cli.training.portions import Portions
from backprop_cli.training.position import Position, Sums
from backprop_cli.training.sprint import Sprint
from backprop_cli.training.sprinting import sprint_of
from backprop_cli.training.start import dropout_of, starting_network
from backprop_cli.training.state import Observer, State
from backprop_cli.training.trouble import trouble_of
from backprop_cli.training.warm import first_network

# Steps that are trained at once, at most, and seconds that they may take for twice as many to be next.
MOST = 8192
_MOMENT = 0.02
# Asked after each step: whether the run is to pause there.
Pause: TypeAlias = Callable[[], bool]
# Gives the number of the signal that asks the run to end; None while there is none.
Asked: TypeAlias = Callable[[], int | None]


def nobody() -> None:
    """Ask for nothing."""


class Trainer:
    """Trains the network of a setup, from the start or from where a run stood."""

    def __init__(self, setup: Setup, position: Position | None = None) -> None:
        self.setup = setup
        self.experiment = experiment = setup.experiment
        # A position has all parameters, so what training started from need not be there any more.
        self.network = first_network(setup) if position is None else starting_network(setup)
        self.learner = Learner.create(
            self.network, experiment.loss, experiment.optimizer, experiment.update_order, dropout_of(setup)
        )
        self.length = length_of(setup)
        self.batches = batches_of(setup)
        self.portions = Portions(self.learner, setup.dataset.training, is_full=self.batches.is_full)
        self.metrics = metrics_of(setup)
        self.judges = Judges(setup, self.learner, self.metrics)
        self.observer = Observer(setup)
        self.done = 0
        self.epochs = 0
        self.sums = Sums(Counter.start(self.metrics))
        self.state = State()
        self.initial: Values | None = None
        if position is not None:
            self._enter(position)
        # Trains many steps at once; None where more than the loss of each is looked at.
        self.sprint = sprint_of(self.setup, self.learner, self.portions.whole, watches=self.observer.watches)
        self.pace = 1
        self.started = perf_counter()

    def _enter(self, position: Position) -> None:
        np.copyto(self.network.theta, position.theta)
        for letter, vector in self.learner.state.items():
            np.copyto(vector, position.optimizer[letter])
        self.done, self.epochs = position.steps, position.epochs
        self.sums, self.state = position.sums.copy(), position.state
        self.initial = position.initial

    @property
    def position(self) -> Position:
        """Where the run stands; to be asked between two events, and not after the last."""
        assert self.initial is not None  # noqa: S101  measured before the first event
        return Position(
            theta=frozen(self.network.theta),
            optimizer={letter: frozen(vector) for letter, vector in self.learner.state.items()},
            steps=self.done,
            epochs=self.epochs,
            sums=self.sums.copy(),
            state=self.state,
            initial=self.initial,
        )

    @property
    def is_over(self) -> bool:
        """Whether the last epoch is done and told of."""
        has_all = self.done == self.length.steps and not self.sums.steps
        return has_all or self.observer.is_tired(self.state)

    def events(
        self, trace: Collection[int] = (), pause: Pause | None = None, *, most: int = MOST
    ) -> Iterator[Event | EpochsDone | Paused]:
        """Train to the end, to where patience is out, or to the first value that is not finite.

        Args:
            trace: numbers of the steps that are recorded.
            pause: asked after each step, or after some, where they take no time.
            most: how many that may be.

        Yields:
            `StepDone` for each step to trace, `Paused` where it is asked for, `EpochDone` for each epoch, or
            `EpochsDone` for some, then `RunStopped`.
        """
        for event in self._events(trace, pause, most):
            given = perf_counter()
            yield event
            # What is done with an event is no part of training.
            self.started += perf_counter() - given

    def _events(self, trace: Collection[int], pause: Pause | None, most: int) -> Iterator[Event | EpochsDone | Paused]:
        self.initial = self.initial or self.judges.training.measure()
        trouble, traced = None, sorted(trace)
        try:
            while not self.is_over:
                if self.sprint is None or self.sums.steps:
                    yield from self._epoch(self.epochs + 1, trace, pause)
                else:
                    yield from self._epochs(self.sprint, traced, pause, most)
        except NotFinite as found:
            trouble = self.trouble(found)
        stopped = self._stopped(self.initial, trouble)
        yield replace(stopped, checks=tuple(checked(self.setup, stopped)))

    def records(self, wanted: Collection[int]) -> Iterator[StepRecord]:
        """Train on and on, and record some of the steps."""
        if self.sprint is not None:
            yield from self._sprinted(self.sprint, sorted(wanted))
            return
        for epoch in count(1):
            for rows, step in self.portions.steps(self.batches.epoch(epoch)):
                record = None
                if self.done + 1 in wanted:
                    record = self._recorded(step, rows, epoch)
                else:
                    step(self._rate(epoch), self.done + 1)
                self.done += 1
                if record is not None:
                    yield record
            self.judges.forget()
            self.state = self.observer.after_for_rate(self.state, self.judges.look)

    def _sprinted(self, sprint: Sprint, wanted: Sequence[int]) -> Iterator[StepRecord]:
        for number in wanted:
            while self.done < number - 1:
                losses: list[float] = []
                rates = self._rates(min(MOST, number - 1 - self.done))
                try:
                    sprint.run(rates, self.done + 1, losses)
                finally:
                    self._count(losses)
            record = self._recorded_in(sprint, losses := [])
            self._count(losses)
            yield record

    def _epochs(
        self, sprint: Sprint, traced: Sequence[int], pause: Pause | None, most: int
    ) -> Iterator[Event | EpochsDone | Paused]:
        """Train some epochs of one step each."""
        first, begun, losses = self.done + 1, perf_counter(), list[float]()
        ahead = bisect_left(traced, first)
        until = traced[ahead] if ahead < len(traced) else self.length.steps + 1
        rates = self._rates(max(1, min(self.pace, most, self.length.steps + 1 - first, until - first)))
        record = trouble = None
        try:
            if first == until:
                record = self._recorded_in(sprint, losses)
            else:
                sprint.run(rates, first, losses)
        except NotFinite as found:
            trouble = found
        if perf_counter() - begun < _MOMENT and len(rates) == self.pace:
            self.pace = min(2 * self.pace, MOST)
        self._count(losses)
        if record is not None:
            yield StepDone(record)
        if losses:
            seconds, samples = perf_counter() - self.started, self.batches.samples
            yield EpochsDone(first, self.done, tuple(losses), tuple(rates[: len(losses)]), samples, seconds)
        if trouble is not None:
            raise trouble
        if pause is not None and pause():
            yield Paused(self.done)

    def _count(self, losses: Sequence[float]) -> None:
        """Count epochs of one step each that are done."""
        if losses:
            self.state = self.observer.after_losses(self.state, self.epochs + 1, losses)
        self.done += len(losses)
        self.epochs += len(losses)

    def _rates(self, steps: int) -> list[float]:
        """Give the learning rates of the coming steps, each an epoch of its own."""
        if not self.experiment.schedule.moves:
            return [self._rate(self.epochs + 1)] * steps
        return [self._rate(self.epochs + 1 + ahead, ahead) for ahead in range(steps)]

    def _recorded_in(self, sprint: Sprint, losses: list[float]) -> StepRecord:
        """Train the coming step, which is an epoch, and give all that it did."""
        ((rows, step),) = self.portions.steps(self.batches.epoch(self.epochs + 1))
        rate = self._rate(self.epochs + 1)
        with np.errstate(all="ignore"):
            return sprint.recorded(lambda: self._recorded(step, rows, self.epochs + 1), rate, self.done + 1, losses)

    def _recorded(self, step: Step, rows: Rows, epoch: int) -> StepRecord:
        """Train one step and give all that it did."""
        turn = self._turn(epoch)
        return step.recorded(self._rate(epoch), self.done + 1, epoch=epoch, samples=self._numbers(rows), turn=turn)

    def _epoch(self, epoch: int, trace: Collection[int], pause: Pause | None) -> Iterator[Event | Paused]:
        """Train what is left of an epoch."""
        ahead = self.portions.steps(self.batches.epoch(epoch, self.sums.steps))
        while (found := self._stretch(epoch, ahead, trace, pause)) is not None:
            yield found
            if isinstance(found, StepDone) and pause is not None and pause():
                yield Paused(self.done)
        yield self._epoch_done(epoch)

    def _stretch(
        self, epoch: int, ahead: Iterator[tuple[Rows, Step]], trace: Collection[int], pause: Pause | None
    ) -> StepDone | Paused | None:
        """Train up to a step that is recorded or to a pause; None where the epoch or the run ends before."""
        rate, stays = self._rate(epoch), self.length.stays(self.experiment.schedule)
        # Around many steps, since it takes as long as a step of a small network; and never while somebody else runs.
        with np.errstate(all="ignore"):
            for rows, step in ahead:
                if self.done == self.length.steps:
                    break
                if self.done + 1 in trace:
                    record = self._recorded(step, rows, epoch)
                    self._add(step, record.loss, record.rate)
                    return StepDone(record)
                rate = rate if stays else self._rate(epoch)
                self._add(step, step(rate, self.done + 1), rate)
                if pause is not None and pause():
                    return Paused(self.done)
        return None

    def _add(self, step: Step, loss: float, rate: float) -> None:
        """Count a step that is done."""
        self.done += 1
        sums = self.sums
        sums.steps += 1
        sums.samples += step.space.samples
        sums.losses += loss
        sums.rate = rate
        if self.metrics:
            sums.counter.add(step.space.targets, step.space.layers[-1].a)

    def _epoch_done(self, epoch: int) -> EpochDone:
        self.judges.forget()
        sums, self.sums = self.sums, Sums(Counter.start(self.metrics))
        training = sums.values()
        self.epochs = epoch
        validation = self.judges.look(VALIDATION) if self.judges.validation else None
        judged = (validation or training).loss
        self.state = self.observer.after(self.state, epoch, judged, self.judges.look, self.network.theta)
        seconds = perf_counter() - self.started
        return EpochDone(epoch, self.done, training, validation, sums.rate, sums.samples, seconds)

    def _numbers(self, rows: Rows) -> tuple[int, ...]:
        """Give the rows of the data that some training samples came from, counted from 1."""
        return tuple(self.setup.dataset.training.numbered(rows).tolist())

    def _turn(self, epoch: int, ahead: int = 0) -> tuple[int, int]:
        """Give what the schedule has counted before a step, and how many it counts in the whole run.

        Args:
            epoch: that the step is of.
            ahead: how many steps there are before it, from where the run stands.
        """
        return self.length.turn(self.experiment.schedule, self.done + 1 + ahead, epoch, self.state.plateaus)

    def _rate(self, epoch: int, ahead: int = 0) -> float:
        """Give the learning rate of a step; the rest as for `_turn`."""
        count, length = self._turn(epoch, ahead)
        return float(self.experiment.schedule.formula(self.experiment.optimizer.learning_rate, float(count), length))

    def _stopped(self, initial: Values, trouble: Trouble | None) -> RunStopped:
        restored, test, judges = self._restore(), self.judges.test(), self.judges
        early: Outcome = "stopped early" if self.done < self.length.steps else "finished"
        return RunStopped(
            outcome=early if trouble is None else "diverged",
            steps=self.done,
            epochs=self.epochs,
            best_epoch=self.state.best.epoch if self.state.best else None,
            initial=initial,
            final=judges.training.measure(),
            validation=judges.validation.measure() if judges.validation else None,
            parameters=Labelled(frozen(self.network.theta), self.network.layout, self.setup.names),
            trouble=trouble,
            seconds=perf_counter() - self.started,
            confusion=judges.confusion(test),
            test=test.measure() if test else None,
            restored=restored,
            plateaus=self.state.plateaus,
        )

    def _restore(self) -> bool:
        """Go back to the parameters that were kept, if there are any, and say whether that changed them."""
        kept, theta = self.state.kept, self.network.theta
        if kept is None or np.array_equal(kept, theta):
            return False
        np.copyto(theta, kept)
        return True

    def trouble(self, found: NotFinite) -> Trouble:
        """Say what stopped being finite and what to change."""
        return trouble_of(self.setup, found, self.done + 1, self._rows_of_step())

    def _rows_of_step(self) -> tuple[int, ...]:
        epoch, position = divmod(self.done, self.length.per_epoch)
        return self._numbers(next(self.batches.epoch(epoch + 1, position)))
