from collections.abc import Sequence
from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import RATE, Array, Calls
from backprop_cli.rules.optimizers.base import Optimizer, Work


class Sgd(Optimizer):
    """Step against the gradient: θ ← θ − ηg.

    Source: H. Robbins and S. Monro, "A Stochastic Approximation Method" (1951).
    """

    name: Literal["sgd"] = "sgd"
    formula_text = "θ ← θ − ηg"

    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        return theta - rate * g

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        yield np.multiply, g, RATE, change
