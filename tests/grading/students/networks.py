"""Networks that somebody might work through by hand, drawn with dice."""

import io
import json
import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from backprop_cli.api import load
from backprop_cli.api.course import Course
from backprop_cli.config.loader import Setup

Config = dict[str, Any]

PLAIN = ["sigmoid", "tanh"]
HIDDEN = [*PLAIN, "relu", "softplus", "identity", {"name": "leaky_relu", "negative_slope": 0.1}]
PLAIN_ENDS: list[tuple[str, list[str]]] = [
    ("half_sse", ["sigmoid", "identity", "tanh"]),
    ("mse", ["sigmoid", "identity"]),
    ("sse", ["sigmoid", "tanh"]),
]
ENDS = [*PLAIN_ENDS, ("binary_cross_entropy", ["sigmoid"]), ("cross_entropy", ["softmax"])]
PLAIN_OPTIMIZERS: list[Config] = [{"name": "sgd"}]
OPTIMIZERS = [*PLAIN_OPTIMIZERS * 3, {"name": "momentum", "beta": 0.9}, {"name": "adam"}]


def dice(seed: str) -> random.Random:
    """Give dice that fall the same way for the same seed."""
    return random.Random(seed)  # noqa: S311  no secret is drawn


def draw_config(rng: random.Random, *, plain: bool = False, widest: int = 3, weighed: bool = False) -> Config:
    """Draw a network with its data.

    Args:
        rng: the dice.
        plain: whether it is one sample and gradient descent, as most articles have it.
        widest: how many units a layer has at most.
        weighed: whether samples count differently, and hidden layers leave units out.
    """
    loss, ends = rng.choice(PLAIN_ENDS if plain else ENDS)
    widths = [rng.randint(1, widest) for _ in range(rng.choice([2, 3, 3, 3, 4]))]
    last = rng.choice(ends)
    if last == "softmax":
        widths[-1] = max(2, widths[-1])
    config: Config = {
        "network": {"inputs": widths[0], "layers": list(draw_layers(rng, widths, last, plain=plain))},
        "loss": loss,
        "optimizer": rng.choice(PLAIN_OPTIMIZERS if plain else OPTIMIZERS)
        | {"learning_rate": rng.choice([0.1, 0.3, 0.5])},
        "training": {"steps": 3},
        "data": draw_data(rng, loss, widths, 1 if plain else rng.choice([1, 1, 2, 3])),
    }
    if weighed:
        config["data"]["weights"] = [rng.choice([0.5, 1.5, 2]) for _ in config["data"]["inputs"]]
        for layer in config["network"]["layers"][:-1]:
            layer["dropout"] = rng.choice([0.2, 0.5])
    return config


def draw_layers(rng: random.Random, widths: Sequence[int], last: str, *, plain: bool) -> list[Config]:
    hidden = [rng.choice(PLAIN if plain else HIDDEN) for _ in widths[1:-1]]
    return [
        {
            "units": units,
            "activation": activation,
            "weights": [draw_numbers(rng, fan_in, -1.2, 1.2) for _ in range(units)],
            "bias": draw_bias(rng, units),
        }
        for (fan_in, units), activation in zip(pairwise(widths), [*hidden, last], strict=True)
    ]


def draw_numbers(rng: random.Random, count: int, low: float, high: float) -> list[float]:
    return [round(rng.uniform(low, high), 2) for _ in range(count)]


def draw_bias(rng: random.Random, units: int) -> Any:
    kind = rng.choice(["neuron", "neuron", "neuron", "layer", "none"])
    if kind == "none":
        return False
    values = draw_numbers(rng, units, -0.6, 0.6)
    return {"per": kind, "values": values if kind == "neuron" else values[0], "trainable": rng.random() < 0.85}


def draw_data(rng: random.Random, loss: str, widths: Sequence[int], samples: int) -> Config:
    return {
        "inputs": [draw_numbers(rng, widths[0], -1.5, 1.5) for _ in range(samples)],
        "targets": [draw_target(rng, loss, widths[-1]) for _ in range(samples)],
    }


def draw_target(rng: random.Random, loss: str, outputs: int) -> list[float]:
    if loss == "cross_entropy":
        hot = rng.randrange(outputs)
        return [float(k == hot) for k in range(outputs)]
    if loss == "binary_cross_entropy":
        return [float(rng.random() < 0.5) for _ in range(outputs)]
    return draw_numbers(rng, outputs, 0.05, 0.95)


def setup_of(config: Config) -> Setup:
    """Read a config through the one door that there is; JSON is YAML."""
    return load("-", stdin=io.StringIO(json.dumps(config)))


def course_of(config: Config) -> Course:
    """Open the books of a config's run."""
    return Course(setup_of(config))
