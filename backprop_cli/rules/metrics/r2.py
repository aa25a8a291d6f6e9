import math
from typing import Literal

import numpy as np

from backprop_cli.rules.base import Array
from backprop_cli.rules.metrics.base import Metric, Tally

# How far a mean may be off by rounding, as a part of its size.
_NOISE = 64 * float(np.finfo(np.float64).eps)


class R2(Metric):
    """Say what share of the targets' variance is explained: 1 − Σ(y − ŷ)² / Σ(y − ȳ)², averaged over the outputs.

    An output whose targets are all the same has no variance and counts as nan.  Batches are joined as in T. F. Chan,
    G. H. Golub and R. J. LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
    """

    name: Literal["r2"] = "r2"
    higher_is_better = True
    formula_text = "1 − Σ(y − ŷ)² / Σ(y − ȳ)²"

    def tally(self, y: Array, yhat: Array) -> Tally:
        mean = y.mean(axis=1, dtype=np.float64)
        spread = np.square(y - mean[:, None]).sum(axis=1)
        errors = np.square(y - yhat).sum(axis=1, dtype=np.float64)
        return np.array([np.full(len(y), y.shape[1]), mean, spread, errors])

    def join(self, one: Tally, other: Tally) -> Tally:
        (n, mean, spread, errors), (n2, mean2, spread2, errors2) = one, other
        apart = mean2 - mean
        whole = n + n2
        return np.array(
            [
                whole,
                mean + apart * n2 / whole,
                spread + spread2 + apart**2 * n * n2 / whole,
                errors + errors2,
            ]
        )

    def value(self, tally: Tally) -> float:
        n, mean, spread, errors = tally
        # What rounding leaves of targets that are all the same is no variance.
        varied = np.where(spread > n * (_NOISE * mean) ** 2, spread, math.nan)
        return float(np.mean(1.0 - errors / varied))
