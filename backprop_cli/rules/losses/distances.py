"""Losses that measure a distance between prediction and target."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value, absolute, greater, maximum, minimum, sign, where
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
        return (Variant("half", "the loss without ½", Sse(reduction=self.reduction)), *super().variants())

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


class Sse(Squared):
    """Add the squared errors over the outputs: Σ_k (y_k − ŷ_k)², slope −2(y − ŷ); samples are added, too.

    Source: the method of least squares; see C. M. Bishop, "Pattern Recognition and Machine Learning" (2006),
    section 3.1.
    """

    name: Literal["sse"] = "sse"
    reduction: Reduction = "sum"
    over_outputs = "sum"
    formula_text = "L = Σ_k (y_k − ŷ_k)²"
    slope_text = "∂L/∂ŷ_k = −2(y_k − ŷ_k)"

    def variants(self) -> tuple[Variant, ...]:
        return (Variant("half", "the loss with ½", HalfSse(reduction=self.reduction)), *super().variants())


class Mse(Squared):
    """Average the squared errors over the outputs: 1/K Σ_k (y_k − ŷ_k)², slope −2(y − ŷ)/K; samples are averaged, too.

    Source: the method of least squares, as PyTorch's MSELoss and Keras' MeanSquaredError count it.
    """

    name: Literal["mse"] = "mse"
    reduction: Reduction = "mean"
    over_outputs = "mean"
    metrics = ("mae",)
    formula_text = "L = 1/K Σ_k (y_k − ŷ_k)²"
    slope_text = "∂L/∂ŷ_k = −2(y_k − ŷ_k)/K"

    def variants(self) -> tuple[Variant, ...]:
        added = Sse(reduction=self.reduction)
        return (
            Variant("sum_for_mean", "the sum over the outputs in place of their mean", added),
            Variant("half", "the loss with ½, and without a mean over the outputs", HalfSse(reduction=self.reduction)),
            *super().variants(),
        )


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
