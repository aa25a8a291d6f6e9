"""Arrays and lists are data like files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_cli.api import load_model, predict, train
from backprop_cli.errors import DataError
from backprop_cli.training.model import Model


@pytest.fixture
def model(tmp_path: Path) -> Model:
    (tmp_path / "c.yaml").write_text(
        "network: {inputs: 2, layers: [{units: 1, activation: sigmoid}]}\n"
        "data: {inputs: [[0, 1], [1, 0]], targets: [0, 1]}\nloss: binary_cross_entropy\n"
    )
    train(tmp_path / "c.yaml", out=tmp_path / "run")
    return load_model(tmp_path / "run")


def test_lists_and_arrays_of_any_numbers_are_alike(model: Model) -> None:
    expected = predict(model, np.array([[0.0, 1.0], [1.0, 0.0]])).outputs
    for given in ([[0, 1], [1, 0]], ((0.0, 1.0), (1.0, 0.0)), np.array([[0, 1], [1, 0]], dtype=">i2")):
        np.testing.assert_array_equal(predict(model, given).outputs, expected)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((0, 2)), "the array: an array of 0 × 2 holds nothing; write one row per sample"),
        (np.float64(1), "the array: this is a single number, not an array; write one row per sample"),
        ([[1, 2], [3]], "the array: its rows differ in length; give each the same"),
        (
            [[1, None]],
            "the array: the array (dtype |O) holds Python objects, which are never unpickled here; save plain numbers",
        ),
        (
            [[1j, 2]],
            (
                "the array: the array (dtype <c16) holds complex numbers; save real and imaginary parts as columns "
                "of their own"
            ),
        ),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(given: Any, message: str, model: Model) -> None:
    with pytest.raises(DataError) as caught:
        predict(model, given)
    assert str(caught.value) == message
