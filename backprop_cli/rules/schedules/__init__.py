"""Learning-rate schedules: what a config may write as `schedule:`."""

from typing import TYPE_CHECKING, Any, TypeAlias

from backprop_cli.rules.base import choice
from backprop_cli.rules.schedules.base import Schedule

__all__ = ["AnySchedule", "Schedule"]

if TYPE_CHECKING:
    AnySchedule: TypeAlias = Schedule
else:
    AnySchedule: Any = choice(Schedule)
