"""What a check of a gradient finds, as plain data."""

import math
from collections.abc import Mapping
from enum import StrEnum

from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Variable


@immutable
class Bracket:
    """The derivatives on the two sides of the kinks around a parameter.

    Attributes:
        low: the smaller one.
        high: the larger one; the same where the network is near kinks but on none.
        undecided: whether it is on a kink, up to the last digits of a number.
    """

    low: float
    high: float
    undecided: bool


class Verdict(StrEnum):
    """What came of one parameter, the worst first."""

    WRONG = "wrong"
    UNKNOWN = "unknown"
    KINK = "kink"
    RIGHT = "right"


_ORDER = list(Verdict)


@immutable
class Row:
    """One parameter's gradient.

    Attributes:
        parameter: which.
        engine: dL/dθ by the engine.
        values: the same by each oracle that has a value.
        against: the oracle that it differs from most, for what is tolerated; 'kink' for a bracket, '' for none.
        absolute: how far it is from that.
        relative: the same over the larger of both values, or over what the tolerance makes of the least error that can
            be told.
        tolerance: the relative error that passes.
        verdict: what came of it.
        bracket: the derivatives on both sides of the kinks nearby, where a difference met one.
    """

    parameter: Variable
    engine: float
    values: Mapping[str, float]
    against: str
    absolute: float
    relative: float
    tolerance: float
    verdict: Verdict
    bracket: Bracket | None = None

    @property
    def excess(self) -> float:
        """The relative error in units of what passes."""
        return self.relative / self.tolerance

    @property
    def rank(self) -> tuple[int, float]:
        """Where it stands in the order."""
        return (_ORDER.index(self.verdict), 0.0 if math.isnan(self.excess) else -self.excess)
