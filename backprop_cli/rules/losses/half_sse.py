from typing import Literal

import numpy as np

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import Array, Calls, Variant
from backprop_cli.rules.derivation import Working
from backprop_cli.rules.losses.base import Loss, Reduction


class HalfSse(Loss):
    """Add half the squared errors over the outputs: ½ Σ_k (y_k − ŷ_k)², slope −(y − ŷ); samples are added, too.

    Source: D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating errors",
    Nature 323 (1986).
    """

    name: Literal["half_sse"] = "half_sse"
    reduction: Reduction = "sum"
    over_outputs = "sum"
    formula_text = "L = ½ Σ_k (y_k − ŷ_k)²"
    slope_text = "∂L/∂ŷ_k = −(y_k − ŷ_k)"

    def variants(self) -> tuple[Variant, ...]:
        return (Variant("half", "the loss without ½", self.alike("sse")), *super().variants())

    def share(self, y: Value, yhat: Value) -> Value:
        return 0.5 * (y - yhat) ** 2

    def slope(self, y: Value, yhat: Value) -> Value:
        return -(y - yhat)

    def derivation(self, y: Value, yhat: Value) -> tuple[Working[Value], ...]:
        return (
            Working(
                0.5 * (2.0 * (y - yhat)) * -1.0,
                "chain rule: ½u² has the slope ½ · 2u, and u = y − ŷ the slope −1, since ŷ is what changes",
            ),
            Working(self.slope(y, yhat), "½ · 2 is 1: that is what the ½ is for"),
        )

    def fill_shares(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        yield np.subtract, y, yhat, work
        yield np.multiply, work, work, out
        yield np.multiply, out, 0.5, out

    def fill_slopes(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        yield np.subtract, yhat, y, out
