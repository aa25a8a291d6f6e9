"""What a run remembers from epoch to epoch, and what follows from the measures of one more."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from backprop_cli.config.loader import Setup
from backprop_cli.config.measures import LOSS, Measure, watched
from backprop_cli.engine.record import frozen
from backprop_cli.rules.base import Array
from backprop_cli.rules.watch import Best, Patience, Watch, best_of
from backprop_cli.training.events import Values
from backprop_cli.training.plan import measures_of

# Gives what is measured of a part, with the parameters as they are.
Look: TypeAlias = Callable[[str], Values]


@dataclass(frozen=True, slots=True)
class State:
    """What a run remembers: written down, it is enough to go on.

    Attributes:
        best: the best value of what is watched.
        kept: all parameters after the best epoch, read-only; None where they are not kept.
        stopping: how long early stopping has waited.
    """

    best: Best | None = None
    kept: Array | None = None
    stopping: Patience = field(default_factory=Patience)


class Observer:
    """Looks at the measures of each epoch and says what follows from them; remembers nothing itself."""

    def __init__(self, setup: Setup) -> None:
        training = setup.experiment.training
        self._known = measures_of(setup)
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
        if self._keeper is None:
            return replace(state, best=best_of(state.best, judged, epoch, rising=False))
        measure = watched(self._keeper, self._known)
        value, rising = _value(measure, look), self._keeper.is_rising(measure.rising)
        best = best_of(state.best, value, epoch, rising=rising)
        kept = frozen(theta) if self._keeps and best is not state.best else state.kept
        stopping = state.stopping
        if self._stopping is not None:
            stopping = stopping.after(value, rising=rising, min_delta=self._stopping.min_delta)
        return replace(state, best=best, kept=kept, stopping=stopping)

    def is_tired(self, state: State) -> bool:
        """Say whether it is time to stop early."""
        return self._stopping is not None and state.stopping.waited >= self._stopping.patience


def _value(measure: Measure, look: Look) -> float:
    values = look(measure.part)
    return values.loss if measure.metric == LOSS else values.metrics[measure.metric]
