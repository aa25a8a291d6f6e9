from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import PositiveFloat
from backprop_cli.rules.schedules.base import Schedule, power


class Exponential(Schedule):
    """Shrink at every turn: η = η₀ · factorᵗ.

    Source: as in PyTorch's ExponentialLR.
    """

    name: Literal["exponential"] = "exponential"
    factor: Annotated[PositiveFloat, Field(description="what each epoch or step multiplies by")]
    formula_text = "η = η₀ · factorᵗ"
    example: ClassVar[Mapping[str, Any]] = {"factor": 0.97}

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        return rate * power(self.factor, t)  # type: ignore[no-any-return]
