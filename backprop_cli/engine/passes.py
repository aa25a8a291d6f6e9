"""The forward and the backward pass, bound to their arrays: lists of calls without arguments, in order.

Binding once keeps a step a straight line of NumPy calls with their outputs given, so that no array is allocated.
"""

from collections.abc import Callable

import numpy as np

from backprop_cli.engine.network import LayerView, Network
from backprop_cli.engine.workspace import Workspace
from backprop_cli.quantities.topology import BiasKind
from backprop_cli.rules.base import Array, Run, ignore
from backprop_cli.rules.losses import Loss, Shortcut


def bind_forward(network: Network, space: Workspace) -> list[Run]:
    """Bind z and a of every layer, first to last, with the targets put in place for what follows."""
    runs: list[Run] = []
    if not np.shares_memory(space.targets, space.y):
        runs.append(lambda: np.copyto(space.targets, space.y.T))
    for number, (view, activation) in enumerate(zip(network.layers, network.activations, strict=True), start=1):
        layer = space.layers[number - 1]
        runs += _bind_weighted_sum(network, view, number, space)
        runs.append(activation.kernel(layer.z, layer.f, layer.scratch))
        if layer.factor is not None:
            runs.append(_bind_product(layer.f, layer.factor, layer.a))
    return runs


def _bind_product(values: Array, factor: Array, out: Array) -> Run:
    return lambda: ignore(np.multiply(values, factor, out=out))


def _bind_weighted_sum(network: Network, view: LayerView, number: int, space: Workspace) -> list[Run]:
    layer, below = space.layers[number - 1], space.before(number)
    z = layer.z
    if view.block is not None:
        product = view.block.dot
        return [lambda: ignore(product(below, z))]
    weights, a_below = view.weights, below[:-1]
    # matmul, since dot would copy what is not contiguous.
    runs: list[Run] = [lambda: ignore(np.matmul(weights, a_below, out=z))]
    kind = network.layout.topology.layers[number - 1].bias
    if view.bias is not None:
        runs.append(_bind_bias(view.bias, kind, z, layer.scratch[0]))
    return runs


def _bind_bias(bias: Array, kind: BiasKind, z: Array, spread: Array) -> Run:
    """Bind z ← z + bias for biases that are not folded into the weights' block.

    A column is spread over a whole array first: NumPy allocates a buffer for arithmetic that broadcasts.
    """
    if kind is BiasKind.LAYER:
        return lambda: ignore(np.add(z, bias, out=z))
    is_sum = kind is BiasKind.CONNECTION
    column = np.empty((len(bias), 1), dtype=z.dtype) if is_sum else bias[:, None]

    def add() -> None:
        if is_sum:
            np.add.reduce(bias, axis=1, keepdims=True, out=column)
        np.copyto(spread, column)
        np.add(z, spread, out=z)

    return add


def shortcut_of(network: Network, loss: Loss) -> Shortcut | None:
    """Give the loss's shortcut for the last layer's activation, where it has one."""
    return loss.shortcut_for(network.activations[-1])


def bind_measure(network: Network, loss: Loss, space: Workspace) -> Callable[[], float]:
    """Bind the loss of the batch, without the penalty."""
    last, shortcut = space.layers[-1], shortcut_of(network, loss)
    if shortcut is None:
        return loss.measure(space.targets, last.a, last.scratch, space.weights)
    return loss.joint_measure(shortcut, space.targets, last.z, last.scratch, space.weights)


def bind_output_error(network: Network, loss: Loss, space: Workspace) -> list[Run]:
    """Bind delta ← dL/dz of the last layer."""
    last, shortcut = space.layers[-1], shortcut_of(network, loss)
    pull = loss.pull(space.targets, last.a, last.delta, last.scratch, shortcut, space.weights)
    if shortcut is not None:
        return [pull]
    return [pull, network.activations[-1].pull(last.delta, last.z, last.a, last.scratch)]


def bind_gradient(network: Network, number: int, grads: LayerView, space: Workspace) -> list[Run]:
    """Bind the gradient of one layer's trainable parameters from its delta."""
    delta, below = space.layers[number - 1].delta, space.before(number)
    parts = network.layout.layers[number - 1]
    if grads.block is not None:
        block, above = grads.block, below.T
        return [lambda: ignore(np.dot(delta, above, block))]
    runs: list[Run] = []
    if parts.weights.trainable:
        weights, a_below = grads.weights, below[:-1].T
        runs.append(lambda: ignore(np.matmul(delta, a_below, out=weights)))
    if parts.bias is not None and parts.bias.trainable and grads.bias is not None:
        runs.append(_bind_bias_gradient(delta, grads.bias, network.layout.topology.layers[number - 1].bias))
    return runs


def _bind_bias_gradient(delta: Array, grad: Array, kind: BiasKind) -> Run:
    if kind is BiasKind.LAYER:
        return lambda: ignore(np.add.reduce(delta, axis=None, out=grad))
    if kind is BiasKind.NEURON:
        return lambda: ignore(np.add.reduce(delta, axis=1, out=grad))
    column = np.empty((len(delta), 1), dtype=delta.dtype)

    def spread() -> None:
        np.add.reduce(delta, axis=1, keepdims=True, out=column)
        np.copyto(grad, column)

    return spread


def bind_back(network: Network, number: int, space: Workspace) -> list[Run]:
    """Bind the way from a layer's delta to the delta of the layer below it; the first layer has none below."""
    if number == 1:
        return []
    delta, below = space.layers[number - 1].delta, space.layers[number - 2]
    view = network.layers[number - 1]
    carried = below.delta if view.block is None else below.delta_and_one
    matrix = (view.weights if view.block is None else view.block).T
    runs: list[Run] = [lambda: ignore(np.dot(matrix, delta, carried))]
    if below.factor is not None:
        runs.append(_bind_product(below.delta, below.factor, below.delta))
    return [*runs, network.activations[number - 2].pull(below.delta, below.z, below.f, below.scratch)]
