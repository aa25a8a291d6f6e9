from typing import Literal

from backprop_cli.rules.initializers._scaled import ScaledNormal


class HeNormal(ScaledNormal):
    """Draw normally with variance 2/fan_in; suits relu.

    Source: K. He, X. Zhang, S. Ren and J. Sun, "Delving Deep into Rectifiers" (2015).
    """

    name: Literal["he_normal"] = "he_normal"
    formula_text = "w ~ N(0, s²), s = gain · √(2/fan_in)"

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 2.0 / fan_in
