"""What a loss is.

One output of one sample contributes a share; shares are added or averaged over the outputs as the loss says, and over
the samples as its `reduction` says.  A sample may count more or less than another: its loss is then multiplied by its
weight, and a mean is still over the number of samples.  Arrays have one row per output and one column per sample.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, ClassVar, Literal, TypeAlias

import numpy as np
from pydantic import Field

from backprop_cli.algebra.functions import Value
from backprop_cli.algebra.term import Ref
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.base import Array, Call, Calls, Measure, Rule, Scratch, Variant, member
from backprop_cli.rules.derivation import Derivation, Working
from backprop_cli.rules.picture import Picture, evenly

Over: TypeAlias = Literal["sum", "mean"]
# What is drawn of a loss: errors to both sides of zero, or probabilities from this one on.
_DRAWN, _EDGE = 3.0, 0.1
# Up to so many shares are added up by a product with ones: NumPy's own sum takes as long as three operations where they
# are few, and is more exact where they are many, since it adds them in pairs.
_FEW_SHARES = 1_000
Reduction = Annotated[Over, Field(description="how the losses of a batch's samples become one number")]


class Shortcut(ABC):
    """A loss and the activation in front of it, taken together: stable, and with a simple slope."""

    @abstractmethod
    def slope(self, y: Value, a: Value) -> Value:
        """Give the derivative of one sample's shares, added over the outputs, with respect to this output's z."""

    @abstractmethod
    def share(self, y: Value, z: Sequence[Value], at: int) -> Value:
        """Give one output's share of one sample's loss from every z, exact also where ŷ is next to 0 or 1.

        `at` is the output's position, from 0.
        """

    @abstractmethod
    def fill_shares(self, y: Array, z: Array, out: Array, work: Array, row: Array) -> Calls:
        """Give the calls that fill out with each output's share, computed from z; row has one number per sample."""

    @abstractmethod
    def fill_slopes(self, y: Array, a: Array, out: Array, work: Array) -> Calls:
        """Give the calls that fill out with `slope`."""


class Loss(Rule):
    """Measure how far the predictions ŷ are from the targets y."""

    # How the shares of a sample's outputs become the sample's loss.
    over_outputs: ClassVar[Over]
    # Closed intervals that predictions and targets must lie in.
    predictions: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    targets: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    # Whether the targets of a sample must add up to 1.
    distribution: ClassVar[bool] = False
    # Activations in front of it that would misread the loss, with the reason.
    refuses: ClassVar[Mapping[type[Activation], str]] = {}
    shortcuts: ClassVar[Mapping[type[Activation], Shortcut]] = {}
    metrics: ClassVar[tuple[str, ...]] = ()
    reduction: Reduction

    @abstractmethod
    def share(self, y: Value, yhat: Value) -> Value:
        """Give one output's share of one sample's loss, before any sum or mean."""

    @abstractmethod
    def slope(self, y: Value, yhat: Value) -> Value:
        """Give the derivative of the share with respect to ŷ, in the form that is taught."""

    @abstractmethod
    def derivation(self, y: Value, yhat: Value) -> tuple[Working[Value], ...]:
        """Work the derivative of the share out of its formula, line by line, down to `slope`."""

    def derivations(self) -> tuple[Derivation, ...]:
        case = f"ℓ is one output's share; the loss of a sample is the {self.over_outputs} of its shares"
        return (Derivation("∂ℓ/∂ŷ", self.in_letters().derivation(Ref("y"), Ref("yhat")), case),)

    def picture(self) -> Picture:
        """Draw the share of one output: over ŷ where y is 1, or over ŷ − y where only that counts."""
        functions = {"ℓ": self.share, "ℓ′": self.slope}
        if math.isfinite(self.predictions[1]):
            low, high = self.predictions
            places = evenly(low + _EDGE, high)[:-1]
            return Picture.of(
                "one output's share ℓ and its slope ℓ′ = ∂ℓ/∂ŷ over ŷ, where y = 1",
                "ŷ",
                places,
                {label: partial(function, 1.0) for label, function in functions.items()},
            )
        return Picture.of(
            "one output's share ℓ and its slope ℓ′ = ∂ℓ/∂ŷ over ŷ − y",
            "ŷ − y",
            evenly(-_DRAWN, _DRAWN),
            {label: partial(function, 0.0) for label, function in functions.items()},
        )

    def alike(self, name: str) -> "Loss":
        """Give another loss that puts samples together in the same way."""
        return member(Loss, name)(reduction=self.reduction)

    def variants(self) -> tuple[Variant, ...]:
        """Give the other way to put samples together."""
        if self.reduction == "sum":
            other = self.model_copy(update={"reduction": "mean"})
            return (Variant("mean_for_sum", "the mean over the samples in place of their sum", other),)
        other = self.model_copy(update={"reduction": "sum"})
        return (Variant("sum_for_mean", "the sum over the samples in place of their mean", other),)

    @property
    def kinks(self) -> tuple[float, ...]:
        """Values of ŷ − y where the share has no derivative; the docstring says which slope is meant there."""
        return ()

    @abstractmethod
    def fill_shares(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        """Give the calls that fill out with every share."""

    @abstractmethod
    def fill_slopes(self, y: Array, yhat: Array, out: Array, work: Array) -> Calls:
        """Give the calls that fill out with every share's slope."""

    def shortcut_for(self, activation: Activation) -> Shortcut | None:
        """Give what replaces this loss and an activation in front of it; None where nothing does."""
        return self.shortcuts.get(type(activation))

    def weight(self, outputs: int, samples: int) -> float:
        """Give the factor between the sum of all shares of a batch and its loss."""
        counted = (outputs if self.over_outputs == "mean" else 1) * (samples if self.reduction == "mean" else 1)
        return 1.0 / counted

    def measure(self, y: Array, yhat: Array, scratch: Scratch, weights: Array | None = None) -> Measure:
        """Give the loss of the batch; weights are what each sample's loss counts, (samples,)."""
        shares, work, spare = scratch
        return _summed(self.fill_shares(y, yhat, shares, work), shares, spare[0], weights, self.weight(*y.shape))

    def joint_measure(
        self, shortcut: Shortcut, y: Array, z: Array, scratch: Scratch, weights: Array | None = None
    ) -> Measure:
        """Give the loss of the batch, computed by a shortcut from the last layer's z; weights as for `measure`."""
        shares, work, spare = scratch
        filled = shortcut.fill_shares(y, z, shares, work, spare[:1])
        return _summed(filled, shares, spare[0], weights, self.weight(*y.shape))

    def pull(
        self,
        y: Array,
        yhat: Array,
        delta: Array,
        scratch: Scratch,
        shortcut: Shortcut | None,
        weights: Array | None = None,
    ) -> Calls:
        """Give the calls of delta ← dL/dŷ, or dL/dz of the last layer by a shortcut; weights as for `measure`."""
        work = scratch[0]
        yield from (self if shortcut is None else shortcut).fill_slopes(y, yhat, delta, work)
        weight = self.weight(*y.shape)
        if weight != 1.0:
            yield np.multiply, delta, weight, delta
        if weights is not None:
            # Spread first, as arithmetic that broadcasts allocates.
            yield np.copyto, work, weights
            yield np.multiply, delta, work, delta


def _summed(filled: Calls, shares: Array, row: Array, weights: Array | None, factor: float) -> Measure:
    """Give what adds up the shares of a batch, those of each sample times what it counts."""
    if weights is None:
        every = shares.reshape(-1)
        few = len(every) <= _FEW_SHARES
        return Measure(list(filled), (every.dot, np.ones_like(every)) if few else (np.add.reduce, every), factor)
    by_sample: Call = (np.add.reduce, shares, 0, None, row)
    return Measure([*filled, by_sample], (row.dot, weights), factor)


def smallest(x: Array) -> float:
    """Give the smallest normal number of a dtype: what stands in for a probability that underflowed to 0."""
    return float(np.finfo(x.dtype).tiny)
