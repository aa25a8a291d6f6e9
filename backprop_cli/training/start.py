"""From a setup to a network at its starting values."""

from collections.abc import Callable
from functools import cache, partial
from typing import TypeAlias

import numpy as np

from backprop_cli.config.experiment import Experiment
from backprop_cli.config.loader import Setup
from backprop_cli.config.network import Layer
from backprop_cli.config.network import Network as Described
from backprop_cli.config.shapes import rows_are_inputs
from backprop_cli.data.seeds import DROPOUT, INITIAL, generator
from backprop_cli.engine.dropout import Dropout
from backprop_cli.engine.layout import Layout, Trainable, arrange
from backprop_cli.engine.network import LayerView, Network
from backprop_cli.errors import ConfigError, counted
from backprop_cli.quantities.topology import Topology
from backprop_cli.rules.base import Array, member
from backprop_cli.rules.initializers import Initializer
from backprop_cli.rules.initializers.zeros import Zeros

# Gives the generator of a layer.
_Draws: TypeAlias = Callable[[], "np.random.Generator"]


def layout_of(setup: Setup) -> Layout:
    """Arrange the parameters of a setup."""
    return arranged(setup.experiment.network, setup.topology)


def arranged(network: Described, topology: Topology) -> Layout:
    """Arrange the parameters of a network that a config describes."""
    layers = network.layers
    return arrange(topology, tuple(Trainable(one.trainable, one.trainable and one.bias.trainable) for one in layers))


def dropout_of(setup: Setup) -> Dropout | None:
    """Say which neurons each step leaves out; None where it leaves out none."""
    rates = tuple(layer.dropout for layer in setup.topology.layers)
    return Dropout(rates, (setup.experiment.training.seed, DROPOUT)) if any(rates) else None


def starting_network(setup: Setup) -> Network:
    """Make the network with the values that the config gives, or draws from its seed.

    Raises:
        ConfigError: some of them are beyond the precision that is asked for.
    """
    experiment, layout = setup.experiment, layout_of(setup)
    activations = [layer.activation for layer in experiment.network.layers]
    network = Network.create(layout, activations, np.dtype(experiment.training.dtype))
    for number, (layer, view) in enumerate(zip(experiment.network.layers, network.layers, strict=True), start=1):
        fans = (setup.topology.units(number - 1), setup.topology.units(number))
        transposed = rows_are_inputs(experiment.network, layer)
        # Made when something is drawn.
        draws = cache(partial(generator, experiment.training.seed, INITIAL, number))
        # What is too large becomes infinite, and is refused.
        with np.errstate(over="ignore"):
            _start_weights(layer, view, draws, fans, transposed=transposed)
            _start_bias(layer, view, draws, fans, transposed=transposed)
        _require_finite(setup, number, view)
    return network


def _require_finite(setup: Setup, number: int, view: LayerView) -> None:
    for key, values in (("weights", view.weights), ("bias", view.bias)):
        if values is not None and not np.isfinite(values).all():
            message = f"network.layers[{number - 1}].{key}: starts beyond {values.dtype}; write smaller numbers"
            raise ConfigError([setup.problem(("network", "layers", number - 1, key), message)])


def _start_weights(layer: Layer, view: LayerView, draws: _Draws, fans: tuple[int, int], *, transposed: bool) -> None:
    if isinstance(layer.weights, tuple):
        rows = np.array(layer.weights)
        view.weights[...] = rows.T if transposed else rows
        return
    initializer = layer.weights or member(Initializer, layer.activation.initializer)()
    view.weights[...] = _drawn(initializer, draws, view.weights, fans)


def _drawn(initializer: Initializer, draws: _Draws, block: Array, fans: tuple[int, int]) -> Array:
    try:
        return initializer.draw(draws(), block.shape, *fans)
    except OverflowError:
        # NumPy draws nothing between bounds that are too far apart.
        return np.full(block.shape, np.inf)


def _start_bias(layer: Layer, view: LayerView, draws: _Draws, fans: tuple[int, int], *, transposed: bool) -> None:
    if view.bias is None:
        return
    if layer.bias.values is None:
        view.bias[...] = _drawn(layer.bias.initializer or Zeros(), draws, view.bias, fans)
        return
    values = np.array(layer.bias.values)
    # A list for a layer of one neuron is a row of connection biases.
    view.bias[...] = values.T if transposed and values.ndim == 2 else values  # noqa: PLR2004  a matrix


def summary_of(experiment: Experiment, topology: Topology, parameters: int) -> str:
    """Describe an experiment in one line."""
    widths = "-".join(str(topology.units(layer)) for layer in range(topology.depth + 1))
    activations = ", ".join(map(_activation_of, experiment.network.layers))
    order = ", sequential update" if experiment.update_order == "sequential" else ""
    rate = f"{experiment.optimizer.learning_rate:g}"
    optimizer = experiment.optimizer.model_copy(update={"learning_rate": _default_rate(experiment)}).title
    size = counted(parameters, "parameter")
    return f"{widths} · {activations} · {size} · {experiment.loss.title} · {optimizer} {rate}{order}"


def _activation_of(layer: Layer) -> str:
    title = layer.activation.title
    return f"{title} with dropout {layer.dropout:g}" if layer.dropout else title


def _default_rate(experiment: Experiment) -> object:
    """Give the optimizer's default rate, so that its title leaves the rate out."""
    return type(experiment.optimizer).model_fields["learning_rate"].default
