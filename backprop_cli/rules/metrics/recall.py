from typing import Literal

from backprop_cli.rules.base import Array
from backprop_cli.rules.metrics._averaged import Averaged, share


class Recall(Averaged):
    """Say what share of the samples of a class are predicted as it.

    A class that no target is of counts as 0.
    """

    name: Literal["recall"] = "recall"
    formula_text = "right / of the class"

    def score(self, right: Array, predicted: Array, actual: Array) -> Array:
        return share(right, actual)
