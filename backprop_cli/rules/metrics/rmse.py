import math
from typing import Literal

from backprop_cli.rules.metrics._squared import Squared
from backprop_cli.rules.metrics.base import Tally


class Rmse(Squared):
    """Give the root of the mean of (y − ŷ)²."""

    name: Literal["rmse"] = "rmse"
    formula_text = "√(mean of (y − ŷ)²)"

    def value(self, tally: Tally) -> float:
        return math.sqrt(tally[0] / tally[1])
