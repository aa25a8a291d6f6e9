from typing import Literal

from backprop_cli.rules.initializers._scaled import ScaledUniform


class XavierUniform(ScaledUniform):
    """Draw evenly with variance 2/(fan_in + fan_out).

    Source: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
    """

    name: Literal["xavier_uniform"] = "xavier_uniform"
    formula_text = "w ~ U(−r, r), r = gain · √(6/(fan_in + fan_out))"

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 2.0 / (fan_in + fan_out)
