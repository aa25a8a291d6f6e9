from typing import Annotated, Literal

from pydantic import Field

from backprop_cli.algebra.functions import Value, maximum
from backprop_cli.rules.base import Count, Letter, NonNegativeFloat
from backprop_cli.rules.picture import Picture
from backprop_cli.rules.schedules.base import Schedule, power
from backprop_cli.rules.watch import Waiting

# The plateaus that are drawn.
_PLATEAUS = 10


class Plateau(Waiting, Schedule):
    """Shrink where training gets no better: η = max(η₀ · factorᵗ, η₁), with η₁ the `min_rate`.

    Here t counts the plateaus so far.  A plateau is `patience` epochs in a row without an improvement of what is
    watched; after it, the count of epochs starts again.

    Source: as in PyTorch's ReduceLROnPlateau, which waits for one epoch more.
    """

    name: Literal["plateau"] = "plateau"
    factor: Annotated[float, Field(gt=0, lt=1, description="what each plateau multiplies by")] = 0.5
    patience: Annotated[Count, Field(description="epochs in a row without an improvement")] = 5
    min_rate: Annotated[NonNegativeFloat, Letter("eta1"), Field(description="the lowest rate, η₁")] = 0.0
    per: Annotated[Literal["epoch"], Field(description="how often there is a look")] = "epoch"
    formula_text = "η = max(η₀ · factorᵗ, η₁), t plateaus so far"

    def picture(self) -> Picture:
        return Picture.of(
            f"η as a part of η₀ over t, the plateaus so far: {self.title}",
            "t",
            tuple(map(float, range(_PLATEAUS + 1))),
            {"η/η₀": lambda t: self.formula(1.0, t, _PLATEAUS)},
        )

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        return maximum(rate * power(self.factor, t), self.min_rate)  # type: ignore[no-any-return]
