from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from backprop_cli.rules.base import NonNegativeFloat
from backprop_cli.rules.initializers.base import Draw, Initializer


class Normal(Initializer):
    """Draw from a normal distribution.

    Source: M. Nielsen, "Neural Networks and Deep Learning" (2015), chapter 1, starts so with std 1.
    """

    name: Literal["normal"] = "normal"
    mean: Annotated[float, Field(description="mean")] = 0.0
    std: Annotated[NonNegativeFloat, Field(description="standard deviation")] = 0.1
    formula_text = "w ~ N(mean, std²)"

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        return rng.normal(self.mean, self.std, shape)
