"""The product's own training loop."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from peers.workloads import Trainer, Workload


def ours(work: Workload) -> Trainer:
    """Train by the product's own loop: the events of every epoch are emitted and taken.

    What is measured on all samples before the first step and after the last is part of a run, but of no epoch; it is
    left out here, and in the comparison of whole processes.
    """
    from backprop_cli.training.events import EpochDone, one_by_one

    setup = setup_of(work)

    def run(epochs: int, shuffle: bool) -> Iterator[float | None]:
        loop = ready(setup, epochs, shuffle=shuffle)
        loop.initial = loop.judges.training.measure()
        yield None
        events = one_by_one(loop.events())
        losses = (event.training.loss for event in events if isinstance(event, EpochDone))
        yield from islice(losses, epochs)

    return run


def ready(setup: Any, epochs: int, *, shuffle: bool) -> Any:
    """Give the loop for so many epochs, with its step written and compiled, as what JAX compiles is left out, too."""
    from backprop_cli.training.trainer import Trainer as Loop

    loop = Loop(_lasting(setup, epochs, shuffle=shuffle))
    # The first batch asks for the step.
    next(loop.portions.steps(loop.batches.epoch(1)))
    return loop


def _lasting(setup: Any, epochs: int, *, shuffle: bool) -> Any:
    """Give a setup for so many epochs."""
    experiment = setup.experiment
    training = experiment.training.model_copy(update={"epochs": epochs, "shuffle": shuffle})
    return replace(setup, experiment=experiment.model_copy(update={"training": training}))


def config_of(work: Workload) -> dict[str, Any]:
    """Give the config of a workload, without its numbers: data and weights."""
    layers = zip(work.widths[1:], work.activations, strict=True)
    return {
        "network": {
            "inputs": work.widths[0],
            "layers": [{"units": units, "activation": activation} for units, activation in layers],
        },
        "loss": {"name": work.loss, "reduction": "mean"},
        "optimizer": {"name": work.optimizer, "learning_rate": work.rate},
        "training": {"epochs": work.epochs, "batch_size": work.batch, "dtype": work.dtype},
        "metrics": [],
        "report": {"trace": 0},
    }


def setup_of(work: Workload) -> Any:
    """Read a config, and put the workload's numbers in, which are too many for a file."""
    from backprop_cli.api import load
    from backprop_cli.data.samples import Samples

    data = {"inputs": work.x[:1].tolist(), "targets": work.y[:1].tolist()}
    setup = load("-", stdin=io.StringIO(json.dumps(config_of(work) | {"data": data})))
    network = setup.experiment.network
    layers = tuple(
        layer.model_copy(
            update={"weights": tuple(weights), "bias": layer.bias.model_copy(update={"values": tuple(bias)})}
        )
        for layer, (weights, bias) in zip(network.layers, work.weights, strict=True)
    )
    experiment = setup.experiment.model_copy(update={"network": network.model_copy(update={"layers": layers})})
    return replace(setup, experiment=experiment, dataset=replace(setup.dataset, training=Samples(work.x, work.y)))
