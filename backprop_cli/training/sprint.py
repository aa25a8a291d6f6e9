"""Many steps in a row between which nothing is looked at but their losses."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np

from backprop_cli.engine.record import StepRecord
from backprop_cli.engine.step import Step


class Sprint(ABC):
    """Trains some steps on all samples, one after the other."""

    @abstractmethod
    def run(self, rates: Sequence[float], first: int, losses: list[float]) -> None:
        """Train one step with each learning rate.

        Args:
            rates: of the steps.
            first: the number of the first of them, from 1.
            losses: gets the loss of each step that is done.

        Raises:
            NotFinite: a value is not finite; the parameters are those before its step.
        """

    @abstractmethod
    def recorded(self, record: Callable[[], StepRecord], rate: float, number: int, losses: list[float]) -> StepRecord:
        """Train one step that is recorded; whether it is makes no difference to what comes after.

        Args:
            record: trains the step with the array engine, and gives all that it did.
            rate: as for `run`.
            number: of the step.
            losses: as for `run`.

        Raises:
            NotFinite: as for `run`.
        """


class ArraySprint(Sprint):
    """Trains with the array engine."""

    def __init__(self, step: Step) -> None:
        self._step = step

    def run(self, rates: Sequence[float], first: int, losses: list[float]) -> None:
        step, done = self._step, losses.append
        with np.errstate(all="ignore"):
            for number, rate in enumerate(rates, first):
                done(step(rate, number))

    def recorded(
        self,
        record: Callable[[], StepRecord],
        rate: float,  # noqa: ARG002  the record has it
        number: int,  # noqa: ARG002  the same
        losses: list[float],
    ) -> StepRecord:
        found = record()
        losses.append(found.loss)
        return found
