"""Slips of a whole step: the right number of another one."""

from collections.abc import Iterator
from typing import ClassVar

from backprop_cli.grading.slips.base import Fit, Slip, Suspect


class OtherStep(Slip):
    """A slip that gives the number of another step.

    Attributes:
        distance: how many steps later that is.
    """

    distance: ClassVar[int]

    def fits(self, suspect: Suspect) -> Iterator[Fit]:
        """Look at the same line of the other step."""
        return suspect.in_other_step(self.distance)


class OneStepEarly(OtherStep):
    """Give the number before the update that leads to this step."""

    name = "one_step_early"
    sentence = "this is the number of the step before: one update is missing"
    rank = 180
    distance = -1


class OneStepLate(OtherStep):
    """Give the number after the update of this step."""

    name = "one_step_late"
    sentence = "this is the number of the next step: it is after one update too many"
    rank = 190
    distance = 1
