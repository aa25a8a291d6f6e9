"""A model as ONNX: the network, with the preparation of its inputs in front of it.

The input is `x`, (samples, inputs), in the dtype of the network, and the output `yhat`, (samples, outputs).  Inputs are
prepared in double precision, as for training.  The metadata has `inputs`, the names of the inputs, and `classes`, both
lists as JSON, and `prepares_inputs`, `true` or `false`.
"""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from backprop_cli import __version__
from backprop_cli.data.preparation import Preparation
from backprop_cli.errors import MissingExtra, StorageError
from backprop_cli.exchange.graph import Graph, Name, element_type
from backprop_cli.exchange.stack import Stacked, stack
from backprop_cli.training.model import Model
from backprop_cli.training.using import encoding_of

# ONNX is an extra, whose messages are whatever they are.
Onnx: TypeAlias = Any
# Both of ONNX 1.13 of 2022: every operator that is used has its present form since then.
OPSET, IR = 18, 8
# A message of protobuf has less than 2 GiB; what is not a parameter takes far less than this.
LARGEST = 2**31 - 2**20
_INPUT, _OUTPUT = "x", "yhat"


def written(model: Model, *, prepares: bool) -> bytes:
    """Write a model.

    Args:
        model: what was trained.
        prepares: whether it takes inputs as they are in files, and prepares them itself.

    Raises:
        MissingExtra: the package `onnx` is not installed.
        StorageError: there are more parameters than one file can hold.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtra("onnx", "onnx") from error
    size = model.network.theta.nbytes
    if size > LARGEST:
        message = f"the parameters take {size:,} bytes, and one ONNX file holds less than {LARGEST:,}"
        raise StorageError(f"{message}; use --format state_dict")
    content: bytes = _message(onnx, model, prepares=prepares).SerializeToString(deterministic=True)
    return content


def _message(onnx: Onnx, model: Model, *, prepares: bool) -> Onnx:
    graph = _graph(model, prepares=prepares)
    make, topology = onnx.helper, model.network.layout.topology
    kind = element_type(graph.dtype)
    body = make.make_graph(
        [make.make_node(node.operator, node.inputs, [name], **dict(node.settings)) for node, name in graph.shown()],
        "backprop",
        [make.make_tensor_value_info(_INPUT, kind, ["samples", topology.units(0)])],
        [make.make_tensor_value_info(_OUTPUT, kind, ["samples", topology.units(topology.depth)])],
        [onnx.numpy_helper.from_array(values, name) for name, values in graph.constants.items()],
    )
    message = make.make_model(
        body,
        producer_name="backprop",
        producer_version=__version__,
        opset_imports=[make.make_opsetid("", OPSET)],
        ir_version=IR,
    )
    for key, value in _metadata(model, prepares=prepares):
        message.metadata_props.add(key=key, value=json.dumps(value, ensure_ascii=False))
    return message


def _metadata(model: Model, *, prepares: bool) -> Iterator[tuple[str, Any]]:
    yield "inputs", list(encoding_of(model).input_names)
    yield "classes", list(model.classes)
    yield "prepares_inputs", prepares


def _graph(model: Model, *, prepares: bool) -> Graph:
    graph = Graph(model.network.theta.dtype)
    a = _prepared(graph, model.preparation) if prepares else _INPUT
    for layer in stack(model.network):
        a = _activated(graph, layer, a)
    graph.rename(a, _OUTPUT)
    return graph


def _prepared(graph: Graph, preparation: Preparation) -> Name:
    """Fill in, shift and scale; what changes nothing is left out."""
    fill, shift, scale = preparation.fill, preparation.shift, preparation.scale
    shifts, scales = shift is not None and bool(np.any(shift)), scale is not None and bool(np.any(scale != 1))
    if fill is None and not shifts and not scales:
        return _INPUT
    value = _cast(graph, _INPUT, graph.dtype, np.dtype(np.float64))
    if fill is not None:
        value = graph.node("Where", graph.node("IsNaN", value), graph.constant(fill, "fill"), value)
    if shift is not None and shifts:
        value = graph.node("Sub", value, graph.constant(shift, "shift"))
    if scale is not None and scales:
        value = graph.node("Div", value, graph.constant(scale, "scale"))
    return _cast(graph, value, np.dtype(np.float64), graph.dtype)


def _cast(graph: Graph, value: Name, start: np.dtype[Any], to: np.dtype[Any]) -> Name:
    return value if start == to else graph.node("Cast", value, to=element_type(to))


def _activated(graph: Graph, layer: Stacked, a: Name) -> Name:
    """Give a layer's activations, by names that count layers from the input, which is 1."""
    above = layer.number + 1
    weights = graph.constant(layer.weights, f"w{layer.number}")
    bias = () if layer.bias is None else (graph.constant(layer.bias, f"b{layer.number}"),)
    z = graph.rename(graph.node("Gemm", a, weights, *bias, transB=1), f"z{above}")
    return graph.rename(graph.activation(layer.activation, z), f"a{above}")
