"""What one step did, as read-only copies: the only way out of the engine for its arrays."""

from collections.abc import Mapping

import numpy as np

from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array


def frozen(values: Array) -> Array:
    """Copy an array and make the copy read-only."""
    copy = values.copy()
    copy.flags.writeable = False
    return copy


@immutable
class StepRecord:
    """One training step; rows are neurons, columns are the samples of the batch.

    Attributes:
        step: its number, from 1.
        epoch: the epoch it belongs to, from 1.
        samples: 1-based rows of the data, in the order of the columns.
        rate: the learning rate of this step.
        x: inputs, (inputs, samples).
        y: targets, (outputs, samples).
        weights: what each sample's loss counts, (samples,); None where all count the same.
        z: weighted inputs by layer, each (units, samples).
        f: what the activations give by layer; the same as a where all units take part.
        kept: by layer, 1 for each unit that takes part and 0 for each that is left out; None where all take part.
        a: activations by layer, as the layer above has them.
        delta: dL/dz by layer.
        loss: loss of the batch before the update, penalty included.
        penalty: the penalty's part of it.
        gradient: dL/dθ of the trainable parameters, in the order of the layout.
        applied: the gradient after clipping.
        before: all parameters before the update.
        after: all parameters after it.
        state_before: the optimizer's state by letter, before the update.
        state_after: the same after it.
        turn: what the schedule of the rate had counted before the step, and how many it counts in the whole run.
    """

    step: int
    epoch: int
    samples: tuple[int, ...]
    rate: float
    x: Array
    y: Array
    weights: Array | None
    z: tuple[Array, ...]
    f: tuple[Array, ...]
    kept: tuple[Array | None, ...]
    a: tuple[Array, ...]
    delta: tuple[Array, ...]
    loss: float
    penalty: float
    gradient: Array
    applied: Array
    before: Array
    after: Array
    state_before: Mapping[str, Array]
    state_after: Mapping[str, Array]
    turn: tuple[int, int] = (0, 1)

    @property
    def predictions(self) -> Array:
        """The last layer's activations, (outputs, samples)."""
        return self.a[-1]

    @property
    def change(self) -> Array:
        """After minus before, of all parameters."""
        return np.subtract(self.after, self.before)
