"""Which samples each step trains on."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.seeds import SHUFFLE, generator

Rows: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batches:
    """Portions of the samples, epoch by epoch.

    Attributes:
        samples: how many there are.
        size: of a portion; the last one of an epoch may be smaller.
        shuffle: whether each epoch has an order of its own.
        seed: that the orders are drawn from; any epoch's order follows from it and the epoch's number alone.
        order: 0-based rows of each step, which take the place of size and shuffle; empty where there are none.
    """

    samples: int
    size: int
    shuffle: bool
    seed: int
    order: tuple[tuple[int, ...], ...] = ()

    @property
    def per_epoch(self) -> int:
        """Steps of an epoch."""
        return len(self.order) or math.ceil(self.samples / self.size)

    @property
    def is_full(self) -> bool:
        """Whether every step trains on all samples."""
        return not self.order and self.size >= self.samples

    def epoch(self, number: int, start: int = 0) -> Iterator[Rows]:
        """Give the 0-based rows of each step of an epoch.

        Args:
            number: of the epoch, from 1.
            start: how many of its steps to leave out at its beginning; those that follow stay the same.
        """
        if self.order:
            yield from (np.array(rows, dtype=np.int64) for rows in self.order[start:])
            return
        rows = np.arange(self.samples)
        # A step on all samples is the same in any order.
        if self.shuffle and not self.is_full:
            rows = generator(self.seed, SHUFFLE, number).permutation(self.samples)
        for first in range(start * self.size, self.samples, self.size):
            yield rows[first : first + self.size]


def ordered(order: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Turn 1-based sample numbers into 0-based rows."""
    return tuple(tuple(number - 1 for number in step) for step in order)
