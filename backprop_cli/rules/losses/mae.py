from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value, absolute, greater, sign, where
from backprop_cli.rules.base import Array, Calls
from backprop_cli.rules.derivation import Working
from backprop_cli.rules.losses.base import Loss, Reduction


class Mae(Loss):
    """Average the absolute errors over the outputs: 1/K Σ_k |y_k − ŷ_k|; at the kink ŷ = y the slope is 0.

    Samples are averaged, too.  Source: least absolute deviations; PyTorch's L1Loss counts it the same way.
    """

    name: Literal["mae"] = "mae"
    reduction: Reduction = "mean"
    over_outputs = "mean"
    metrics = ("rmse",)
    formula_text = "L = 1/K Σ_k |y_k − ŷ_k|"
    slope_text = "∂L/∂ŷ_k = sign(ŷ_k − y_k)/K"

    @property
    def kinks(self) -> tuple[float, ...]:
        return (0.0,)

    def share(self, y: Value, yhat: Value) -> Value:
        return absolute(y - yhat)

    def slope(self, y: Value, yhat: Value) -> Value:
        return sign(yhat - y)

    def derivation(self, y: Value, yhat: Value) -> tuple[Working[Value], ...]:
        return (
            Working(
                where(greater(yhat - y, 0.0), 1.0, -1.0),
                "|y − ŷ| is ŷ − y where ŷ > y, with slope 1, and y − ŷ where ŷ < y, with slope −1",
            ),
            Working(self.slope(y, yhat), "that is the sign of ŷ − y; at the kink ŷ = y, 0 is used"),
        )

    def fill_shares(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        yield np.subtract, y, yhat, out
        yield np.abs, out, out

    def fill_slopes(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        yield np.subtract, yhat, y, work
        yield np.sign, work, out
