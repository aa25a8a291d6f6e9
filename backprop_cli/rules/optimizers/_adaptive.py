"""What optimizers share that give each parameter a learning rate of its own."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value, sqrt
from backprop_cli.rules.base import RATE, Array, Calls, PositiveFloat, Variant
from backprop_cli.rules.optimizers.base import Optimizer, Work


class Adaptive(Optimizer):
    """An optimizer that divides by the root of a running size of the gradient, kept from 0 by ε."""

    adaptive: ClassVar[bool] = True
    eps: Annotated[PositiveFloat, Field(description="ε, keeps the divisor from 0")] = 1e-8
    eps_inside_root: Annotated[
        bool, Field(description="true: divide by √(v + ε), as some authors write it; false: by √v + ε")
    ] = False

    def variants(self) -> tuple[Variant, ...]:
        where = "outside" if self.eps_inside_root else "inside"
        other = self.model_copy(update={"eps_inside_root": not self.eps_inside_root})
        return (Variant("eps_form", f"ε {where} the root", other),)

    def root(self, size: Value, eps: float) -> Value:
        """Give the divisor: √size + ε, or √(size + ε)."""
        return sqrt(size + eps) if self.eps_inside_root else sqrt(size) + eps

    def own_rate(self, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float) -> Value | float:
        """Give η/(√v + ε), with the last state, corrected where it can be."""
        return rate / self.root((corrected or state)[-1], self.eps)

    def fill_root(self, size: Array, eps: float | Array, out: Array) -> Calls:
        """Fill out with the divisor."""
        if self.eps_inside_root:
            yield np.add, size, eps, out
            yield np.sqrt, out, out
        else:
            yield np.sqrt, size, out
            yield np.add, out, eps, out


class Sized(Adaptive):
    """An optimizer that remembers the size of the gradient, and divides the gradient by its root."""

    @abstractmethod
    def fill_size(self, size: Array, g: Array, work: Array) -> Calls:
        """Give the calls that put a step's gradient into the size."""

    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        return theta - rate * g / self.root(state[0], self.eps)

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        (size,), (divisor, _) = state, work
        yield from self.fill_size(size, g, change)
        yield from self.fill_root(size, self.eps, divisor)
        yield np.multiply, g, RATE, change
        yield np.divide, change, divisor, change


def fill_average(kept: Array, share: float, g: Array, work: Array, *, squared: bool) -> Calls:
    """Move a running average towards g, or towards g²."""
    yield np.multiply, g, 1.0 - share, work
    if squared:
        yield np.multiply, work, g, work
    yield np.multiply, kept, share, kept
    yield np.add, kept, work, kept
