"""What is learned of columns is the same, to the last bit, however many rows are at hand at a time."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop_cli.data.batches import Rows
from backprop_cli.data.matrix import Stored
from backprop_cli.data.moments import means_of, moments_of


class Held(Stored):
    """Rows that are at hand all along, and given some at a time."""

    def __init__(self, values: NDArray[Any], most: int) -> None:
        super().__init__((len(values), values.shape[1]), values.dtype, most)
        self._values = values

    def __getitem__(self, rows: slice | Rows) -> NDArray[Any]:
        return self._values[rows]


@pytest.fixture
def values() -> NDArray[np.float64]:
    return np.random.default_rng(4).normal(1e6, 3.0, size=(5000, 3))


@pytest.mark.parametrize("most", [1, 7, 1000, 1024, 4999])
def test_moments_hang_on_the_rows_alone(values: NDArray[np.float64], most: int) -> None:
    whole, some = moments_of(values), moments_of(Held(values, most))
    for name in ("low", "high", "mean", "variance"):
        np.testing.assert_array_equal(getattr(some, name), getattr(whole, name))
    np.testing.assert_allclose(whole.mean, values.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(whole.variance, values.var(axis=0), rtol=1e-9)


@pytest.mark.parametrize("most", [1, 7, 1000, 4999])
def test_means_of_what_is_there_hang_on_the_rows_alone(values: NDArray[np.float64], most: int) -> None:
    values[::3, 1] = np.nan
    for one, other in zip(means_of(values), means_of(Held(values, most)), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(means_of(values)[1], np.nanmean(values, axis=0), rtol=1e-14)
