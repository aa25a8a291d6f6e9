"""A model as plain JSON, for programs that have nothing but loops.

Prediction: fill in `fill` where an input is missing, subtract `shift` and divide by `scale`, each where there is one (a
list of one number is for all inputs); then, layer by layer, z = weights · a + biases and a = activation(z).

`schema` counts the changes that a reader must know of; keys that are added do not count.
"""

from typing import Any

from backprop_cli import __version__
from backprop_cli.documents.json_writer import write_json
from backprop_cli.exchange.stack import Stacked, stack
from backprop_cli.training.model import Model
from backprop_cli.training.using import encoding_of

SCHEMA = 1


def written(model: Model) -> bytes:
    """Write all that is needed to predict."""
    layers = list(stack(model.network))
    topology = model.network.layout.topology
    plain = {
        "schema": SCHEMA,
        "producer": f"backprop {__version__}",
        "dtype": str(model.network.theta.dtype),
        "topology": [topology.units(layer) for layer in range(topology.depth + 1)],
        "inputs": list(encoding_of(model).input_names),
        "preparation": model.preparation.description(),
        "layers": [_described(layer) for layer in layers],
        "parameters": {name: values for layer in layers for name, values in _parameters(layer).items()},
        "classes": list(model.classes),
    }
    return write_json(plain).encode()


def _described(layer: Stacked) -> dict[str, Any]:
    return {
        "weights": f"w{layer.number}",
        "biases": None if layer.bias is None else f"b{layer.number}",
        "activation": layer.activation.model_dump(mode="json"),
    }


def _parameters(layer: Stacked) -> dict[str, Any]:
    biases = {} if layer.bias is None else {f"b{layer.number}": layer.bias.tolist()}
    return {f"w{layer.number}": layer.weights.tolist(), **biases}
