from typing import Literal

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.schedules.base import Schedule


class Constant(Schedule):
    """Keep the learning rate: η = η₀.

    Source: plain gradient descent.
    """

    name: Literal["constant"] = "constant"
    formula_text = "η = η₀"
    moves = False

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        return t * 0.0 + rate
