"""Names of single variables: a letter, its layer and its indices, read against a network."""

import re

from backprop_cli.quantities.dimensions import Dimension, fill_indices
from backprop_cli.quantities.notation import Notation, write
from backprop_cli.quantities.problem import NameProblem, UnknownName
from backprop_cli.quantities.quantity import Variable
from backprop_cli.quantities.topology import BiasKind, Topology

LAYERED = ("z", "a", "e", "s", "f", "r", "w", "b")
LAYERLESS = ("x", "y", "yhat", "L", "penalty", "eta", "gnorm", "weight")
SYMBOLS = LAYERED + LAYERLESS

_WITHOUT_INDEX = {
    "s": "the sum runs over all neurons of its layer",
    "b": "all neurons of its layer share one bias",
}

_SHAPE = re.compile(r"([A-Za-z]+)(0|[1-9][0-9]*)?((?:_(?:0|[1-9][0-9]*))*)")


def read_variable(text: str, topology: Topology, notation: Notation) -> Variable:
    """Read a letter, its layer and its indices, each of the latter two perhaps left out.

    Raises:
        UnknownName: if this is not the shape of a name, or the letter is none that networks have.
        NameProblem: if the letter, the layer or an index does not exist in this network.
    """
    match = _SHAPE.fullmatch(text)
    if match is None or match[1] not in SYMBOLS:
        raise UnknownName("no such quantity", f"; names look like {_examples(topology, notation)}")
    symbol, digits, tail = match.groups()
    indices = tuple(int(index) for index in tail.split("_")[1:])
    if symbol in LAYERED:
        return _read_layered(symbol, digits, indices, topology, notation)
    if digits:
        raise UnknownName(f"a number that touches the letter is a layer, and {symbol} has none")
    return _read_layerless(symbol, indices, topology)


def _examples(topology: Topology, notation: Notation) -> str:
    examples = [
        Variable("z", topology.depth, (1,)),
        Variable("w", 1, (1, 1)),
        Variable("yhat", None, (1,)),
    ]
    return ", ".join(write(example, notation) for example in examples)


def _read_layerless(symbol: str, indices: tuple[int, ...], topology: Topology) -> Variable:
    if symbol in {"y", "L"} and not topology.targets:
        raise NameProblem(f"{symbol} needs targets, and the data has none")
    if symbol == "penalty" and not topology.penalty:
        raise NameProblem("the loss has no penalty term")
    if symbol == "weight" and not topology.weighted:
        raise UnknownName("all samples count the same, so none has a weight")
    if symbol == "gnorm" and not topology.measured:
        raise NameProblem(
            "the length of the gradient is measured where optimizer.clip has a norm, and here it has none"
        )
    if symbol == "L" and not indices:
        return Variable("L")
    return Variable(symbol, None, fill_indices(symbol, _components(symbol, topology), indices))


def _components(symbol: str, topology: Topology) -> tuple[Dimension, ...]:
    if symbol == "x":
        return (Dimension(topology.inputs, "input"),)
    if symbol in {"y", "yhat", "L"}:
        return (Dimension(topology.units(topology.depth), "output"),)
    return ()


def _read_layered(
    symbol: str, digits: str | None, indices: tuple[int, ...], topology: Topology, notation: Notation
) -> Variable:
    layer = _read_layer(symbol, digits, topology, notation)
    dimensions = _dimensions(symbol, layer, topology, notation)
    head = symbol + (digits or "")
    if indices and not dimensions:
        raise NameProblem(f"{head} takes no index: {_WITHOUT_INDEX[symbol]}")
    filled = fill_indices(head, dimensions, indices)
    if symbol == "a" and layer == 0:
        return Variable("x", None, filled)
    if symbol == "a" and layer == topology.depth:
        return Variable("yhat", None, filled)
    return Variable(symbol, layer, filled)


def _read_layer(symbol: str, digits: str | None, topology: Topology, notation: Notation) -> int:
    """Find the internal number of the layer, and hold that it has the symbol."""
    layers = _layers_with(symbol, topology)
    if not layers:
        raise NameProblem(_explain_absence(symbol))
    offset = notation.offset(symbol)
    extent = f"{symbol} has {_extent(layers, offset)}"
    if not digits:
        if topology.depth == 1:
            return 1
        example = f"{symbol}{layers[-1] + offset}"
        raise NameProblem(f"which layer? {extent}, and the number touches the letter, as in {example}")
    layer = int(digits) - offset
    if layer in layers:
        return layer
    if layer == 0 and symbol not in {"w", "b"}:
        raise NameProblem(f"layer {digits} is the input; {extent}")
    raise NameProblem(f"there is no {symbol}{digits}; {extent}")


def _layers_with(symbol: str, topology: Topology) -> list[int]:
    """List the layers that have a symbol, by internal number."""
    if symbol == "a":
        return list(range(topology.depth + 1))
    shapes = enumerate(topology.layers, start=1)
    if symbol in {"e", "s"}:
        return [layer for layer, shape in shapes if shape.rowwise]
    if symbol in {"f", "r"}:
        return [layer for layer, shape in shapes if shape.dropout]
    if symbol == "b":
        return [layer for layer, shape in shapes if shape.bias is not BiasKind.NONE]
    return [layer for layer, _ in shapes]


def _explain_absence(symbol: str) -> str:
    if symbol == "b":
        return "no layer of this network has biases"
    if symbol in {"f", "r"}:
        return f"{symbol} belongs to dropout, and no layer of this network has it"
    return f"{symbol} belongs to softmax, and no layer of this network has it"


def _extent(layers: list[int], offset: int) -> str:
    """Say which layer numbers exist: 'layer 3 only', 'layers 2 to 4', 'layers 1, 3 and 4'."""
    numbers = [str(layer + offset) for layer in layers]
    if len(layers) == 1:
        return f"layer {numbers[0]} only"
    if layers == list(range(layers[0], layers[-1] + 1)):
        return f"layers {numbers[0]} to {numbers[-1]}"
    return f"layers {', '.join(numbers[:-1])} and {numbers[-1]}"


def _dimensions(symbol: str, layer: int, topology: Topology, notation: Notation) -> tuple[Dimension, ...]:
    """Say what the indices of a symbol of a layer count."""
    neuron = f"neuron of layer {layer + notation.node_offset}" if layer else "input"
    if symbol in {"z", "a", "e", "f", "r"}:
        return (Dimension(topology.units(layer), neuron),)
    if symbol == "s":
        return ()
    shape = topology.layers[layer - 1]
    before = f"neuron of layer {layer - 1 + notation.node_offset}" if layer > 1 else "input"
    to, from_ = Dimension(shape.units, neuron, "to"), Dimension(shape.fan_in, before, "from")
    if symbol == "w" or shape.bias is BiasKind.CONNECTION:
        return (to, from_)
    return (Dimension(shape.units, neuron),) if shape.bias is BiasKind.NEURON else ()
