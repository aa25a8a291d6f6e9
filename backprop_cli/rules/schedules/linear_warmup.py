from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field, SerializerFunctionWrapHandler, ValidationInfo, field_serializer, field_validator

from backprop_cli.algebra.functions import Value, greater, where
from backprop_cli.rules.base import Count, choice
from backprop_cli.rules.schedules.base import Schedule
from backprop_cli.rules.schedules.constant import Constant
from backprop_cli.rules.schedules.cosine import Cosine

if TYPE_CHECKING:
    Simple: TypeAlias = Schedule
else:
    Simple: Any = choice(Schedule, but=("linear_warmup", "plateau"))


class LinearWarmup(Schedule):
    """Start gently: η = η₀ (t + 1)/length at first, then what `then` says, counted from the end of the warm-up.

    Source: P. Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour" (2017), section 2.2.
    """

    name: Literal["linear_warmup"] = "linear_warmup"
    length: Annotated[Count, Field(description="epochs or steps until the full rate is reached")]
    then: Annotated[Simple, Field(description="the schedule that follows", validate_default=True)] = Constant()
    formula_text = "η = η₀ (t + 1)/length while t < length"
    example: ClassVar[Mapping[str, Any]] = {"length": 20, "then": Cosine()}

    @field_validator("then")
    @classmethod
    def _one_unit(cls, then: Schedule, info: ValidationInfo) -> Schedule:
        """Let what follows count as the warm-up does."""
        per = info.data.get("per", then.per)
        if "per" in then.model_fields_set and then.per != per:
            raise ValueError(f"then counts per {then.per}, the warm-up per {per}; write the same for both")
        return then.model_copy(update={"per": per})

    @field_serializer("then", mode="wrap")
    def _without_unit(self, then: Schedule, serialize: SerializerFunctionWrapHandler) -> Any:
        """Leave the unit to the warm-up, so that what is written is read again."""
        return {key: value for key, value in serialize(then).items() if key != "per"}

    def formula(self, rate: Value | float, t: Value, length: int) -> Value:
        rest = max(1, length - self.length)
        climbing = rate * (t + 1.0) / self.length
        return where(greater(self.length - t, 0.0), climbing, self.then.formula(rate, t - self.length, rest))
