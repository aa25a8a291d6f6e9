"""What a schedule is.

A schedule counts completed epochs (or steps, with `per: step`), so the first epoch has t = 0.
"""

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.term import Term
from backprop_cli.rules.base import Rule
from backprop_cli.rules.picture import Picture

# The run that is drawn.
_DRAWN = 100


class Schedule(Rule):
    """Say how the learning rate changes while training goes on."""

    per: Annotated[Literal["epoch", "step"], Field(description="what t counts")] = "epoch"
    # Whether the rate ever changes.
    moves: ClassVar[bool] = True

    @abstractmethod
    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        """Give the learning rate.

        Args:
            rate: the optimizer's learning rate η₀.
            t: completed epochs or steps.
            length: how many epochs or steps the whole run has.
        """

    def picture(self) -> Picture:
        return Picture.of(
            f"η as a part of η₀ over t, in a run of {_DRAWN}: {self.title}",
            "t",
            tuple(map(float, range(_DRAWN + 1))),
            {"η/η₀": lambda t: self.formula(1.0, t, _DRAWN)},
        )


def power(base: Any, exponent: Any) -> Any:
    """Give the power, infinite where Python's own would raise: a rate may grow, or be asked for before its start."""
    if isinstance(base, Term) or not isinstance(exponent, float):
        return base**exponent
    return OPERATORS["pow"].on_floats(base, exponent)
