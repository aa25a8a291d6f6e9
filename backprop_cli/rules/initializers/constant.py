from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from backprop_cli.rules.initializers.base import Draw, Initializer


class Constant(Initializer):
    """Start everywhere at the same value.

    Source: for symmetry experiments; a layer that starts so stays symmetric.
    """

    name: Literal["constant"] = "constant"
    value: Annotated[float, Field(description="the value")]
    formula_text = "w = value"
    example: ClassVar[Mapping[str, Any]] = {"value": 0.1}

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        return np.full(shape, self.value)
