from typing import Literal

from backprop_cli.rules.initializers._scaled import ScaledUniform


class HeUniform(ScaledUniform):
    """Draw evenly with variance 2/fan_in; suits relu.

    Source: K. He, X. Zhang, S. Ren and J. Sun, "Delving Deep into Rectifiers" (2015).
    """

    name: Literal["he_uniform"] = "he_uniform"
    formula_text = "w ~ U(−r, r), r = gain · √(6/fan_in)"

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 2.0 / fan_in
