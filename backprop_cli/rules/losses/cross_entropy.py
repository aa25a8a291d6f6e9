from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import ClassVar, Literal

import numpy as np

from backprop_cli.algebra.functions import Value, exp, ln, maximum
from backprop_cli.rules.activations.base import Activation
from backprop_cli.rules.activations.softmax import Softmax, fill_exponentials
from backprop_cli.rules.base import Array, Calls
from backprop_cli.rules.derivation import Working
from backprop_cli.rules.losses.base import Loss, Reduction, Shortcut, smallest


class SoftmaxShortcut(Shortcut):
    """Softmax, then cross-entropy: share y(max z + ln Σ e^(z − max z) − z), slope a − y.

    The slope rests on the targets of a sample adding up to 1.
    """

    def slope(self, y: Value, a: Value) -> Value:
        return a - y

    def share(self, y: Value, z: Sequence[Value], at: int) -> Value:
        top = reduce(maximum, z)
        whole = reduce(add, [exp(each - top) for each in z])
        return y * (top + ln(whole) - z[at])

    def fill_shares(self, y: Array, z: Array, out: Array, work: Array, row: Array) -> Calls:
        yield from fill_exponentials(z, out, work, row)
        yield np.log, row, row
        yield np.copyto, work, row
        yield np.subtract, work, out, out
        yield np.multiply, out, y, out

    def fill_slopes(self, y: Array, a: Array, out: Array, work: Array) -> Calls:
        yield np.subtract, a, y, out


class CrossEntropy(Loss):
    """Score the probabilities of the classes: −Σ_k y_k ln ŷ_k; samples are averaged.

    Behind a softmax it is computed from z, and ∂L/∂z_k = ŷ_k − y_k.  Source: C. M. Bishop, "Pattern Recognition and
    Machine Learning" (2006), equation 4.108.
    """

    name: Literal["cross_entropy"] = "cross_entropy"
    reduction: Reduction = "mean"
    over_outputs = "sum"
    predictions = (0.0, 1.0)
    targets = (0.0, 1.0)
    distribution = True
    metrics = ("accuracy",)
    shortcuts: ClassVar[Mapping[type[Activation], Shortcut]] = {Softmax: SoftmaxShortcut()}
    formula_text = "L = −Σ_k y_k ln ŷ_k"
    slope_text = "∂L/∂ŷ_k = −y_k/ŷ_k"

    def share(self, y: Value, yhat: Value) -> Value:
        return -(y * ln(yhat))

    def slope(self, y: Value, yhat: Value) -> Value:
        return -(y / yhat)

    def derivation(self, y: Value, yhat: Value) -> tuple[Working[Value], ...]:
        return (
            Working(-(y * (1.0 / yhat)), "ln u has the slope 1/u"),
            Working(self.slope(y, yhat), "multiply"),
        )

    def fill_shares(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        yield np.maximum, yhat, smallest(out), out
        yield np.log, out, out
        yield np.multiply, out, y, out
        yield np.negative, out, out

    def fill_slopes(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        yield np.maximum, yhat, smallest(out), work
        yield np.divide, y, work, out
        yield np.negative, out, out
