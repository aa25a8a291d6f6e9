from typing import Literal

from backprop_cli.rules.base import Array
from backprop_cli.rules.metrics._averaged import Averaged, share


class Precision(Averaged):
    """Say what share of the samples that are predicted as a class are of it.

    A class that is never predicted counts as 0.
    """

    name: Literal["precision"] = "precision"
    formula_text = "right / predicted as the class"

    def score(self, right: Array, predicted: Array, actual: Array) -> Array:
        return share(right, predicted)
