from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from backprop_cli.algebra.functions import Value, floor
from backprop_cli.rules.base import Count, PositiveFloat
from backprop_cli.rules.schedules.base import Schedule, power


class Step(Schedule):
    """Drop in steps: η = η₀ · factor^⌊t / every⌋.

    Source: as in PyTorch's StepLR.
    """

    name: Literal["step"] = "step"
    every: Annotated[Count, Field(description="epochs or steps between two drops")]
    factor: Annotated[PositiveFloat, Field(description="what each drop multiplies by")] = 0.1
    formula_text = "η = η₀ · factor^⌊t / every⌋"
    example: ClassVar[Mapping[str, Any]] = {"every": 25, "factor": 0.5}

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        return rate * power(self.factor, floor(t / self.every))  # type: ignore[no-any-return]
