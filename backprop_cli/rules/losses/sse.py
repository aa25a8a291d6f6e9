from typing import Literal

from backprop_cli.rules.base import Variant
from backprop_cli.rules.losses._squared import Squared
from backprop_cli.rules.losses.base import Reduction


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
        return (Variant("half", "the loss with ½", self.alike("half_sse")), *super().variants())
