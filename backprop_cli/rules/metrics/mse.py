from typing import Literal

from backprop_cli.rules.metrics._squared import Squared
from backprop_cli.rules.metrics.base import Tally


class Mse(Squared):
    """Average (y − ŷ)² over outputs and samples."""

    name: Literal["mse"] = "mse"
    formula_text = "mean of (y − ŷ)²"

    def value(self, tally: Tally) -> float:
        return float(tally[0] / tally[1])
