"""What an activation function is.

Arrays have one row per neuron and one column per sample.  A kernel is bound to its arrays once and then called at every
step; `pull` carries dL/da back to dL/dz in place.
"""

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, TypeAlias

import numpy as np

from backprop_cli.algebra.functions import Value
from backprop_cli.rules.base import Array, Rule, Run, Scratch

Interval: TypeAlias = tuple[float, float]
EVERYTHING: Interval = (-math.inf, math.inf)


class Activation(Rule):
    """Turn a layer's weighted inputs z into its activations a."""

    # Whether each activation depends on every z of its layer.
    rowwise: ClassVar[bool]
    # The initializer that suits weights in front of this activation, where a config names none.
    initializer: ClassVar[str] = "xavier_uniform"
    slope_text: ClassVar[str]

    @property
    def outputs(self) -> Interval:
        """The closed interval that all activations lie in."""
        return EVERYTHING

    @abstractmethod
    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Run:
        """Bind a ← f(z); stable for any finite z."""

    @abstractmethod
    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Run:
        """Bind delta ← dL/dz where delta holds dL/da; z and a are read only."""


class Pointwise(Activation):
    """An activation that treats each neuron on its own."""

    rowwise = False

    @abstractmethod
    def formula(self, z: Value) -> Value:
        """Give a = f(z)."""

    @abstractmethod
    def slope(self, z: Value, a: Value) -> Value:
        """Give da/dz in the form that is taught, from z and a = f(z)."""

    @property
    def kinks(self) -> tuple[float, ...]:
        """Where the formula has no derivative; the docstring says which slope is meant there."""
        return ()

    def kernel(self, z: Array, a: Array, scratch: Scratch) -> Run:
        """Bind the formula itself; rules override this where speed or stability asks for it."""

        def run() -> None:
            a[...] = self.formula(z)

        return run

    def pull(self, delta: Array, z: Array, a: Array, scratch: Scratch) -> Run:
        """Bind delta ← delta · slope; rules override this where speed asks for it."""

        def run() -> None:
            np.multiply(delta, self.slope(z, a), out=delta)

        return run


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
