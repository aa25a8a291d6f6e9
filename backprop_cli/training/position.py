"""Where a run stands between two steps: all that is needed to go on as if it had never stopped."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array
from backprop_cli.training.events import Values
from backprop_cli.training.judge import Counter
from backprop_cli.training.state import State


@dataclass(slots=True)
class Sums:
    """What an epoch has added up so far; the loop adds to it in place.

    Attributes:
        counter: of the metrics of the predictions that the steps trained on.
        steps: of this epoch that are done.
        samples: trained on in them.
        losses: the sum of their losses.
        rate: the learning rate of the last of them.
    """

    counter: Counter
    steps: int = 0
    samples: int = 0
    losses: float = 0.0
    rate: float = 0.0

    def copy(self) -> "Sums":
        """Give a copy that is not added to."""
        return replace(self, counter=Counter(self.counter.metrics, list(self.counter.tallies)))

    def values(self) -> Values:
        """Give the mean loss of the steps, and their metrics."""
        return Values(self.losses / self.steps, self.counter.values())


@immutable
class Position:
    """A run between two steps, as read-only copies.

    Orders, masks and starting values are drawn from the seed and a number, so no generator has a state to keep.

    Attributes:
        theta: all parameters.
        optimizer: the optimizer's vectors by letter, over the trainable parameters.
        steps: steps done.
        epochs: whole epochs done, and told of.
        sums: of the epoch that has begun.
        state: what follows from the epochs before.
        initial: measured on all training samples before the first update.
    """

    theta: Array
    optimizer: Mapping[str, Array]
    steps: int
    epochs: int
    sums: Sums
    state: State
    initial: Values
