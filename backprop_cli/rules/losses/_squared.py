"""What losses of squared errors share."""

import numpy as np

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import Array, Calls
from backprop_cli.rules.derivation import Working
from backprop_cli.rules.losses.base import Loss


class Squared(Loss):
    """A loss whose shares are squared errors; its members differ in how they add them up."""

    def share(self, y: Value, yhat: Value) -> Value:
        return (y - yhat) ** 2

    def slope(self, y: Value, yhat: Value) -> Value:
        return -2.0 * (y - yhat)

    def derivation(self, y: Value, yhat: Value) -> tuple[Working[Value], ...]:
        return (
            Working(
                2.0 * (y - yhat) * -1.0,
                "chain rule: u² has the slope 2u, and u = y − ŷ the slope −1, since ŷ is what changes",
            ),
            Working(self.slope(y, yhat), "put the minus sign in front"),
        )

    def fill_shares(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        yield np.subtract, y, yhat, work
        yield np.multiply, work, work, out

    def fill_slopes(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        yield np.subtract, yhat, y, out
        yield np.multiply, out, 2.0, out
