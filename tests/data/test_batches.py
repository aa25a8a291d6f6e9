"""The orders of epochs."""

import numpy as np
import pytest

from backprop_cli.data.batches import Batches

ORDERS = {
    "as in the file": Batches(20, 3, shuffle=False, seed=1),
    "shuffled": Batches(20, 3, shuffle=True, seed=1),
    "in one step": Batches(20, 20, shuffle=True, seed=1),
    "named by number": Batches(4, 1, shuffle=True, seed=1, order=((0,), (2, 1), (3,))),
}


@pytest.mark.parametrize("batches", ORDERS.values(), ids=ORDERS)
def test_an_epoch_that_is_entered_later_goes_on_as_the_whole_one(batches: Batches) -> None:
    """The steps that are left out change nothing of those that follow."""
    whole = list(batches.epoch(2))
    assert len(whole) == batches.per_epoch
    for start in range(len(whole) + 1):
        found = list(batches.epoch(2, start))
        assert [rows.tolist() for rows in found] == [rows.tolist() for rows in whole[start:]]


@pytest.mark.parametrize("batches", ORDERS.values(), ids=ORDERS)
def test_an_epoch_takes_each_sample_once(batches: Batches) -> None:
    """No sample is left out or taken twice."""
    assert sorted(np.concatenate(list(batches.epoch(3))).tolist()) == list(range(batches.samples))
