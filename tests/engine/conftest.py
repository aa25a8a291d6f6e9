"""How the tests of the engine come by a network with data and a bound step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from backprop_cli.engine.dropout import Dropout
from backprop_cli.engine.layout import Layout, Trainable, arrange
from backprop_cli.engine.network import Network
from backprop_cli.engine.record import StepRecord
from backprop_cli.engine.step import Learner, Step, UpdateOrder
from backprop_cli.engine.workspace import with_ones
from backprop_cli.oracles.objective import Objective
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.optimizers import Optimizer
from backprop_cli.rules.optimizers.sgd import Sgd


@dataclass
class Case:
    network: Network
    learner: Learner
    step: Step
    x: Any
    y: Any
    weights: Any = None

    @property
    def layout(self) -> Layout:
        return self.network.layout

    @property
    def objective(self) -> Objective:
        penalty = self.learner.optimizer.penalty
        return Objective(self.network, self.learner.loss, self.x, self.y, penalty, weights=self.weights)

    def recorded(self, rate: float = 1e-3, t: int = 1) -> StepRecord:
        return self.step.recorded(rate, t, epoch=1, samples=tuple(range(1, len(self.x) + 1)))


def targets(loss: Loss, rng: np.random.Generator, shape: tuple[int, int]) -> Any:
    """Draw targets that the loss may be given."""
    if loss.distribution:
        return rng.dirichlet(np.ones(shape[1]), size=shape[0])
    return rng.uniform(size=shape) if loss.targets == (0.0, 1.0) else rng.normal(size=shape)


def make(
    widths: Sequence[int],
    activations: Sequence[Activation],
    loss: Loss,
    *,
    kinds: Sequence[BiasKind] | None = None,
    trainable: Sequence[Trainable] | None = None,
    optimizer: Optimizer | None = None,
    order: UpdateOrder = "simultaneous",
    samples: int = 3,
    seed: int = 0,
    spread: float = 0.7,
    dtype: Any = np.float64,
    x: Any = None,
    y: Any = None,
    weights: Any = None,
    dropout: Sequence[float] = (),
) -> Case:
    """Build a network from its widths, inputs first, with random parameters and, if not given, random samples."""
    rng = np.random.default_rng(seed)
    kinds = kinds or [BiasKind.NEURON] * len(activations)
    shapes = tuple(
        LayerShape(units, fan_in, kind, activation.rowwise)
        for (fan_in, units), kind, activation in zip(pairwise(widths), kinds, activations, strict=True)
    )
    layout = arrange(Topology(widths[0], shapes), tuple(trainable or [Trainable()] * len(activations)))
    network = Network.create(layout, activations, dtype)
    network.theta[...] = rng.normal(size=layout.size) * spread
    rule = Dropout(tuple(dropout), (seed, 3)) if dropout else None
    learner = Learner.create(network, loss, optimizer or Sgd(), order, rule)
    x = rng.normal(size=(samples, widths[0])) if x is None else np.array(x, dtype=float)
    y = targets(loss, rng, (samples, widths[-1])) if y is None else np.array(y, dtype=float)
    counted = None if weights is None else np.array(weights, dtype=float)
    rows = [with_ones(x, np.dtype(dtype)), y.astype(dtype), None if counted is None else counted.astype(dtype)]
    return Case(network, learner, learner.bind(*rows), x, y, counted)


@pytest.fixture(scope="session")
def build() -> Callable[..., Case]:
    return make
