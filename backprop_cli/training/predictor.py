"""What a trained network says of samples, portion by portion."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.archive import Member, archive
from backprop_cli.data.batches import Rows
from backprop_cli.data.samples import Samples
from backprop_cli.engine.network import Network
from backprop_cli.engine.passes import forward
from backprop_cli.engine.script import bind
from backprop_cli.engine.workspace import Workspace
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array
from backprop_cli.training.judge import PORTION
from backprop_cli.training.model import Model
from backprop_cli.training.plan import judge_among


@immutable
class Portion:
    """What is said of some samples, in their order.

    Attributes:
        rows: the 1-based row of the data of each.
        outputs: of the network, (samples, outputs).
        classes: the number, from 0, of the class that each is taken for; None where outputs are numbers.
    """

    rows: Rows
    outputs: Array
    classes: NDArray[np.intp] | None


class Predictor:
    """Says what a model makes of samples, each time that it is gone through.

    Attributes:
        classes: names of the classes, in order; empty where outputs are numbers.
        names: of the outputs: the classes, the second of two where there is one output, or else `yhat_1`, ...
        samples: how many are predicted.
        shape: of all outputs, (samples, outputs).
        dtype: of the outputs.
    """

    def __init__(self, model: Model, samples: Samples, size: int = PORTION) -> None:
        """Prepare to predict.

        Args:
            model: that predicts.
            samples: of which it does, prepared.
            size: samples of a portion; the same sizes give the same bits, others may differ in the last.
        """
        self.classes = model.classes
        outputs = model.network.layout.topology.layers[-1].units
        self.names = names_of_outputs(model.classes, outputs)
        self.dtype = model.network.theta.dtype
        self.samples = len(samples)
        self.shape = self.samples, outputs
        self._network, self._data, self._size = model.network, samples, size
        self._judge = judge_among(model.metrics, classes=bool(model.classes))

    def __iter__(self) -> Iterator[Portion]:
        bound: dict[int, _Bound] = {}
        for start in range(0, self.samples, self._size):
            inputs = self._data.inputs[start : start + self._size]
            count = len(inputs)
            pass_ = bound.get(count) or bound.setdefault(count, _Bound(self._network, count))
            outputs = pass_(inputs)
            classes = None if self._judge is None else self._judge.classes_of(outputs.T)
            yield Portion(self._data.numbered(np.arange(start, start + count)), outputs, classes)

    def whole(self) -> Portion:
        """Predict all samples at once, in memory."""
        portions = list(self)
        classes = [one.classes for one in portions if one.classes is not None]
        return Portion(
            np.concatenate([one.rows for one in portions]),
            np.concatenate([one.outputs for one in portions]),
            np.concatenate(classes) if classes else None,
        )


def names_of_outputs(classes: tuple[str, ...], outputs: int) -> tuple[str, ...]:
    """Name outputs after the classes that they are of, or as quantities are named."""
    if not classes:
        return tuple(f"yhat_{number}" for number in range(1, outputs + 1))
    return classes if outputs > 1 else classes[1:]


class _Bound:
    """A forward pass, bound to arrays for a number of samples."""

    def __init__(self, network: Network, samples: int) -> None:
        self._space = Workspace.empty(network, samples)
        self._run = bind(forward(network, self._space))

    def __call__(self, inputs: NDArray[np.generic]) -> Array:
        """Give the outputs, (samples, outputs), as a new array."""
        # What is too large for the network becomes infinite, and is shown as that.
        with np.errstate(all="ignore"):
            self._space.x_and_one[:, :-1] = inputs
            self._run()
        return self._space.layers[-1].a.T.copy()


def archived(predictor: Predictor) -> Iterator[bytes]:
    """Give the bytes of an `.npz` archive: outputs, (samples, outputs), rows; with classes, classes and predicted."""
    rows: list[Rows] = []
    places: list[NDArray[np.intp]] = []

    def outputs() -> Iterator[Array]:
        for portion in predictor:
            rows.append(portion.rows)
            if portion.classes is not None:
                places.append(portion.classes)
            yield portion.outputs

    def members() -> Iterator[Member]:
        yield Member("outputs", predictor.shape, predictor.dtype, outputs())
        # By now all portions have come by.
        yield Member.of("rows", np.concatenate(rows))
        if predictor.classes:
            classes = np.array(predictor.classes)
            yield Member.of("classes", classes)
            yield Member("predicted", (predictor.samples,), classes.dtype, (classes[place] for place in places))

    return archive(members())
