"""Which parameters are checked where there are too many: a seeded sample with some of every part of the network."""

import numpy as np

from backprop_cli.engine.layout import Layout
from backprop_cli.oracles.objective import Addresses


def in_turn(layout: Layout, seed: int) -> Addresses:
    """Give all trainable addresses in an order of which each beginning is a sample.

    Each part is shuffled, and the parts take turns: weights and biases of every layer are among the first few.

    Args:
        layout: where each parameter is.
        seed: of the shuffles.
    """
    rng = np.random.default_rng(seed)
    part_of, turn = (np.zeros(layout.trainable, dtype=np.int64) for _ in range(2))
    for number, part in enumerate(part for part in layout.parts() if part.trainable):
        own = part.view(np.arange(layout.size)).ravel()
        part_of[own], turn[own] = number, rng.permutation(len(own))
    return np.lexsort((part_of, turn)).astype(np.int64)
