"""A network as others know one: layers of a matrix, a vector, and an activation."""

from collections.abc import Iterator

import numpy as np

from backprop_cli.engine.network import Network
from backprop_cli.immutable import immutable
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.base import Array


@immutable
class Stacked:
    """One layer of neurons.

    Attributes:
        number: its number, from 1.
        weights: (units, fan-in).
        bias: what is added to the weighted sum of each neuron, (units,); None where nothing is.
        activation: of its neurons.
    """

    number: int
    weights: Array
    bias: Array | None
    activation: Activation


def stack(network: Network) -> Iterator[Stacked]:
    """Walk the layers: a shared bias is repeated for each neuron, those of connections are added up."""
    for number, (view, activation) in enumerate(zip(network.layers, network.activations, strict=True), start=1):
        weights = np.array(view.weights, order="C")
        yield Stacked(number, weights, None if view.bias is None else _per_neuron(view.bias, len(weights)), activation)


def _per_neuron(bias: Array, units: int) -> Array:
    summed = bias.sum(axis=1) if bias.ndim > 1 else bias
    return np.array(np.broadcast_to(summed, units), order="C")
