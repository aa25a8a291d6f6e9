"""The article's 1-1-1 net, stepped once by the engine, and what a run says around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from backprop_cli.algebra.digits import Digits
from backprop_cli.engine.layout import Layout, Trainable, arrange
from backprop_cli.engine.network import Network
from backprop_cli.engine.record import StepRecord
from backprop_cli.engine.step import Learner
from backprop_cli.engine.workspace import with_ones
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.notation import LEAVING
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.render.rows import Speaker
from backprop_cli.rules.activations.squashing import Sigmoid
from backprop_cli.rules.losses.distances import HalfSse
from backprop_cli.rules.optimizers import Optimizer
from backprop_cli.rules.optimizers.descent import Sgd
from backprop_cli.training.events import EpochDone, Event, Outcome, RunStarted, RunStopped, StepDone, Trouble, Values
from backprop_cli.worksheet.book import Rounding

START = {"w1": 0.3, "b1": 0.1, "w2": 0.2, "b2": 0.4}


@dataclass(frozen=True)
class Told:
    """One step, and whoever tells of it."""

    layout: Layout
    names: NameTable
    record: StepRecord

    def speaker(self, digits: Digits | None = None, samples: int | None = None) -> Speaker:
        count = len(self.record.samples) if samples is None else samples
        return Speaker(Rounding(digits or Digits()), self.names, self.layout, count)

    @property
    def parameters(self) -> dict[str, float]:
        return {f"{p.symbol}{p.layer}_1": float(self.record.after[at]) for p, at in self.layout.parameters()}

    def events(self, *, validation: Values | None = None, trouble: Trouble | None = None) -> list[Event]:
        measured, after = Values(self.record.loss, {"mae": 0.8746}), Values(0.3769823825, {"mae": 0.8683})
        outcome: Outcome = "diverged" if trouble else "finished"
        return [
            RunStarted("1-1-1 · sigmoid, sigmoid", 4, self.layout.trainable, 1, 0, 1, 1, 0, "float64"),
            StepDone(self.record),
            EpochDone(1, 1, measured, validation, 0.1, 1, 0.25),
            RunStopped(outcome, 1, 1, 1, measured, after, validation, self.parameters, trouble, 0.5),
        ]


def step_once(
    x: Sequence[Sequence[float]] = ((0.5,),),
    y: Sequence[Sequence[float]] = ((1.5,),),
    *,
    optimizer: Optimizer | None = None,
    trainable: Sequence[Trainable] = (Trainable(), Trainable()),
    samples: tuple[int, ...] | None = None,
    names: dict[str, str] | None = None,
    rate: float = 0.1,
) -> Told:
    """Train the article's second net for one step."""
    topology = Topology(1, (LayerShape(1, 1, BiasKind.NEURON, False), LayerShape(1, 1, BiasKind.NEURON, False)))
    layout = arrange(topology, tuple(trainable))
    network = Network.create(layout, [Sigmoid(), Sigmoid()], np.float64)
    for parameter, at in layout.parameters():
        network.theta[at] = START[f"{parameter.symbol}{parameter.layer}"]
    learner = Learner.create(network, HalfSse(), optimizer or Sgd())
    step = learner.bind(with_ones(np.array(x, dtype=float), np.dtype(float)), np.array(y, dtype=float))
    record = step.recorded(rate, 1, epoch=1, samples=samples or tuple(range(1, len(x) + 1)))
    table, problems = NameTable.build(names or {}, topology, LEAVING)
    assert not problems
    return Told(layout, table, record)


@pytest.fixture(scope="session")
def told() -> Callable[..., Told]:
    return step_once
