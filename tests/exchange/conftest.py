"""Models to export: every activation of the catalogue, with every kind of bias, in both precisions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop_cli.config.experiment import Experiment
from backprop_cli.config.loader import load
from backprop_cli.data.preparation import Preparation
from backprop_cli.documents.yaml_writer import write_yaml
from backprop_cli.engine.passes import forward
from backprop_cli.engine.script import bind
from backprop_cli.engine.workspace import Workspace, with_ones
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.activations.elu import Elu
from backprop_cli.rules.activations.gelu import Gelu
from backprop_cli.rules.activations.leaky_relu import LeakyRelu
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.base import members
from backprop_cli.training.model import Model
from backprop_cli.training.start import starting_network

Batch = NDArray[Any]

ACTIVATIONS = [
    *(rule() for rule in members(Activation).values()),
    *(LeakyRelu(negative_slope=slope) for slope in (0.0, 1.0)),
    Elu(alpha=3.0),
    Gelu(approximate="tanh"),
    Softmax(shift="max"),
]


@pytest.fixture(params=ACTIVATIONS, ids=[rule.title for rule in ACTIVATIONS])
def activation(request: pytest.FixtureRequest) -> Activation:
    """Give each activation, one after the other."""
    found: Activation = request.param
    return found


@pytest.fixture(params=["neuron", "layer", "connection", "none"])
def bias(request: pytest.FixtureRequest) -> str:
    """Give each kind of bias, one after the other."""
    return str(request.param)


@pytest.fixture(params=["float64", "float32"])
def dtype(request: pytest.FixtureRequest) -> str:
    """Give each precision, one after the other."""
    return str(request.param)


@pytest.fixture
def predicted() -> Callable[[Model, Batch], Batch]:
    """Give a function that predicts with the engine, from inputs that are prepared."""
    return _predicted


def _predicted(model: Model, inputs: Batch) -> Batch:
    """Predict with the engine, from inputs that are prepared."""
    network = model.network
    outputs = network.layout.topology.layers[-1].units
    space = Workspace.create(
        network, with_ones(inputs, network.theta.dtype), np.zeros((len(inputs), outputs), network.theta.dtype)
    )
    bind(forward(network, space))()
    return space.layers[-1].a.T.copy()


@pytest.fixture
def model_of(tmp_path: Path) -> Callable[..., Model]:
    """Give a function that makes a model with three inputs, four hidden neurons and two outputs."""

    def make(
        activation: Activation, bias: str = "neuron", dtype: str = "float64", preparation: Preparation | None = None
    ) -> Model:
        drawn = {"name": "normal", "std": 1.0}
        biases = {"per": bias} if bias == "none" else {"per": bias, "initializer": drawn}
        layer = {"activation": activation.model_dump(), "weights": drawn, "bias": biases}
        # The first layer is frozen, and so lies elsewhere.
        layers = [{**layer, "units": 4, "trainable": False, "dropout": 0.5}, {**layer, "units": 2}]
        data = {"inputs": [[0.0, 0.0, 0.0]], "targets": [[0.0, 1.0]]}
        config = {"network": {"inputs": 3, "layers": layers}, "data": data, "training": {"dtype": dtype, "seed": 3}}
        path = tmp_path / "config.yaml"
        path.write_text(write_yaml(Experiment.model_validate(config).as_config()), encoding="utf-8")
        setup = load(path)
        return Model(setup.experiment, starting_network(setup), preparation or Preparation(), ("no", "yes"))

    return make


@pytest.fixture
def inputs() -> Batch:
    """Give some samples."""
    return np.random.default_rng(5).normal(0.0, 1.5, (40, 3))
