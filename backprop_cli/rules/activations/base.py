"""What an activation function is.

Arrays have one row per neuron and one column per sample.  A kernel gives the calls that are made in every
step, with their arrays; `pull` carries dL/da back to dL/dz in place.
"""

import math
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeAlias

import numpy as np

from backprop_cli.algebra.functions import Value
from backprop_cli.algebra.term import Ref
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array, Calls, Rule, Scratch
from backprop_cli.rules.derivation import Derivation, Working
from backprop_cli.rules.picture import Picture, evenly

Interval: TypeAlias = tuple[float, float]
EVERYTHING: Interval = (-math.inf, math.inf)
# What is drawn of an activation, to both sides of zero.
_DRAWN = 6.0


@immutable
class Row(Generic[Value]):
    """What couples the neurons of a layer, sample by sample.

    Attributes:
        largest: gives the largest value among the neurons of each sample.
        total: gives the sum of their values.
    """

    largest: Callable[[Value], Value]
    total: Callable[[Value], Value]


class Activation(Rule):
    """Turn a layer's weighted inputs z into its activations a."""

    # Whether each activation depends on every z of its layer.
    rowwise: ClassVar[bool]
    # The initializer that suits weights in front of this activation, where a config names none.
    initializer: ClassVar[str] = "xavier_uniform"

    @property
    def outputs(self) -> Interval:
        """The closed interval that all activations lie in."""
        return EVERYTHING

    @abstractmethod
    def stable(self, z: Value, row: Row[Value]) -> Value:
        """Give the activations of a whole layer in plain operators, right in floating point for any finite z.

        For programs that have nothing but operators; a formula is written as it is taught, and may overflow.
        """

    @abstractmethod
    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        """Give the calls of a ← f(z); stable for any finite z."""

    @abstractmethod
    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        """Give the calls of delta ← dL/dz where delta holds dL/da; z and a are read only."""


class Pointwise(Activation):
    """An activation that treats each neuron on its own."""

    rowwise = False

    @abstractmethod
    def formula(self, z: Value) -> Value:
        """Give a = f(z)."""

    @abstractmethod
    def slope(self, z: Value, a: Value) -> Value:
        """Give da/dz in the form that is taught, from z and a = f(z)."""

    @abstractmethod
    def derivation(self, z: Value, a: Value) -> tuple[Working[Value], ...]:
        """Work da/dz out of the formula, line by line, down to `slope`; at a kink a line may say what it likes."""

    def stable(self, z: Value, row: Row[Value]) -> Value:
        """Give the formula itself; rules override this where it overflows."""
        return self.formula(z)

    def derivations(self) -> tuple[Derivation, ...]:
        return (Derivation("a′", self.in_letters().derivation(Ref("z"), Ref("a"))),)

    def picture(self) -> Picture:
        return Picture.of(
            "a and its slope a′ over z",
            "z",
            evenly(-_DRAWN, _DRAWN),
            {"a": self.formula, "a′": lambda z: self.slope(z, self.formula(z))},
        )

    @property
    def kinks(self) -> tuple[float, ...]:
        """Where the formula has no derivative; the docstring says which slope is meant there."""
        return ()

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Calls:
        """Give the formula itself; rules override this where speed or stability asks for it."""
        yield (lambda: np.copyto(a, self.formula(z)),)

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Calls:
        """Give delta ← delta · slope; rules override this where speed asks for it."""
        yield (lambda: np.multiply(delta, self.slope(z, a), out=delta),)


class Rowwise(Activation):
    """An activation that couples all neurons of a layer."""

    rowwise = True

    @abstractmethod
    def exponentials(self, z: Sequence[Value]) -> list[Value]:
        """Give every e of one sample, which an activation is the share of."""

    def formula(self, z: Sequence[Value]) -> list[Value]:
        """Give every a of one sample from every z: a_i = e_i / s, with s the sum of the e_k."""
        exponentials = self.exponentials(z)
        whole = exponentials[0]
        for each in exponentials[1:]:
            whole = whole + each
        return [each / whole for each in exponentials]

    @abstractmethod
    def slope(self, a: Sequence[Value], of: int, by: int) -> Value:
        """Give da_of/dz_by from the activations; positions count from 0."""

    @abstractmethod
    def derivation(
        self, e: Sequence[Value], whole: Value, a: Sequence[Value], of: int, by: int
    ) -> tuple[Working[Value], ...]:
        """Work da_of/dz_by out of a = e / whole, line by line, down to `slope`.

        Args:
            e: the exponentials.
            whole: their sum.
            a: the activations.
            of: position of the activation, from 0.
            by: position of the z.
        """

    def derivations(self) -> tuple[Derivation, ...]:
        e, a = [Ref("e_i"), Ref("e_j")], [Ref("a_i"), Ref("a_j")]
        letters = self.in_letters()
        return (
            Derivation(
                "∂aᵢ/∂zᵢ",
                letters.derivation(e, Ref("s"), a, 0, 0),
                "aᵢ = eᵢ / s, with e the exponentials and s their sum; by its own z:",
            ),
            Derivation("∂aⱼ/∂zᵢ", letters.derivation(e, Ref("s"), a, 1, 0), "by the z of another neuron, j ≠ i:"),
        )

    def picture(self) -> Picture:
        def a(z: float) -> list[float]:
            return self.formula([z, 0.0, 0.0])

        return Picture.of(
            "three neurons: a₁ and its slope ∂a₁/∂z₁ over z₁, where z₂ = z₃ = 0",
            "z₁",
            evenly(-_DRAWN, _DRAWN),
            {"a₁": lambda z: a(z)[0], "∂a₁/∂z₁": lambda z: self.slope(a(z), 0, 0)},
        )
