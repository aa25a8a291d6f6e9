from typing import Literal

from backprop_cli.rules.base import Array
from backprop_cli.rules.metrics._averaged import Averaged, share


class F1(Averaged):
    """Give the harmonic mean of precision and recall of a class.

    A class of which nothing is predicted rightly counts as 0.
    """

    name: Literal["f1"] = "f1"
    formula_text = "2 right / (predicted as the class + of the class)"

    def score(self, right: Array, predicted: Array, actual: Array) -> Array:
        return share(2.0 * right, predicted + actual)
