from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import RATE, Array, Calls, Letter, NonNegativeFloat
from backprop_cli.rules.optimizers._moments import Moments
from backprop_cli.rules.optimizers.base import Work


class AdamW(Moments):
    """Let weights decay beside Adam's step: θ ← θ(1 − ηλ) − η m̂/(√v̂ + ε), with λ the `weight_decay`.

    As in PyTorch, every trainable parameter decays, biases too.  Source: I. Loshchilov and F. Hutter, "Decoupled Weight
    Decay Regularization" (2019).
    """

    name: Literal["adamw"] = "adamw"
    weight_decay: Annotated[
        NonNegativeFloat, Letter("lambda"), Field(description="λ, the share that decays per unit of rate")
    ] = 0.01
    formula_text = "as adam, with θ ← θ(1 − ηλ) − η m̂/(√v̂ + ε)"

    def move(
        self, theta: Value, g: Value, state: Sequence[Value], corrected: Sequence[Value], rate: Value | float
    ) -> Value:
        return self.moved(theta * (1.0 - rate * self.weight_decay), corrected, rate)

    def kernel(self, theta: Array, g: Array, change: Array, state: Sequence[Array], work: Work) -> Calls:
        decayed, share = work[1], np.empty((), g.dtype)
        yield from self.fill_change(g, change, state, work)
        yield lambda rate: share.fill(rate * self.weight_decay), RATE
        yield np.multiply, theta, share, decayed
        yield np.add, change, decayed, change
