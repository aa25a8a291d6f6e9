"""A model as PyTorch's state_dict: `Sequential(Linear, activation, …)` takes it as it is, and predicts the same."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

from backprop_cli.exchange import to_state_dict
from backprop_cli.rules.activations.leaky_relu import LeakyRelu
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.training.model import Model

torch = pytest.importorskip("torch")
nn = torch.nn
load_file = pytest.importorskip("safetensors.torch").load_file

MODULES = {
    Sigmoid(): nn.Sigmoid(),
    Tanh(): nn.Tanh(),
    LeakyRelu(negative_slope=0.3): nn.LeakyReLU(0.3),
    Softmax(): nn.Softmax(dim=1),
}


@pytest.mark.parametrize(("activation", "module"), MODULES.items(), ids=[rule.title for rule in MODULES])
def test_pytorch_loads_it_and_predicts_the_same(
    activation: Any,
    module: Any,
    bias: str,
    dtype: str,
    model_of: Callable[..., Model],
    predicted: Callable[..., Any],
    inputs: Any,
    tmp_path: Path,
) -> None:
    model = model_of(activation, bias, dtype)
    path = tmp_path / "network.safetensors"
    path.write_bytes(to_state_dict.written(model))
    has_bias = bias != "none"
    network = nn.Sequential(nn.Linear(3, 4, bias=has_bias), module, nn.Linear(4, 2, bias=has_bias), module)
    network.to(getattr(torch, dtype))

    network.load_state_dict(load_file(path))

    x = inputs.astype(dtype)
    with torch.no_grad():
        yhat = network(torch.from_numpy(x)).numpy()
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(yhat, predicted(model, x), rtol=tolerance, atol=tolerance)


def test_the_file_says_what_the_network_is_of(model_of: Callable[..., Model], tmp_path: Path) -> None:
    path = tmp_path / "network.safetensors"
    path.write_bytes(to_state_dict.written(model_of(LeakyRelu(negative_slope=0.3))))

    with safe_open(path, framework="numpy") as file:
        assert set(file.keys()) == {"0.weight", "0.bias", "2.weight", "2.bias"}
        assert json.loads(file.metadata()["sequential"]) == {
            "activations": [{"name": "leaky_relu", "negative_slope": 0.3}] * 2,
            "inputs": ["x_1", "x_2", "x_3"],
            "preparation": {"encoding": None, "fill": None, "shift": None, "scale": None},
            "classes": ["no", "yes"],
        }
