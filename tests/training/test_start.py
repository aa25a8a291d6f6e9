"""The values that training starts from, where they are beyond what the precision holds."""

import io
import json
from typing import Any

import pytest

from backprop_cli.api import load
from backprop_cli.errors import ConfigError
from backprop_cli.training.start import starting_network

HUGE = {"name": "normal", "std": 1e308}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("layer", "key"),
    [
        ({"weights": HUGE, "units": 40}, "weights"),
        ({"weights": {"name": "uniform", "low": -1e308, "high": 1e308}, "units": 2}, "weights"),
        ({"weights": {"name": "zeros"}, "bias": {"initializer": HUGE}, "units": 40}, "bias"),
    ],
    ids=["weights", "bounds", "bias"],
)
def test_a_start_beyond_the_precision_is_refused(layer: dict[str, Any], key: str, dtype: str) -> None:
    with pytest.raises(ConfigError, match=rf"network.layers\[0\].{key}: starts beyond {dtype}; write smaller numbers"):
        starting_network(setup_of(layer, dtype))


@pytest.mark.parametrize(("dtype", "fits"), [("float64", True), ("float32", False)])
def test_what_is_too_large_depends_on_the_precision(dtype: str, fits: bool) -> None:
    setup = setup_of({"weights": [[-1e300, 0.5]], "units": 1}, dtype)
    if fits:
        assert starting_network(setup).theta[0] == -1e300
        return
    with pytest.raises(ConfigError, match="starts beyond float32"):
        starting_network(setup)


def setup_of(layer: dict[str, Any], dtype: str) -> Any:
    config = {
        "network": {"inputs": 2, "layers": [{"activation": "relu"} | layer]},
        "data": {"inputs": [[1.0, 2.0]], "targets": [[0.5] * layer["units"]]},
        "loss": "mse",
        "training": {"dtype": dtype},
    }
    return load("-", stdin=io.StringIO(json.dumps(config)))
