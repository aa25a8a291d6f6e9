"""What metrics share that are averaged over the classes."""

from abc import abstractmethod
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from backprop_cli.rules.base import Array
from backprop_cli.rules.metrics.base import OfClasses, Tally, count_classes


class Averaged(OfClasses):
    """A metric of each class that is averaged over the classes.

    Its tally has a row for each count and a column for each class: samples of the class that are predicted as such, all
    that are predicted as such, and all that are of the class.
    """

    average: Annotated[
        Literal["macro", "micro", "binary"] | None,
        Field(
            description="macro: the mean over all classes that occur in targets or predictions; micro: of all classes "
            "counted together; binary: of the second class of two alone; binary with two classes and macro with "
            "more if left out"
        ),
    ] = None

    def misfit(self, outputs: int) -> str:
        classes = count_classes(outputs)
        if self.average != "binary" or classes == 2:  # noqa: PLR2004  no and yes
            return ""
        return f"average: binary is for two classes, and there are {classes:,}; use macro or micro"

    def tally(self, y: Array, yhat: Array) -> Tally:
        actual, predicted = self.classes_of(y), self.classes_of(yhat)
        counted = (actual[actual == predicted], predicted, actual)
        return np.array([np.bincount(one, minlength=count_classes(len(y))) for one in counted], dtype=np.float64)

    def value(self, tally: Tally) -> float:
        average = self.average or ("binary" if tally.shape[1] == 2 else "macro")  # noqa: PLR2004  no and yes
        match average:
            case "binary":
                return float(self.score(*tally[:, 1:])[0])
            case "micro":
                return float(self.score(*tally.sum(axis=1, keepdims=True))[0])
            case _:
                occurring = tally[:, tally[1] + tally[2] > 0]
                return float(self.score(*occurring).mean())

    @abstractmethod
    def score(self, right: Array, predicted: Array, actual: Array) -> Array:
        """Give the metric of each class; 0 where it would be 0 / 0."""


def share(part: Array, whole: Array) -> Array:
    """Give part / whole, and 0 where both are 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
