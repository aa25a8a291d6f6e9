"""Shapes: what a network section makes of its inputs, and whether the numbers in it fit."""

from collections.abc import Iterator
from typing import TypeAlias

from backprop_cli.config.network import Bias, Layer, Network
from backprop_cli.documents.tree import KeyPath
from backprop_cli.errors import counted
from backprop_cli.quantities.topology import BiasKind, LayerShape

Finding: TypeAlias = tuple[KeyPath, str]
# 8 GB of float64; more is a slip of the keyboard.
MOST_PARAMETERS = 10**9


def layer_shapes(network: Network) -> tuple[LayerShape, ...]:
    """Give the shape of every layer."""
    below, shapes = network.inputs, []
    for layer in network.layers:
        bias, activation = BiasKind(layer.bias.per), layer.activation
        shapes.append(LayerShape(layer.units, below, bias, activation.rowwise, layer.dropout))
        below = layer.units
    return tuple(shapes)


def rows_are_inputs(network: Network, layer: Layer) -> bool:
    """Say whether a layer's matrices are written transposed."""
    return (layer.weights_layout or network.weights_layout) == "rows_are_inputs"


def check_shapes(network: Network) -> Iterator[Finding]:
    """Find weights and biases that do not fit the layers they belong to."""
    shapes = layer_shapes(network)
    for number, (layer, shape) in enumerate(zip(network.layers, shapes, strict=True)):
        path: KeyPath = ("network", "layers", number)
        transposed = rows_are_inputs(network, layer)
        if isinstance(layer.weights, tuple):
            yield from _check_matrix((*path, "weights"), layer.weights, shape, transposed=transposed)
        yield from _check_bias((*path, "bias"), layer.bias, shape, transposed=transposed)
    if network.layers[-1].dropout:
        path = ("network", "layers", len(shapes) - 1, "dropout")
        yield path, f"{dotted(path)}: the last layer gives the predictions, which are all needed; leave it out here"
    total = sum(shape.units * (shape.fan_in + 1) for shape in shapes)
    if total > MOST_PARAMETERS:
        yield ("network", "layers"), f"network: {total:,} parameters are more than {MOST_PARAMETERS:,}; use fewer units"


def _check_matrix(
    path: KeyPath, rows: tuple[tuple[float, ...], ...], shape: LayerShape, *, transposed: bool
) -> Iterator[Finding]:
    height, width = (shape.fan_in, shape.units) if transposed else (shape.units, shape.fan_in)
    needs = (
        f"the layer needs {counted(height, 'row')} of {width} ({'one per input' if transposed else 'one per neuron'})"
    )
    if height != width and len(rows) == width and all(len(row) == height for row in rows):
        other = "rows_are_neurons" if transposed else "rows_are_inputs"
        yield path, f"{dotted(path)}: {needs}; these are transposed: turn them, or write weights_layout: {other}"
        return
    for number, row in enumerate(rows):
        if len(row) != width:
            yield (*path, number), f"{dotted(path)}[{number}]: {counted(len(row), 'number')}; {needs}"
            return
    if len(rows) != height:
        yield path, f"{dotted(path)}: {counted(len(rows), 'row')}; {needs}"


def _check_bias(path: KeyPath, bias: Bias, shape: LayerShape, *, transposed: bool) -> Iterator[Finding]:
    values = bias.values
    if values is not None and bias.initializer is not None:
        yield path, f"{dotted(path)}: values and initializer exclude each other; keep one"
    if bias.per == "none" and (values is not None or bias.initializer is not None):
        yield path, f"{dotted(path)}: per: none has no biases to give values to; leave them out"
    if not isinstance(values, tuple):
        return
    at = (*path, "values")
    rows = tuple(item for item in values if isinstance(item, tuple))
    if not rows:
        yield from _check_list(at, bias, len(values), shape)
    elif bias.per != "connection":
        yield at, f"{dotted(path)}: rows of numbers are for per: connection; write one number, or a list"
    else:
        yield from _check_matrix(at, rows, shape, transposed=transposed)


def _check_list(at: KeyPath, bias: Bias, length: int, shape: LayerShape) -> Iterator[Finding]:
    """A list is one number per neuron, or per connection of a layer with one neuron."""
    name = dotted(at[:-1])
    if bias.per == "layer":
        yield at, f"{name}: the layer shares one bias; write one number, not a list"
    elif bias.per == "neuron" and length != shape.units:
        yield at, f"{name}: {counted(length, 'number')} for {counted(shape.units, 'neuron')}; write one per neuron"
    elif bias.per == "connection" and (shape.units != 1 or length != shape.fan_in):
        yield (
            at,
            f"{name}: {counted(length, 'number')}; per: connection needs {shape.units} rows of {shape.fan_in}",
        )


def dotted(path: KeyPath) -> str:
    """Write a path as people do: `network.layers[0].units`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
