"""One seed, one generator for each purpose, so that no draw disturbs another.

NumPy loads its generators when they are first named, and a run that draws nothing does without: hence annotations in
quotes, and generators that are made where they are used.
"""

import numpy as np

INITIAL, SPLIT, SHUFFLE, DROPOUT = 0, 1, 2, 3


def generator(seed: int, purpose: int, *numbers: int) -> "np.random.Generator":
    """Give the generator of a purpose; numbers tell apart what is drawn more than once, such as epochs."""
    return np.random.default_rng([seed, purpose, *(numbers or (0,))])
