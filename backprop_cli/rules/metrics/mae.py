from typing import Literal

import numpy as np

from backprop_cli.rules.base import Array
from backprop_cli.rules.metrics.base import Metric, Tally


class Mae(Metric):
    """Average |y − ŷ| over outputs and samples."""

    name: Literal["mae"] = "mae"
    formula_text = "mean of |y − ŷ|"

    def tally(self, y: Array, yhat: Array) -> Tally:
        return np.array([np.abs(y - yhat).sum(dtype=np.float64), y.size])

    def value(self, tally: Tally) -> float:
        return float(tally[0] / tally[1])
