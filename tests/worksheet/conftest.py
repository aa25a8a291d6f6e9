"""Random networks with everything that a config may say, and the worksheet of one of their steps."""

import io
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from backprop_cli.api import load
from backprop_cli.api.grounds import ground_of
from backprop_cli.config.experiment import Experiment
from backprop_cli.config.loader import Setup
from backprop_cli.training.loop import record_step
from backprop_cli.worksheet.ground import Ground

Config = dict[str, Any]
# Random networks are told by their seed: a few at every turn, many more where there is time.
QUICK, ALL = 10, 28

ACTIVATIONS: list[Any] = [
    "identity",
    "sigmoid",
    "bipolar_sigmoid",
    "tanh",
    "softsign",
    "relu",
    {"name": "leaky_relu", "negative_slope": 0.2},
    {"name": "elu", "alpha": 0.7},
    "selu",
    "softplus",
    "gelu",
    {"name": "gelu", "approximate": "tanh"},
    "silu",
    "softmax",
    {"name": "softmax", "shift": "max"},
]
# Losses of errors take any last layer; likelihoods want probabilities.
DISTANCES: list[Any] = ["half_sse", "sse", "mse", "mae", {"name": "huber", "delta": 0.4}]
LIKELIHOODS: dict[str, list[Any]] = {"binary_cross_entropy": ["sigmoid"], "cross_entropy": ["softmax", "sigmoid"]}
OPTIMIZERS: list[Config] = [
    {"name": "sgd"},
    {"name": "momentum", "beta": 0.8},
    {"name": "momentum", "form": "change"},
    {"name": "nesterov", "beta": 0.7},
    {"name": "adagrad"},
    {"name": "adagrad", "eps": 0.01, "eps_inside_root": True},
    {"name": "rmsprop", "rho": 0.9},
    {"name": "adam", "beta1": 0.8, "beta2": 0.9},
    {"name": "adam", "eps_inside_root": True},
    {"name": "adamw", "weight_decay": 0.1},
]
SCHEDULES: list[Any] = [
    "constant",
    {"name": "step", "every": 2, "factor": 0.5, "per": "step"},
    {"name": "exponential", "factor": 0.9},
    {"name": "cosine", "final": 0.001, "per": "step"},
    {"name": "linear_warmup", "length": 3, "per": "step"},
    {"name": "linear_warmup", "length": 2, "then": {"name": "cosine"}},
    {"name": "plateau", "factor": 0.5, "patience": 1, "mode": "max", "min_rate": 0.001},
]
PENALTIES: list[Any] = [None, None, {"l2": 0.1}, {"l1": 0.05}, {"l1": 0.02, "l2": 0.3}, {"l2": 0.0}]
CLIPS: list[Any] = [None, None, {"value": 0.05}, {"norm": 0.1}, {"norm": 100.0}]


@dataclass(frozen=True)
class Case:
    """A setup, and which of its steps is told."""

    setup: Setup
    step: int
    config: Config

    @property
    def experiment(self) -> Experiment:
        """What the config says."""
        return self.setup.experiment

    def ground(self, *, long: bool = False) -> Ground:
        """Train to just before the step, and put together what its sheet stands on."""
        return ground_of(self.setup, record_step(self.setup, self.step), long=long)


def dice(seed: int) -> random.Random:
    """Give a source of what only looks random."""
    return random.Random(seed)  # noqa: S311  no secret depends on it


def setup_of(config: Config) -> Setup:
    """Read a config through the one door that there is; JSON is YAML."""
    return load("-", stdin=io.StringIO(json.dumps(config)))


def rounded_row(rng: random.Random, length: int, spread: float = 1.5) -> list[float]:
    return [round(rng.uniform(-spread, spread), 3) for _ in range(length)]


def draw_targets(rng: random.Random, loss: str, outputs: int) -> list[float]:
    """Draw a sample's targets, as the loss may be given them."""
    if loss == "cross_entropy":
        cuts = sorted(round(rng.random(), 3) for _ in range(outputs - 1))
        row = [high - low for low, high in zip([0.0, *cuts], [*cuts, 1.0], strict=True)]
        return rng.choice([row, [float(k == 0) for k in range(outputs)]])
    return [
        round(rng.random(), 3) if loss == "binary_cross_entropy" else number for number in rounded_row(rng, outputs)
    ]


def draw_bias(rng: random.Random) -> Any:
    kind = rng.choice(["neuron", "neuron", "layer", "connection", "none"])
    if kind == "none":
        return False
    return {"per": kind, "initializer": {"name": "normal", "std": 0.5}, "trainable": rng.random() < 0.8}


def draw_layer(rng: random.Random, fan_in: int, units: int, activation: Any) -> Config:
    return {
        "units": units,
        "activation": activation,
        "weights": [rounded_row(rng, fan_in, 1.2) for _ in range(units)],
        "bias": draw_bias(rng),
        "trainable": rng.random() < 0.85,
    }


def is_softmax(activation: Any) -> bool:
    return "softmax" in (activation if isinstance(activation, str) else activation["name"])


def draw_loss(rng: random.Random, units: int) -> tuple[Any, Any]:
    """Draw a loss and a last activation that fit each other and the number of outputs."""
    if rng.random() < 0.5:
        loss = rng.choice(list(LIKELIHOODS))
        last = rng.choice(LIKELIHOODS[loss])
    else:
        loss, last = rng.choice(DISTANCES), rng.choice(ACTIVATIONS)
    if units == 1 and is_softmax(last):
        last = "sigmoid"
    # A target that adds up to 1 over one output would leave nothing to learn, which is a case, too.
    return loss, last


def draw_optimizer(rng: random.Random, *, sequential: bool) -> Config:
    optimizer: Config = {**rng.choice(OPTIMIZERS), "learning_rate": rng.choice([0.1, 0.03, 0.5])}
    penalty, clip = rng.choice(PENALTIES), rng.choice(CLIPS)
    if penalty is not None:
        optimizer["penalty"] = penalty
    if clip is not None and not (sequential and "norm" in clip):
        optimizer["clip"] = clip
    return optimizer


def draw_data(rng: random.Random, loss: Any, widths: list[int], config: Config) -> Config:
    """Draw samples, and into which steps they are dealt out."""
    name, count = loss if isinstance(loss, str) else loss["name"], rng.randint(1, 5)
    data: Config = {
        "inputs": [rounded_row(rng, widths[0]) for _ in range(count)],
        "targets": [draw_targets(rng, name, widths[-1]) for _ in range(count)],
    }
    if rng.random() < 0.3:
        sizes = [rng.randint(1, min(4, count)) for _ in range(3)]
        data["order"] = [rng.sample(range(1, count + 1), size) for size in sizes]
    else:
        config["training"]["batch_size"] = rng.choice(["full", 1, 2, 3])
    return data


def draw_config(seed: int) -> Config:
    """Draw a whole config."""
    rng = dice(seed)
    widths = [rng.randint(1, 4) for _ in range(rng.randint(1, 4) + 1)]
    loss, last = draw_loss(rng, widths[-1])
    hidden = [rng.choice([one for one in ACTIVATIONS if units > 1 or not is_softmax(one)]) for units in widths[1:-1]]
    sequential = rng.random() < 0.3
    layers = [
        draw_layer(rng, fan_in, units, activation)
        for (fan_in, units), activation in zip(pairwise(widths), [*hidden, last], strict=True)
    ]
    config: Config = {
        "network": {"inputs": widths[0], "layers": layers},
        "loss": loss if rng.random() < 0.5 else with_reduction(loss, rng.choice(["sum", "mean"])),
        "optimizer": draw_optimizer(rng, sequential=sequential),
        "schedule": rng.choice(SCHEDULES),
        "update_order": "sequential" if sequential else "simultaneous",
        "training": {"seed": seed, "epochs": 3, "dtype": "float32" if rng.random() < 0.15 else "float64"},
    }
    config["data"] = draw_data(rng, loss, widths, config)
    weigh_and_thin(config, dice(10_000 + seed))
    return config


def weigh_and_thin(config: Config, rng: random.Random) -> None:
    """Let samples count differently, and leave neurons out of steps, in some of the configs."""
    if rng.random() < 0.5:
        # Not all of them may count nothing.
        config["data"]["weights"] = [rng.choice([0.0, 0.5, 1, 2.25]) for _ in config["data"]["inputs"][1:]] + [1.5]
    if rng.random() < 0.5:
        for layer in config["network"]["layers"][:-1]:
            layer["dropout"] = rng.choice([0.0, 0.25, 0.5])


def with_reduction(loss: Any, reduction: str) -> Config:
    return {**({"name": loss} if isinstance(loss, str) else loss), "reduction": reduction}


def draw_case(seed: int, **training: Any) -> Case:
    """Draw a config and a step of its run."""
    config = draw_config(seed)
    config["training"] |= training
    return Case(setup_of(config), dice(-seed).randint(1, 5), config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        seeds = [pytest.param(seed, marks=pytest.mark.slow) if seed >= QUICK else seed for seed in range(ALL)]
        metafunc.parametrize("seed", seeds)


@pytest.fixture
def case(seed: int) -> Case:
    """Give the random case of a seed."""
    return draw_case(seed)


@pytest.fixture
def rng(seed: int) -> random.Random:
    return dice(seed)


@pytest.fixture(scope="session")
def draw() -> Callable[..., Case]:
    return draw_case


@pytest.fixture(scope="session")
def tell() -> Callable[..., Case]:
    """Give a function that reads a config, of which the first step is told."""

    def read(config: Config, step: int = 1) -> Case:
        return Case(setup_of(config), step, config)

    return read


@pytest.fixture(scope="session")
def network() -> Callable[..., Config]:
    """Give a function that writes the config of a small network; layers are units, activation, weights."""

    def write(
        layers: Sequence[tuple[Any, Any]],
        inputs: Sequence[Sequence[float]],
        targets: Sequence[Sequence[float]],
        **rest: Any,
    ) -> Config:
        written = [{"units": len(rows), "activation": activation, "weights": rows} for activation, rows in layers]
        return {
            "network": {"inputs": len(inputs[0]), "layers": written},
            "data": {"inputs": inputs, "targets": targets},
            **rest,
        }

    return write
