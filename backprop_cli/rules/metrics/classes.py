"""Metrics of classes: which class a prediction stands for, and how often that is right.

With several outputs, the class of a sample is the largest of them, or the first of several that are equal.  With one
output the classes are no and yes, and yes lies above a threshold.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from backprop_cli.rules.base import Array, Count
from backprop_cli.rules.metrics.base import Metric, Tally


class OfClasses(Metric):
    """A metric of targets that are classes."""

    threshold: Annotated[float, Field(description="border between no and yes where there is one output")] = 0.5
    higher_is_better = True

    def classes_of(self, values: Array) -> NDArray[np.intp]:
        """Give the number of each sample's class, from 0."""
        found: NDArray[np.intp] = values.argmax(axis=0)
        return found if len(values) > 1 else (values[0] > self.threshold).astype(np.intp)

    def confusion(self, y: Array, yhat: Array) -> NDArray[np.int64]:
        """Count samples by their class and by the class that is predicted, (classes, classes)."""
        classes = count_classes(len(y))
        cells = self.classes_of(y) * classes + self.classes_of(yhat)
        return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def count_classes(outputs: int) -> int:
    """Give how many classes there are: no and yes with one output, else one for each."""
    return max(2, outputs)


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


class TopK(Metric):
    """Count how often the class is among the k largest outputs.

    Of outputs that are equal, the first counts as the largest, as it does in accuracy, which this is for k = 1.
    """

    name: Literal["top_k"] = "top_k"
    k: Annotated[Count, Field(description="how many of the largest outputs count, fewer than there are")]
    higher_is_better = True
    formula_text = "class among the k largest / all"
    example: ClassVar[Mapping[str, Any]] = {"k": 3}

    def misfit(self, outputs: int) -> str:
        if self.k < outputs:
            return ""
        return f"k is {self.k:,} of {outputs:,}, so every prediction would be right; use a smaller k, or accuracy"

    def tally(self, y: Array, yhat: Array) -> Tally:
        numbers = np.arange(len(y))[:, None]
        classes = y.argmax(axis=0)
        own = np.take_along_axis(yhat, classes[None], axis=0)
        before = (yhat > own) | ((yhat == own) & (numbers < classes))
        return np.array([np.count_nonzero(before.sum(axis=0) < self.k), y.shape[1]], dtype=np.float64)

    def value(self, tally: Tally) -> float:
        return float(tally[0] / tally[1])


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


def _share(part: Array, whole: Array) -> Array:
    """Give part / whole, and 0 where both are 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


class Precision(Averaged):
    """Say what share of the samples that are predicted as a class are of it.

    A class that is never predicted counts as 0.
    """

    name: Literal["precision"] = "precision"
    formula_text = "right / predicted as the class"

    def score(self, right: Array, predicted: Array, actual: Array) -> Array:
        return _share(right, predicted)


class Recall(Averaged):
    """Say what share of the samples of a class are predicted as it.

    A class that no target is of counts as 0.
    """

    name: Literal["recall"] = "recall"
    formula_text = "right / of the class"

    def score(self, right: Array, predicted: Array, actual: Array) -> Array:
        return _share(right, actual)


class F1(Averaged):
    """Give the harmonic mean of precision and recall of a class.

    A class of which nothing is predicted rightly counts as 0.
    """

    name: Literal["f1"] = "f1"
    formula_text = "2 right / (predicted as the class + of the class)"

    def score(self, right: Array, predicted: Array, actual: Array) -> Array:
        return _share(2.0 * right, predicted + actual)
