"""Which number of the flat parameter vector is which weight or bias.

All parameters live in one contiguous vector, trainable ones first, layer by layer.  A layer whose weights and own
biases are both trainable is one block with the bias as one more column, so that one product with a row of ones below
the activations adds it.  Only this module knows the arrangement.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Variable
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology

Number = TypeVar("Number", bound=np.generic)


@immutable
class Part:
    """The weights or the biases of one layer, as a view of the flat vector.

    Attributes:
        layer: the layer fed, from 1.
        symbol: 'w' or 'b'.
        start: offset of the first number.
        shape: of the view; (to, from) for weights and connection biases, (to,) for neuron biases, () for a shared one.
        strides: numbers between neighbours, by dimension.
        trainable: whether the optimizer may change it.
    """

    layer: int
    symbol: str
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    trainable: bool

    def view(self, flat: NDArray[Number]) -> NDArray[Number]:
        """Give this part of a flat vector, as a view in its shape."""
        steps = [step * flat.strides[0] for step in self.strides]
        return np.lib.stride_tricks.as_strided(flat[self.start :], self.shape, steps)

    def address(self, indices: tuple[int, ...]) -> int:
        """Give the offset of one parameter from its 1-based indices."""
        return self.start + sum((index - 1) * step for index, step in zip(indices, self.strides, strict=True))


@immutable
class LayerParts:
    """Where one layer's parameters are.

    Attributes:
        weights: its weights.
        bias: its biases, or None.
        trained: the slice of the flat vector that the optimizer may change; empty when the layer is frozen.
    """

    weights: Part
    bias: Part | None
    trained: slice

    @property
    def folded(self) -> bool:
        """Whether both are one block of shape (units, fan-in + 1), whose rows have room for a bias."""
        return self.weights.strides[0] > self.weights.shape[1]


@immutable
class Trainable:
    """Say what of a layer may be trained."""

    weights: bool = True
    bias: bool = True


@immutable
class Layout:
    """Address ↔ quantity for the flat parameter vector.

    Attributes:
        topology: what exists.
        layers: where each layer's parameters are, in order.
        size: how many parameters there are.
        trainable: how many of them, from the front, the optimizer may change.
    """

    topology: Topology
    layers: tuple[LayerParts, ...]
    size: int
    trainable: int

    def parts(self) -> Iterator[Part]:
        """Walk all parts in reading order: weights, then biases, layer by layer."""
        for layer in self.layers:
            yield layer.weights
            if layer.bias is not None:
                yield layer.bias

    def parameters(self) -> Iterator[tuple[Variable, int]]:
        """Walk all parameters with their addresses, in reading order."""
        for part in self.parts():
            for position in np.ndindex(part.shape):
                indices = tuple(index + 1 for index in position)
                yield Variable(part.symbol, part.layer, indices), part.address(indices)

    def address(self, parameter: Variable) -> int:
        """Give the offset of a weight or bias; KeyError where there is none of that name."""
        part = self._part(parameter.symbol, parameter.layer)
        if part is None or not _inside(parameter.indices, part):
            raise KeyError(parameter)
        return part.address(parameter.indices)

    def _part(self, symbol: str, layer: int | None) -> Part | None:
        if layer is None or not 1 <= layer <= len(self.layers) or symbol not in {"w", "b"}:
            return None
        parts = self.layers[layer - 1]
        return parts.weights if symbol == "w" else parts.bias

    def parameter_at(self, address: int) -> Variable:
        """Give the weight or bias at an offset."""
        part, indices = next(
            (part, found) for part in self.parts() if (found := _indices_at(part, address)) is not None
        )
        return Variable(part.symbol, part.layer, indices)

    def weight_mask(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Give a vector over the trainable parameters: 1 for weights, 0 for biases."""
        mask = np.zeros(self.size, dtype=dtype)
        for layer in self.layers:
            layer.weights.view(mask)[...] = 1
        return mask[: self.trainable]


def _inside(indices: tuple[int, ...], part: Part) -> bool:
    fits = len(indices) == len(part.shape)
    return fits and all(1 <= index <= size for index, size in zip(indices, part.shape, strict=True))


def _indices_at(part: Part, address: int) -> tuple[int, ...] | None:
    rest, indices = address - part.start, []
    for size, step in zip(part.shape, part.strides, strict=True):
        index, rest = divmod(rest, step)
        indices.append(index + 1)
        if not 0 <= index < size:
            return None
    return tuple(indices) if rest == 0 else None


def arrange(topology: Topology, trainable: tuple[Trainable, ...]) -> Layout:
    """Arrange all parameters in one vector.

    Args:
        topology: what exists.
        trainable: what may be trained, layer by layer.
    """
    planner = _Planner(topology, trainable)
    front = [planner.place(number, frozen=False) for number in range(1, topology.depth + 1)]
    end_of_trained = planner.position
    back = [planner.place(number, frozen=True) for number in range(1, topology.depth + 1)]
    layers = tuple(
        LayerParts((one | two)["w"], (one | two).get("b"), _span(one)) for one, two in zip(front, back, strict=True)
    )
    return Layout(topology, layers, planner.position, end_of_trained)


def _span(parts: dict[str, Part]) -> slice:
    if not parts:
        return slice(0, 0)
    stops = (part.address(part.shape) + 1 for part in parts.values())
    return slice(min(part.start for part in parts.values()), max(stops))


class _Planner:
    """Hands out positions in the flat vector, one layer after the other."""

    def __init__(self, topology: Topology, trainable: tuple[Trainable, ...]) -> None:
        self.topology = topology
        self.trainable = trainable
        self.position = 0

    def place(self, number: int, *, frozen: bool) -> dict[str, Part]:
        """Place the frozen or the trainable parts of one layer."""
        shape, may = self.topology.layers[number - 1], self.trainable[number - 1]
        weights = may.weights is not frozen
        bias = shape.bias is not BiasKind.NONE and may.bias is not frozen
        if weights and bias and not frozen and shape.bias is BiasKind.NEURON:
            return self._fold(number, shape.units, shape.fan_in)
        parts = {}
        if weights:
            parts["w"] = self._reserve(number, "w", (shape.units, shape.fan_in), frozen=frozen)
        if bias:
            parts["b"] = self._reserve(number, "b", _bias_shape(shape), frozen=frozen)
        return parts

    def _fold(self, number: int, units: int, fan_in: int) -> dict[str, Part]:
        start, row = self.position, fan_in + 1
        self.position += units * row
        return {
            "w": Part(number, "w", start, (units, fan_in), (row, 1), trainable=True),
            "b": Part(number, "b", start + fan_in, (units,), (row,), trainable=True),
        }

    def _reserve(self, number: int, symbol: str, shape: tuple[int, ...], *, frozen: bool) -> Part:
        start = self.position
        self.position += int(np.prod(shape, dtype=np.int64))
        strides = tuple(int(np.prod(shape[axis + 1 :], dtype=np.int64)) for axis in range(len(shape)))
        return Part(number, symbol, start, shape, strides, trainable=not frozen)


def _bias_shape(shape: LayerShape) -> tuple[int, ...]:
    shapes: dict[BiasKind, tuple[int, ...]] = {
        BiasKind.NEURON: (shape.units,),
        BiasKind.LAYER: (),
        BiasKind.CONNECTION: (shape.units, shape.fan_in),
    }
    return shapes[shape.bias]
