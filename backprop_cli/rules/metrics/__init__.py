"""Metrics: what a config may write in `metrics:`."""

from typing import TYPE_CHECKING, Any, TypeAlias

from backprop_cli.rules.base import choice
from backprop_cli.rules.metrics.base import Metric, Tally

__all__ = ["AnyMetric", "Metric", "Tally"]

if TYPE_CHECKING:
    AnyMetric: TypeAlias = Metric
else:
    AnyMetric: Any = choice(Metric)
