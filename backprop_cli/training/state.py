"""What a run remembers from epoch to epoch, and what follows from the measures of one more."""

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import TypeAlias

from backprop_cli.config.loader import Setup
from backprop_cli.config.measures import LOSS, watched
from backprop_cli.engine.record import frozen
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array
from backprop_cli.rules.schedules.plateau import Plateau
from backprop_cli.rules.watch import Best, Patience, Watch, best_of
from backprop_cli.training.events import Values
from backprop_cli.training.plan import measures_of

# Gives what is measured of a part, with the parameters as they are.
Look: TypeAlias = Callable[[str], Values]


@immutable
class State:
    """What a run remembers: written down, it is enough to go on.

    Attributes:
        best: the best value of what is watched.
        kept: all parameters after the best epoch, read-only; None where they are not kept.
        stopping: how long early stopping has waited.
        rate: how long the learning rate has waited to be lowered.
        plateaus: how often it has been.
    """

    best: Best | None = None
    kept: Array | None = None
    stopping: Patience = field(default_factory=Patience)
    rate: Patience = field(default_factory=Patience)
    plateaus: int = 0


class Observer:
    """Looks at the measures of each epoch and says what follows from them; remembers nothing itself."""

    def __init__(self, setup: Setup) -> None:
        training = setup.experiment.training
        schedule = setup.experiment.schedule
        self._known = measures_of(setup)
        self._plateau = schedule if isinstance(schedule, Plateau) else None
        self._stopping = training.early_stopping
        self._keeper: Watch | None = training.early_stopping or training.keep_best
        self._keeps = training.keep_best is not None or (self._stopping is not None and self._stopping.restore_best)

    def after(self, state: State, epoch: int, judged: float, look: Look, theta: Array) -> State:
        """Take one more epoch into account.

        Args:
            state: what was remembered before.
            epoch: its number.
            judged: the loss that says which epoch was best where nothing is watched.
            look: gives what is measured of a part after the epoch; it is not asked for what nobody watches.
            theta: all parameters after the epoch.
        """
        state = self.after_for_rate(state, look)
        if self._keeper is None:
            best = best_of(state.best, judged, epoch, rising=False)
            return state if best is state.best else replace(state, best=best)
        value, rising = self._seen(self._keeper, look)
        best = best_of(state.best, value, epoch, rising=rising)
        kept = frozen(theta) if self._keeps and best is not state.best else state.kept
        stopping = state.stopping
        if self._stopping is not None:
            stopping = stopping.after(value, rising=rising, min_delta=self._stopping.min_delta)
        return replace(state, best=best, kept=kept, stopping=stopping)

    @property
    def watches(self) -> bool:
        """Whether more of an epoch is looked at than its loss."""
        return self._plateau is not None or self._keeper is not None

    def after_losses(self, state: State, first: int, losses: Sequence[float]) -> State:
        """Take epochs into account of which nothing but the loss, which is finite, is looked at.

        Args:
            state: what was remembered before.
            first: the number of the first of them.
            losses: of each.
        """
        lowest = min(losses)
        best = best_of(state.best, lowest, first + losses.index(lowest), rising=False)
        return replace(state, best=best)

    def after_for_rate(self, state: State, look: Look) -> State:
        """Take one more epoch into account as far as the learning rates of later steps depend on it."""
        if self._plateau is None:
            return state
        value, rising = self._seen(self._plateau, look)
        rate = state.rate.after(value, rising=rising, min_delta=self._plateau.min_delta)
        if rate.waited < self._plateau.patience:
            return replace(state, rate=rate)
        return replace(state, rate=Patience(rate.reference), plateaus=state.plateaus + 1)

    def is_tired(self, state: State) -> bool:
        """Say whether it is time to stop early."""
        return self._stopping is not None and state.stopping.waited >= self._stopping.patience

    def _seen(self, watch: Watch, look: Look) -> tuple[float, bool]:
        """Give the value of what is watched, and whether larger is better."""
        measure = watched(watch, self._known)
        values = look(measure.part)
        value = values.loss if measure.metric == LOSS else values.metrics[measure.metric]
        return value, watch.is_rising(measure.rising)
