from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from backprop_cli.rules.initializers.base import Draw, Initializer


class Uniform(Initializer):
    """Draw evenly between two bounds.

    Source: D. E. Rumelhart, G. E. Hinton and R. J. Williams (1986) start from small random weights.
    """

    name: Literal["uniform"] = "uniform"
    low: Annotated[float, Field(description="lower bound")] = -0.5
    high: Annotated[float, Field(description="upper bound")] = 0.5
    formula_text = "w ~ U(low, high)"

    @model_validator(mode="after")
    def _ordered(self) -> "Uniform":
        if self.low >= self.high:
            raise ValueError(f"low ({self.low:g}) must be below high ({self.high:g})")
        return self

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        return rng.uniform(self.low, self.high, shape)
