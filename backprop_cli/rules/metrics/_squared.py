"""What metrics of squared errors share."""

import numpy as np

from backprop_cli.rules.base import Array
from backprop_cli.rules.metrics.base import Metric, Tally


class Squared(Metric):
    """A metric of squared errors, averaged over outputs and samples."""

    def tally(self, y: Array, yhat: Array) -> Tally:
        return np.array([np.square(y - yhat).sum(dtype=np.float64), y.size])
