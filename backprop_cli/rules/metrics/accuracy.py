from typing import Literal

import numpy as np

from backprop_cli.rules.base import Array
from backprop_cli.rules.metrics.base import OfClasses, Tally


class Accuracy(OfClasses):
    """Count how often the largest output is the class; with one output, how often it is on the target's side.

    With one output, a prediction counts as yes when it lies above `threshold`, and so does a target.
    """

    name: Literal["accuracy"] = "accuracy"
    formula_text = "right / all"

    def tally(self, y: Array, yhat: Array) -> Tally:
        right = self.classes_of(y) == self.classes_of(yhat)
        return np.array([np.count_nonzero(right), y.shape[1]], dtype=np.float64)

    def value(self, tally: Tally) -> float:
        return float(tally[0] / tally[1])
