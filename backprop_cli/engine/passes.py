"""The forward and the backward pass as calls on their arrays, in order.

Everything that a call needs is known beforehand and its output is given, so that no array is allocated in a step.
"""

import numpy as np

from backprop_cli.engine.network import LayerView, Network
from backprop_cli.engine.workspace import Workspace
from backprop_cli.quantities.topology import BiasKind
from backprop_cli.rules.base import Array, Calls, Measure
from backprop_cli.rules.losses import Loss, Shortcut


def forward(network: Network, space: Workspace) -> Calls:
    """Give the calls of z and a of every layer, first to last, with the targets put in place for what follows."""
    if not np.shares_memory(space.targets, space.y):
        yield np.copyto, space.targets, space.y.T
    for number, (view, activation) in enumerate(zip(network.layers, network.activations, strict=True), start=1):
        layer = space.layers[number - 1]
        yield from _weighted_sum(network, view, number, space)
        yield from activation.kernel(layer.z, layer.f, layer.scratch)
        if layer.factor is not None:
            yield np.multiply, layer.f, layer.factor, layer.a


def _weighted_sum(network: Network, view: LayerView, number: int, space: Workspace) -> Calls:
    layer, below = space.layers[number - 1], space.before(number)
    if view.block is not None:
        # The method, since np.dot asks first whether its arrays are of somebody else's kind.
        yield view.block.dot, below, layer.z
        return
    # matmul, since dot would copy what is not contiguous.
    yield np.matmul, view.weights, below[:-1], layer.z
    if view.bias is not None:
        kind = network.layout.topology.layers[number - 1].bias
        yield from _plus_bias(view.bias, kind, layer.z, layer.scratch[0])


def _plus_bias(bias: Array, kind: BiasKind, z: Array, spread: Array) -> Calls:
    """Give the calls of z ← z + bias for biases that are not folded into the weights' block.

    A column is spread over a whole array first: NumPy allocates a buffer for arithmetic that broadcasts.
    """
    if kind is BiasKind.LAYER:
        yield np.add, z, bias, z
        return
    column = bias[:, None]
    if kind is BiasKind.CONNECTION:
        column = np.empty((len(bias), 1), dtype=z.dtype)
        yield np.add.reduce, bias, 1, None, column, True
    yield np.copyto, spread, column
    yield np.add, z, spread, z


def shortcut_of(network: Network, loss: Loss) -> Shortcut | None:
    """Give the loss's shortcut for the last layer's activation, where it has one."""
    return loss.shortcut_for(network.activations[-1])


def measure(network: Network, loss: Loss, space: Workspace) -> Measure:
    """Give the loss of the batch, without the penalty."""
    last, shortcut = space.layers[-1], shortcut_of(network, loss)
    if shortcut is None:
        return loss.measure(space.targets, last.a, last.scratch, space.weights)
    return loss.joint_measure(shortcut, space.targets, last.z, last.scratch, space.weights)


def output_error(network: Network, loss: Loss, space: Workspace) -> Calls:
    """Give the calls of delta ← dL/dz of the last layer."""
    last, shortcut = space.layers[-1], shortcut_of(network, loss)
    yield from loss.pull(space.targets, last.a, last.delta, last.scratch, shortcut, space.weights)
    if shortcut is None:
        yield from network.activations[-1].pull(last.delta, last.z, last.a, last.scratch)


def gradient(network: Network, number: int, grads: LayerView, space: Workspace) -> Calls:
    """Give the calls of the gradient of one layer's trainable parameters from its delta."""
    delta, below = space.layers[number - 1].delta, space.before(number)
    parts = network.layout.layers[number - 1]
    if grads.block is not None:
        yield delta.dot, below.T, grads.block
        return
    if parts.weights.trainable:
        yield np.matmul, delta, below[:-1].T, grads.weights
    if parts.bias is not None and parts.bias.trainable and grads.bias is not None:
        yield from _bias_gradient(delta, grads.bias, network.layout.topology.layers[number - 1].bias)


def _bias_gradient(delta: Array, grad: Array, kind: BiasKind) -> Calls:
    if kind is BiasKind.LAYER:
        yield np.add.reduce, delta, None, None, grad
    elif kind is BiasKind.NEURON:
        yield np.add.reduce, delta, 1, None, grad
    else:
        column = np.empty((len(delta), 1), dtype=delta.dtype)
        yield np.add.reduce, delta, 1, None, column, True
        yield np.copyto, grad, column


def back(network: Network, number: int, space: Workspace) -> Calls:
    """Give the calls from a layer's delta to the delta of the layer below it; the first layer has none below."""
    if number == 1:
        return
    delta, below = space.layers[number - 1].delta, space.layers[number - 2]
    view = network.layers[number - 1]
    carried = below.delta if view.block is None else below.delta_and_one
    matrix = (view.weights if view.block is None else view.block).T
    yield matrix.dot, delta, carried
    if below.factor is not None:
        yield np.multiply, below.delta, below.factor, below.delta
    yield from network.activations[number - 2].pull(below.delta, below.z, below.f, below.scratch)
