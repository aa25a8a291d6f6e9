from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import numpy as np

from backprop_cli.algebra.functions import Value, absolute, exp, ln, log1p, maximum
from backprop_cli.rules.activations.base import Activation
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.activations.softplus import fill_softplus
from backprop_cli.rules.base import Array, Calls
from backprop_cli.rules.derivation import Working
from backprop_cli.rules.losses.base import Loss, Reduction, Shortcut, smallest


class SigmoidShortcut(Shortcut):
    """Sigmoid, then binary cross-entropy: share max(z, 0) − y·z + ln(1 + e^−|z|), slope a − y."""

    def slope(self, y: Value, a: Value) -> Value:
        return a - y

    def share(self, y: Value, z: Sequence[Value], at: int) -> Value:
        return maximum(z[at], 0.0) - y * z[at] + log1p(exp(-absolute(z[at])))

    def fill_shares(self, y: Array, z: Array, out: Array, work: Array, row: Array) -> Calls:
        yield from fill_softplus(z, out, work)
        yield np.multiply, y, z, work
        yield np.subtract, out, work, out

    def fill_slopes(self, y: Array, a: Array, out: Array, work: Array) -> Calls:
        yield np.subtract, a, y, out


class BinaryCrossEntropy(Loss):
    """Score each output as a yes or no: −1/K Σ_k (y_k ln ŷ_k + (1 − y_k) ln(1 − ŷ_k)); samples are averaged, too.

    Behind a sigmoid it is computed from z, and ∂L/∂z_k = (ŷ_k − y_k)/K.  Source: C. M. Bishop, "Pattern Recognition
    and Machine Learning" (2006), equation 4.90.
    """

    name: Literal["binary_cross_entropy"] = "binary_cross_entropy"
    reduction: Reduction = "mean"
    over_outputs = "mean"
    predictions = (0.0, 1.0)
    targets = (0.0, 1.0)
    metrics = ("accuracy",)
    refuses: ClassVar[Mapping[type[Activation], str]] = {
        Softmax: "binary_cross_entropy scores each output on its own, but softmax shares 1 among them; "
        "use cross_entropy, or sigmoid"
    }
    shortcuts: ClassVar[Mapping[type[Activation], Shortcut]] = {Sigmoid: SigmoidShortcut()}
    formula_text = "L = −1/K Σ_k (y_k ln ŷ_k + (1 − y_k) ln(1 − ŷ_k))"
    slope_text = "∂L/∂ŷ_k = (−y_k/ŷ_k + (1 − y_k)/(1 − ŷ_k))/K"

    def share(self, y: Value, yhat: Value) -> Value:
        return -(y * ln(yhat) + (1.0 - y) * ln(1.0 - yhat))

    def slope(self, y: Value, yhat: Value) -> Value:
        return -(y / yhat) + (1.0 - y) / (1.0 - yhat)

    def derivation(self, y: Value, yhat: Value) -> tuple[Working[Value], ...]:
        return (
            Working(
                -(y * (1.0 / yhat) + (1.0 - y) * (1.0 / (1.0 - yhat) * -1.0)),
                "ln u has the slope 1/u; by the chain rule, 1 − ŷ brings its own slope −1",
            ),
            Working(-(y / yhat - (1.0 - y) / (1.0 - yhat)), "multiply"),
            Working(self.slope(y, yhat), "take the minus sign into the bracket"),
        )

    def fill_shares(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        tiny = smallest(out)
        yield np.subtract, 1.0, yhat, out
        yield np.maximum, out, tiny, out
        yield np.log, out, out
        yield np.subtract, y, 1.0, work
        yield np.multiply, out, work, out
        yield np.maximum, yhat, tiny, work
        yield np.log, work, work
        yield np.multiply, work, y, work
        yield np.subtract, out, work, out

    def fill_slopes(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        tiny = smallest(out)
        yield np.subtract, 1.0, yhat, work
        yield np.maximum, work, tiny, work
        yield np.subtract, 1.0, y, out
        yield np.divide, out, work, out
        yield np.maximum, yhat, tiny, work
        yield np.divide, y, work, work
        yield np.subtract, out, work, out
