"""The article's 1-1-1 net, stepped once by the engine, and what a run says around it; worksheets of many kinds."""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_cli.algebra.digits import Digits
from backprop_cli.api import Explanation, explain, load
from backprop_cli.engine.layout import Layout, Trainable, arrange
from backprop_cli.engine.network import Network
from backprop_cli.engine.record import StepRecord
from backprop_cli.engine.step import Learner
from backprop_cli.engine.workspace import with_ones
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.notation import LEAVING
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.render.rows import Speaker
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.optimizers import Optimizer
from backprop_cli.rules.optimizers.sgd import Sgd
from backprop_cli.training.events import EpochDone, Event, Outcome, RunStarted, RunStopped, StepDone, Trouble, Values
from backprop_cli.worksheet.rounding import Rounding

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


ROOT = Path(__file__).parent.parent.parent
XOR = "[[0, 0], [0, 1], [1, 0], [1, 1]]"
SOFTMAX = """
network: {inputs: 2, layers: [{units: 3, activation: tanh}, {units: 3, activation: softmax}]}
data: {inputs: [[0.3, -0.2], [0.9, 0.4]], targets: [[0, 1, 0], [0.2, 0.3, 0.5]]}
loss: cross_entropy
optimizer: {name: sgd, learning_rate: 0.1}
"""
NAMED = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.15, 0.2], [0.25, 0.3]], bias: [0.35, 0.4]}
    - {units: 2, activation: sigmoid, weights: [[0.4, 0.45], [0.5, 0.55]], bias: {per: layer, values: 0.6}}
data: {inputs: [[0.05, 0.1]], targets: [[0.01, 0.99]]}
loss: half_sse
optimizer: {name: sgd, learning_rate: 0.5}
notation: entering
names:
  w5: w3_1_1
  E: L
  lambda: z2_1
  print: a2_1
  power: yhat_1
  exp_1: x_1
  err_o1: -dE/dz3_1
  residual: power - y_1
  eta_0: (residual ** 2 - exp(-residual)) / sqrt(abs(residual)) + 2 ** 3 ** 2 / 512
"""


def network(hidden: str, more: str = "", *, loss: str = "half_sse", optimizer: str = "{name: sgd}") -> str:
    """Write a config of four samples, all of them in one step."""
    return f"""
network: {{inputs: 2, layers: [{{units: 3, activation: {hidden}}}, {{units: 1, activation: sigmoid}}]}}
data: {{inputs: {XOR}, targets: [0, 1, 1, 0]}}
loss: {loss}
optimizer: {optimizer}
{more}
"""


def wide(inputs: int, activation: str = "sigmoid", units: int = 1) -> str:
    """Write a config whose sums are long, with a sample of that many inputs."""
    row = ", ".join(f"{(7 * number % 19) / 19:.3f}" for number in range(inputs))
    target = ", ".join("1" if unit == 0 else "0" for unit in range(units))
    return f"""
network: {{inputs: {inputs}, layers: [{{units: {units}, activation: {activation}}}]}}
data: {{inputs: [[{row}]], targets: [[{target}]]}}
loss: half_sse
optimizer: {{name: sgd, learning_rate: 0.1, clip: {{norm: 0.001}}, penalty: {{l2: 0.01}}}}
"""


def optimized(optimizer: str) -> str:
    return network("tanh", optimizer=optimizer)


# e to the power of 710 has no float, nor has 1 / 0, nor the square of 1e200; what they are divided into has.
STEEP = "network.layers.1.weights=[[-900.0, -900.0, -900.0]]"
BEYOND = """
network: {inputs: 1, layers: [{units: 1, activation: sigmoid, weights: [[0.3]], bias: 0.1}]}
data: {inputs: [[0.5]], targets: [[1.5]]}
loss: half_sse
optimizer: {name: sgd}
names: {nothing: 1 / (1 + 1 / (y_1 - y_1)), little: 1 / (1e200 * y_1) ** 2, less: exp(-exp(2000 * x_1))}
"""
# The digits are not shipped.
SHIPPED = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml") if path.stem != "mnist")
# What a worksheet may be of: a config or the name of a shipped one, and a choice of what is told.
SHEETS: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: (name, {"everything": True}) for name in SHIPPED},
    "a later step": ("two-neurons", {"step": 3}),
    "some names": ("mazur", {"only": ["dL/dw1_1_1", "w2_1_2_change", "dL_2/da2_1"]}),
    "one part": ("mazur", {"stages": ["update"]}),
    "one sample": ("xor", {"sample": 3}),
    "softmax": (SOFTMAX, {}),
    "softmax, long": (SOFTMAX, {"long": True}),
    "softmax, shifted": (SOFTMAX.replace("activation: softmax", "activation: {name: softmax, shift: max}"), {}),
    **{name: (network(name), {}) for name in ("relu", "leaky_relu", "elu", "selu", "gelu", "softplus", "silu")},
    "gelu by tanh": (network("{name: gelu, approximate: tanh}"), {}),
    "two slopes": (
        network("{name: leaky_relu, negative_slope: 0.3}").replace(
            "sigmoid", "{name: leaky_relu, negative_slope: 0.1}"
        ),
        {},
    ),
    "huber": (network("softsign", loss="{name: huber, delta: 0.4}"), {}),
    "mae": (network("bipolar_sigmoid", loss="mae"), {}),
    "momentum": (optimized("{name: momentum, learning_rate: 0.1}"), {"step": 3}),
    "nesterov": (optimized("{name: nesterov, learning_rate: 0.1}"), {"step": 2}),
    "adam": (optimized("{name: adam, learning_rate: 0.1}"), {"step": 2}),
    "adagrad": (optimized("{name: adagrad, learning_rate: 0.1}"), {"step": 2}),
    "rmsprop": (optimized("{name: rmsprop, learning_rate: 0.1}"), {"step": 2}),
    "clipped by value": (optimized("{name: sgd, clip: {value: 0.01}}"), {}),
    "clipped by norm": (optimized("{name: sgd, clip: {norm: 0.01}, penalty: {l1: 0.1, l2: 0.2}}"), {}),
    "scheduled": (network("tanh", "schedule: {name: step, every: 2, factor: 0.5}\ntraining: {epochs: 9}"), {"step": 6}),
    "named": (NAMED, {}),
    "named, in a batch": (network("tanh", "names: {E: L, miss: yhat_1 - y_1, half: L / 2}"), {}),
    "saturated": (network("{name: leaky_relu}", "names: {miss: (yhat_1 - y_1) ** 2}"), {"settings": [STEEP]}),
    "beyond plain Python": (BEYOND, {}),
    "long sums": (wide(784), {"everything": True, "only": ["L", "gnorm", "penalty", "dL/dw_1_784", "w_1_784_new"]}),
    "many classes": (wide(2, "{name: softmax, shift: max}", 120), {"only": ["L"]}),
    "sequential": ("mazur", {"settings": ["update_order=sequential"]}),
}
CARRIED: dict[str, tuple[str, dict[str, Any]]] = {
    f"{name}, rounded to {digits}": (SHEETS[name][0], {**SHEETS[name][1], "carry": True, **digits})
    for name in (
        "two-neurons",
        "mazur",
        "xor",
        "beyond plain Python",
        "softmax, long",
        "elu",
        "gelu",
        "huber",
        "adam",
        "named",
        "scheduled",
    )
    for digits in ({"decimals": 3}, {"significant": 2})
} | {"long sums, rounded": (SHEETS["long sums"][0], {**SHEETS["long sums"][1], "carry": True, "decimals": 6})}


def explained(config: str, choice: dict[str, Any]) -> Explanation:
    """Tell a step of a shipped config, or of one that is given as text."""
    settings = choice.get("settings", ())
    chosen = {key: value for key, value in choice.items() if key != "settings"}
    if "\n" in config:
        return explain(load("-", settings, stdin=io.StringIO(config)), **chosen)
    return explain(ROOT / "configs" / f"{config}.yaml", settings, **chosen)


# These take a second or two each.
SLOW = {"iris", "xor", "long sums", "many classes", "long sums, rounded"}


def cases(names: Iterable[str]) -> list[Any]:
    return [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in names]


@pytest.fixture(scope="session", params=cases(SHEETS))
def exact_sheet(request: pytest.FixtureRequest) -> Explanation:
    """Give the worksheet of every case, its lines not rounded."""
    return explained(*SHEETS[request.param])


@pytest.fixture(scope="session", params=cases(CARRIED))
def carried_sheet(request: pytest.FixtureRequest) -> Explanation:
    """Give the worksheets that are calculated as with a pencil."""
    return explained(*CARRIED[request.param])


@pytest.fixture(scope="session")
def sheet_of() -> Callable[..., Explanation]:
    """Give the telling of a step of a config, shipped or written out."""
    return lambda config, **choice: explained(config, choice)
