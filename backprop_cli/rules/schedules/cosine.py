import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backprop_cli.algebra.functions import Value, cos, minimum
from backprop_cli.rules.base import Count, Letter, NonNegativeFloat
from backprop_cli.rules.schedules.base import Schedule


class Cosine(Schedule):
    """Glide down half a cosine: η = η₁ + ½(η₀ − η₁)(1 + cos(π t/T)), with η₁ the `final` rate and T the `length`.

    Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017).
    """

    name: Literal["cosine"] = "cosine"
    pi: ClassVar[float] = math.pi
    constants: ClassVar[Mapping[str, str]] = {"pi": "pi"}
    final: Annotated[NonNegativeFloat, Letter("eta1"), Field(description="the rate at the end, η₁")] = 0.0
    length: Annotated[
        Count | None, Field(description="epochs or steps down to the end, T; the whole run if left out")
    ] = None
    formula_text = "η = η₁ + ½(η₀ − η₁)(1 + cos(π t/T))"

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        whole = self.length or length
        turn = minimum(t, float(whole)) / whole
        return self.final + 0.5 * (rate - self.final) * (1.0 + cos(self.pi * turn))
