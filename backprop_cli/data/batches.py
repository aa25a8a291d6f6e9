"""Which samples each step trains on."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.seeds import SHUFFLE, generator
from backprop_cli.immutable import immutable

Rows: TypeAlias = NDArray[np.int64]
# True is as full.
Shuffle: TypeAlias = Literal["full", "blocks"] | bool
# Consecutive samples that stay together while blocks are shuffled, and blocks whose samples are then mixed: what lies
# together in a file is read together, and 16,384 samples are far more than a step takes.
BLOCK, MIXED = 1024, 16


@immutable
class Batches:
    """Portions of the samples, epoch by epoch.

    Attributes:
        samples: how many there are.
        size: of a portion; the last one of an epoch may be smaller.
        shuffle: whether each epoch has an order of its own: of all samples, or of blocks of them, and then of the
            samples of every few blocks.
        seed: that the orders are drawn from; any epoch's order follows from it and the epoch's number alone.
        order: 0-based rows of each step, which take the place of size and shuffle; empty where there are none.
    """

    samples: int
    size: int
    shuffle: Shuffle
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
        first = start * self.size
        # A step on all samples is the same in any order.
        if self.is_full or not self.shuffle:
            yield from (
                np.arange(at, min(at + self.size, self.samples)) for at in range(first, self.samples, self.size)
            )
        elif self.shuffle == "blocks":
            yield from _portions(self._mixed(number, first), self.size)
        else:
            rows = generator(self.seed, SHUFFLE, number).permutation(self.samples)
            yield from (rows[at : at + self.size] for at in range(first, self.samples, self.size))

    def _mixed(self, number: int, first: int) -> Iterator[Rows]:
        """Give the rows of an epoch from a place in its order on, some blocks at a time."""
        order = generator(self.seed, SHUFFLE, number).permutation(math.ceil(self.samples / BLOCK))
        for at in range(0, len(order), MIXED):
            blocks = [
                np.arange(block * BLOCK, min((block + 1) * BLOCK, self.samples)) for block in order[at : at + MIXED]
            ]
            rows = np.concatenate(blocks)
            if first < len(rows):
                # Each has a generator of its own, so that those before need not be drawn; 0 is that of the blocks.
                yield generator(self.seed, SHUFFLE, number, at + 1).permutation(rows)[first:]
            first = max(0, first - len(rows))


def _portions(pieces: Iterable[Rows], size: int) -> Iterator[Rows]:
    """Divide what comes in pieces of any size into portions of one size; the last may be smaller."""
    left = np.empty(0, dtype=np.int64)
    for piece in pieces:
        rows = np.concatenate([left, piece]) if len(left) else piece
        whole = len(rows) - len(rows) % size
        yield from (rows[at : at + size] for at in range(0, whole, size))
        left = rows[whole:]
    if len(left):
        yield left


def ordered(order: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Turn 1-based sample numbers into 0-based rows."""
    return tuple(tuple(number - 1 for number in step) for step in order)
