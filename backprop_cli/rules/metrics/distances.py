"""Metrics of numbers: how far predictions are from their targets."""

import math
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


class Squared(Metric):
    """A metric of squared errors, averaged over outputs and samples."""

    def tally(self, y: Array, yhat: Array) -> Tally:
        return np.array([np.square(y - yhat).sum(dtype=np.float64), y.size])


class Mse(Squared):
    """Average (y − ŷ)² over outputs and samples."""

    name: Literal["mse"] = "mse"
    formula_text = "mean of (y − ŷ)²"

    def value(self, tally: Tally) -> float:
        return float(tally[0] / tally[1])


class Rmse(Squared):
    """Give the root of the mean of (y − ŷ)²."""

    name: Literal["rmse"] = "rmse"
    formula_text = "√(mean of (y − ŷ)²)"

    def value(self, tally: Tally) -> float:
        return math.sqrt(tally[0] / tally[1])


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
