"""Starting from the parameters of a model that was trained before."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from backprop_cli.config.loader import Setup
from backprop_cli.config.network import Layer
from backprop_cli.engine.network import Network
from backprop_cli.errors import ConfigError, StorageError, counted
from backprop_cli.training.start import starting_network

if TYPE_CHECKING:
    from backprop_cli.training.model import Model

_KEY = ("training", "start_from")


def first_network(setup: Setup) -> Network:
    """Make the network that training starts with: that of a model where the config names one, or else a fresh one.

    Raises:
        ConfigError: the model is of another network.
        StorageError: it cannot be read.
    """
    network = starting_network(setup)
    source = source_of(setup)
    if source is not None:
        for view, known in zip(network.layers, _fitting(setup, source).network.layers, strict=True):
            view.weights[...] = known.weights
            if view.bias is not None:
                view.bias[...] = known.bias
    return network


def source_of(setup: Setup) -> Path | None:
    """Give the file of the model that training starts from; None where it starts afresh; raises StorageError."""
    name = setup.experiment.training.start_from
    if name is None:
        return None
    # Loaded where there is one, since its format takes time.
    from backprop_cli.training.model import model_file

    try:
        return model_file(setup.folder / name)
    except StorageError as error:
        raise StorageError(f"training.start_from: {error}") from error


def require_fit(setup: Setup) -> None:
    """Raise ConfigError or StorageError where training cannot start from the model that the config names."""
    source = source_of(setup)
    if source is not None:
        _fitting(setup, source)


def _fitting(setup: Setup, source: Path) -> "Model":
    from backprop_cli.training.model import Model

    try:
        model = Model.read(source)
    except StorageError as error:
        raise StorageError(f"training.start_from: {error}") from error
    name = setup.experiment.training.start_from
    problems = [
        setup.problem(_KEY, f"training.start_from: {misfit}; start from another model, or change the layers")
        for misfit in _misfits(setup, model, f"that of {name}")
    ]
    if problems:
        raise ConfigError(problems)
    _require_finite(model.network, setup.experiment.training.dtype, source)
    return model


def _require_finite(network: Network, dtype: str, source: Path) -> None:
    with np.errstate(over="ignore"):
        used = network.theta.astype(dtype)
    if not np.isfinite(used).all():
        where = "" if not np.isfinite(network.theta).all() else f" in {dtype}"
        message = f"its parameters are not all finite{where}; start from another model"
        raise StorageError(f"training.start_from: {source}: {message}")


def _misfits(setup: Setup, model: "Model", other: str) -> Iterator[str]:
    """Walk what a model's network has differently, layer by layer."""
    ours, theirs = setup.experiment.network, model.experiment.network
    if len(ours.layers) != len(theirs.layers):
        yield f"the network has {counted(len(ours.layers), 'layer')}, {other} {len(theirs.layers)}"
        return
    if ours.inputs != theirs.inputs:
        yield f"network.inputs is {ours.inputs}, {other} {theirs.inputs}"
    for number, (layer, known) in enumerate(zip(ours.layers, theirs.layers, strict=True)):
        for key, own, their in _compared(layer, known):
            if own != their:
                yield f"network.layers[{number}].{key} is {own}, {other} {their}"


def _compared(layer: Layer, known: Layer) -> Iterator[tuple[str, object, object]]:
    yield "units", layer.units, known.units
    yield "activation", layer.activation.title, known.activation.title
    yield "bias.per", layer.bias.per, known.bias.per
