"""A model as PyTorch's `Sequential(Linear, activation, Linear, …)` has it: a safetensors file of its state.

Layer k, from 0, is the module 2k, and its activation the module 2k + 1: `0.weight` (units, fan-in), `0.bias` (units,),
`2.weight` and so on.  A layer without biases has none, as `Linear(…, bias=False)`.  The metadata has one entry,
`sequential`: the activations, the names of the inputs, their preparation and the classes, as JSON.
"""

import json

from safetensors.numpy import save

from backprop_cli.exchange.stack import stack
from backprop_cli.rules.base import Array
from backprop_cli.training.model import Model
from backprop_cli.training.using import encoding_of


def written(model: Model) -> bytes:
    """Write the weights and biases."""
    tensors: dict[str, Array] = {}
    for place, layer in enumerate(stack(model.network)):
        tensors[f"{2 * place}.weight"] = layer.weights
        if layer.bias is not None:
            tensors[f"{2 * place}.bias"] = layer.bias
    plain = {
        "activations": [activation.model_dump(mode="json") for activation in model.network.activations],
        "inputs": list(encoding_of(model).input_names),
        "preparation": model.preparation.description(),
        "classes": list(model.classes),
    }
    return save(tensors, {"sequential": json.dumps(plain)})
