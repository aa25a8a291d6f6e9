from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import Array, Calls, Fraction
from backprop_cli.rules.optimizers._adaptive import Sized, fill_average


class RmsProp(Sized):
    """Divide by a running size of the gradient: v ← ρv + (1 − ρ)g², θ ← θ − ηg/(√v + ε).

    Source: G. Hinton, N. Srivastava and K. Swersky, "Neural Networks for Machine Learning", lecture 6e (2012).
    """

    name: Literal["rmsprop"] = "rmsprop"
    rho: Annotated[Fraction, Field(description="how much of the running size is kept")] = 0.99
    formula_text = "v ← ρv + (1 − ρ)g², θ ← θ − ηg/(√v + ε)"

    @property
    def state(self) -> tuple[str, ...]:
        return ("v",)

    def remember(self, g: Value, state: Sequence[Value], rate: Value | float) -> tuple[Any, ...]:
        return (self.rho * state[0] + (1.0 - self.rho) * g**2,)

    def fill_size(self, size: Array, g: Array, work: Array) -> Calls:
        yield from fill_average(size, self.rho, g, work, squared=True)
