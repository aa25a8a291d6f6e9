from typing import Literal

from backprop_cli.rules.initializers._scaled import ScaledNormal


class LecunNormal(ScaledNormal):
    """Draw normally with variance 1/fan_in; suits selu.

    Source: Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient BackProp" (1998), section 4.6.
    """

    name: Literal["lecun_normal"] = "lecun_normal"
    formula_text = "w ~ N(0, s²), s = gain · √(1/fan_in)"

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 1.0 / fan_in
