from typing import Literal

import numpy as np

from backprop_cli.rules.initializers.base import Draw, Initializer


class Zeros(Initializer):
    """Start at 0.

    Source: the usual start of biases.
    """

    name: Literal["zeros"] = "zeros"
    formula_text = "w = 0"

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        return np.zeros(shape)
