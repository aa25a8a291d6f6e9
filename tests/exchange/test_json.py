"""A model as JSON: twenty lines of plain Python predict with it."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_cli.data.preparation import Preparation
from backprop_cli.exchange import to_json
from backprop_cli.rules.activations.elu import Elu
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.training.model import Model


def softmax(z: list[float]) -> list[float]:
    e = [math.exp(each - max(z)) for each in z]
    return [each / sum(e) for each in e]


FUNCTIONS: dict[str, Callable[..., list[float]]] = {
    "sigmoid": lambda z: [1 / (1 + math.exp(-each)) for each in z],
    "tanh": lambda z: [math.tanh(each) for each in z],
    "elu": lambda z, alpha: [each if each > 0 else alpha * math.expm1(each) for each in z],
    "softmax": lambda z, shift: softmax(z),
}


def predict(model: Any, inputs: list[float]) -> list[float]:
    """Do what the documentation says, and nothing else."""
    prepare, a = model["preparation"], inputs
    if prepare["fill"]:
        a = [fill if math.isnan(x) else x for x, fill in zip(a, prepare["fill"], strict=True)]
    if prepare["shift"]:
        shift, scale = (prepare[key] * (len(a) // len(prepare[key])) for key in ("shift", "scale"))
        a = [(x - s) / d for x, s, d in zip(a, shift, scale, strict=True)]
    for layer in model["layers"]:
        weights = model["parameters"][layer["weights"]]
        biases = model["parameters"][layer["biases"]] if layer["biases"] else [0.0] * len(weights)
        z = [b + sum(w * x for w, x in zip(row, a, strict=True)) for row, b in zip(weights, biases, strict=True)]
        settings = dict(layer["activation"])
        a = FUNCTIONS[settings.pop("name")](z, **settings)
    return a


PREPARATIONS = (
    Preparation(),
    Preparation(None, np.array([0.1, 0.2, 0.3]), np.array([1.0, -2.0, 0.5]), np.array([2.0, 1.0, 3.0])),
    Preparation(None, None, np.zeros(1), np.full(1, 4.0)),
)


@pytest.mark.parametrize("activation", [Sigmoid(), Tanh(), Elu(alpha=2.0), Softmax()], ids=lambda rule: rule.title)
@pytest.mark.parametrize("preparation", PREPARATIONS)
def test_twenty_lines_predict_what_the_engine_does(
    activation: Any,
    preparation: Preparation,
    bias: str,
    dtype: str,
    model_of: Callable[..., Model],
    predicted: Callable[..., Any],
    inputs: Any,
) -> None:
    model = model_of(activation, bias, dtype, preparation)
    x = inputs.copy()
    prepared = x
    if preparation.fill is not None:
        x[::2, 0] = np.nan
        prepared = np.where(np.isnan(x), preparation.fill, x)
    if preparation.shift is not None and preparation.scale is not None:
        prepared = (prepared - preparation.shift) / preparation.scale

    plain = json.loads(to_json.written(model))

    tolerance = 1e-5 if dtype == "float32" else 1e-12
    found = [predict(plain, row) for row in x.tolist()]
    np.testing.assert_allclose(found, predicted(model, prepared), rtol=tolerance, atol=tolerance)


def test_the_document_says_what_it_is(model_of: Callable[..., Model]) -> None:
    plain = json.loads(to_json.written(model_of(Elu(alpha=2.0), "none", "float32")))
    parameters = plain.pop("parameters")

    assert plain.pop("producer").startswith("backprop ")
    assert plain == {
        "schema": 1,
        "dtype": "float32",
        "topology": [3, 4, 2],
        "inputs": ["x_1", "x_2", "x_3"],
        "preparation": {"encoding": None, "fill": None, "shift": None, "scale": None},
        "layers": [
            {"weights": "w1", "biases": None, "activation": {"name": "elu", "alpha": 2.0}},
            {"weights": "w2", "biases": None, "activation": {"name": "elu", "alpha": 2.0}},
        ],
        "classes": ["no", "yes"],
    }
    assert {name: np.shape(values) for name, values in parameters.items()} == {"w1": (4, 3), "w2": (2, 4)}
