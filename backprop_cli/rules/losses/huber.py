from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value, absolute, greater, maximum, minimum, sign, where
from backprop_cli.rules.base import Array, Calls
from backprop_cli.rules.derivation import Working
from backprop_cli.rules.losses.base import Loss, Reduction


class Huber(Loss):
    """Square small errors and count large ones linearly: ½d² where |d| ≤ δ, else δ(|d| − ½δ), with d = ŷ − y.

    Averaged over the outputs and the samples; the slope is d, held between −δ and δ.  Source: P. J. Huber, "Robust
    Estimation of a Location Parameter" (1964).
    """

    name: Literal["huber"] = "huber"
    reduction: Reduction = "mean"
    delta: Annotated[float, Field(gt=0, description="the error from which on the loss grows linearly")] = 1.0
    over_outputs: ClassVar[Literal["sum", "mean"]] = "mean"
    metrics = ("mae",)
    formula_text = "L = 1/K Σ_k m(|d| − ½m), d = ŷ_k − y_k, m = min(|d|, δ)"
    slope_text = "∂L/∂ŷ_k = max(−δ, min(δ, d))/K"

    def share(self, y: Value, yhat: Value) -> Value:
        distance = absolute(yhat - y)
        near = minimum(distance, self.delta)
        return near * (distance - 0.5 * near)

    def slope(self, y: Value, yhat: Value) -> Value:
        return maximum(minimum(yhat - y, self.delta), -self.delta)

    def derivation(self, y: Value, yhat: Value) -> tuple[Working[Value], ...]:
        d = yhat - y
        far = greater(absolute(d), self.delta)
        return (
            Working(
                where(far, self.delta * sign(d), 0.5 * (2.0 * d)),
                "where |ŷ − y| > δ the share is δ(|ŷ − y| − ½δ), and |ŷ − y| has the slope sign(ŷ − y); "
                "elsewhere it is ½(ŷ − y)²",
            ),
            Working(where(far, self.delta * sign(d), d), "½ · 2 is 1"),
            Working(self.slope(y, yhat), "that is ŷ − y, held between −δ and δ"),
        )

    def fill_shares(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        yield np.subtract, yhat, y, out
        yield np.abs, out, out
        yield np.minimum, out, self.delta, work
        yield np.multiply, work, 0.5, work
        yield np.subtract, out, work, out
        yield np.multiply, work, 2.0, work
        yield np.multiply, out, work, out

    def fill_slopes(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        yield np.subtract, yhat, y, out
        yield np.minimum, out, self.delta, out
        yield np.maximum, out, -self.delta, out
