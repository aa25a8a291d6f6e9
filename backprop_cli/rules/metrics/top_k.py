from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from backprop_cli.rules.base import Array, Count
from backprop_cli.rules.metrics.base import Metric, Tally


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
