"""Dropout: in each training step some units put out nothing, and the others more in their place.

A unit that takes part puts out f/(1 − p), so that nothing is left to do once training is over.  Source: N. Srivastava,
G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, "Dropout: A Simple Way to Prevent Neural Networks from
Overfitting", Journal of Machine Learning Research 15 (2014), section 10.
"""

from collections.abc import Callable, Sequence

import numpy as np

from backprop_cli.engine.workspace import LayerSpace
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import STEP, Calls

# How far the draws of a step are from those of the next: an odd part of the period, next to the golden ratio of it.
_APART = 0x9E3779B97F4A7C15F39CC0605CEDC835


@immutable
class Dropout:
    """Which units take part in a step: it follows from the seed and the step's number, and nothing is remembered.

    Attributes:
        rates: how likely each unit is left out, layer by layer; 0 where all take part.
        seed: whole numbers that all draws follow from.
    """

    rates: tuple[float, ...]
    seed: tuple[int, ...]

    @property
    def thinned(self) -> tuple[bool, ...]:
        """Which layers leave units out."""
        return tuple(rate > 0.0 for rate in self.rates)

    def draw(self, layers: Sequence[LayerSpace]) -> Calls:
        """Give the calls that draw every factor m/(1 − p) of a step, the same in each precision."""
        bits = np.random.PCG64DXSM(list(self.seed))
        start, random = bits.state, np.random.Generator(bits).random

        def turn(step: int) -> None:
            bits.state = start
            bits.advance(step * _APART)

        yield turn, STEP
        for layer, rate in zip(layers, self.rates, strict=True):
            if rate > 0.0:
                yield from self._draw_layer(random, layer, rate)

    @staticmethod
    def _draw_layer(random: Callable[..., object], layer: LayerSpace, rate: float) -> Calls:
        factor = layer.factor
        assert factor is not None  # noqa: S101  a layer that leaves units out has room for it
        chances, kept = np.empty(factor.shape), np.empty(factor.shape, dtype=np.bool_)
        yield random, None, np.float64, chances
        yield np.greater_equal, chances, rate, kept
        yield np.copyto, factor, kept
        yield np.multiply, factor, 1.0 / (1.0 - rate), factor
