from typing import Literal

from backprop_cli.rules.base import Variant
from backprop_cli.rules.losses._squared import Squared
from backprop_cli.rules.losses.base import Reduction


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
        return (
            Variant("sum_for_mean", "the sum over the outputs in place of their mean", self.alike("sse")),
            Variant("half", "the loss with ½, and without a mean over the outputs", self.alike("half_sse")),
            *super().variants(),
        )
