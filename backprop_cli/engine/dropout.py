"""Dropout: in each training step some units put out nothing, and the others more in their place.

A unit that takes part puts out f/(1 − p), so that nothing is left to do once training is over.  Source: N. Srivastava,
G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, "Dropout: A Simple Way to Prevent Neural Networks from
Overfitting", Journal of Machine Learning Research 15 (2014), section 10.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backprop_cli.engine.workspace import LayerSpace
from backprop_cli.rules.base import Run

# How far the draws of a step are from those of the next: an odd part of the period, next to the golden ratio of it.
_APART = 0x9E3779B97F4A7C15F39CC0605CEDC835


@dataclass(frozen=True, slots=True)
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

    def bind(self, layers: Sequence[LayerSpace]) -> Callable[[int], None]:
        """Bind the draw of every factor m/(1 − p) for a step with a number, the same in each precision."""
        bits = np.random.PCG64DXSM(list(self.seed))
        start, draws = bits.state, [self._bind_draw(bits, layer, rate) for layer, rate in self._thinned(layers)]

        def draw(step: int) -> None:
            bits.state = start
            bits.advance(step * _APART)
            for run in draws:
                run()

        return draw

    def _thinned(self, layers: Sequence[LayerSpace]) -> list[tuple[LayerSpace, float]]:
        return [(layer, rate) for layer, rate in zip(layers, self.rates, strict=True) if rate > 0.0]

    @staticmethod
    def _bind_draw(bits: np.random.PCG64DXSM, layer: LayerSpace, rate: float) -> Run:
        factor, scale, random = layer.factor, 1.0 / (1.0 - rate), np.random.Generator(bits).random
        assert factor is not None  # noqa: S101  a layer that leaves units out has room for it
        chances, kept = np.empty(factor.shape), np.empty(factor.shape, dtype=np.bool_)

        def run() -> None:
            random(out=chances)
            np.greater_equal(chances, rate, out=kept)
            np.copyto(factor, kept)
            np.multiply(factor, scale, out=factor)

        return run
