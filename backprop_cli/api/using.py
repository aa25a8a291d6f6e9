"""Use what was trained: predict, and say how well a model does."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TypeAlias

from backprop_cli.config.asked import metrics_asked
from backprop_cli.data.frames import ArrayFrame, Frame
from backprop_cli.data.npy import plain_array
from backprop_cli.errors import UsageError, counted
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array
from backprop_cli.training import evaluation
from backprop_cli.training.evaluation import Evaluation
from backprop_cli.training.model import Model, opened
from backprop_cli.training.predictor import Predictor
from backprop_cli.training.using import STDIN, data_for, inputs_in, samples_in

# A run folder or a file, or what `load_model` made of one.
AnyModel: TypeAlias = Model | str | os.PathLike[str]
# A file, or an array or nested lists with one row per sample.
AnyData: TypeAlias = Array | Sequence[object] | str | os.PathLike[str]


@immutable
class Predictions:
    """What a model says of samples, in their order.

    Attributes:
        rows: the 1-based row of the data of each; some are missing where `data.missing` drops them.
        outputs: of the network, (samples, outputs).
        names: of the outputs: classes, or `yhat_1`, ...
        classes: the class that each sample is taken for; empty where outputs are numbers.
    """

    rows: tuple[int, ...]
    outputs: Array
    names: tuple[str, ...]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<Predictions of {counted(len(self), 'sample')}: {', '.join(self.names)}>"

    def __iter__(self) -> Iterator[str | list[float]]:
        """Walk the classes, or the outputs where they are numbers."""
        yield from self.classes or self.outputs.tolist()


def load_model(path: str | os.PathLike[str]) -> Model:
    """Read a trained model from its run folder or its file.

    Raises:
        StorageError: there is none, or it cannot be used.
    """
    return opened(Path(path))


def predictor_of(model: AnyModel, data: AnyData, *, stdin: BinaryIO | None = None) -> tuple[Predictor, int]:
    """Give what predicts a file portion by portion, and how many rows the file has; the rest as for `predict`."""
    found = _model(model)
    samples, rows = inputs_in(found, _frame(found, data, stdin))
    return Predictor(found, samples), rows


def predict(model: AnyModel, data: AnyData, *, stdin: BinaryIO | None = None) -> Predictions:
    """Predict all samples of a file.

    Args:
        model: a run folder or a model file, or what `load_model` made of one.
        data: a file of any format that training reads, `-` for a table on standard input, or an array (or lists) with
            a row for each sample.  Columns go by their names in training where there are any, else by position.
        stdin: what `-` reads.

    Raises:
        DataError: columns are missing, or cells cannot be read.
        StorageError: the model cannot be used.
    """
    predictor, _ = predictor_of(model, data, stdin=stdin)
    found = predictor.whole()
    places = [] if found.classes is None else found.classes.tolist()
    classes = tuple(predictor.classes[place] for place in places)
    return Predictions(tuple(found.rows.tolist()), found.outputs, predictor.names, classes)


def evaluate(
    model: AnyModel,
    data: AnyData,
    targets: AnyData | None = None,
    *,
    metrics: Sequence[str] = (),
    expect: Sequence[str] = (),
    stdin: BinaryIO | None = None,
) -> Evaluation:
    """Say how well a model does on samples whose targets are known.

    Args:
        model: as for `predict`.
        data: as for `predict`, with the targets beside the inputs unless they are in a file of their own.
        targets: that file, or array.
        metrics: what to measure beside the loss, as `metrics:` of a config; by default what training measured.
        expect: conditions, as `accuracy >= 0.95`.
        stdin: what `-` reads.

    Raises:
        DataError: columns are missing, cells cannot be read, or targets are nothing that the loss can take.
        UsageError: a metric or a condition is none.
        StorageError: the model cannot be used.
    """
    if isinstance(data, str) and isinstance(targets, str) and data == targets == STDIN:
        raise UsageError("data and targets cannot both come from standard input; give one of them as a file")
    found = _model(model)
    asked = metrics_asked(metrics, found.network.layout.topology.layers[-1].units) if metrics else None
    frames = _frame(found, data, stdin), None if targets is None else _frame(found, targets, stdin)
    samples, forgets = samples_in(found, *frames)
    return evaluation.evaluate(found, samples, asked, expect, forgets_weights=forgets)


def _model(model: AnyModel) -> Model:
    return model if isinstance(model, Model) else load_model(model)


def _frame(model: Model, data: AnyData, stdin: BinaryIO | None) -> Frame:
    if isinstance(data, str | os.PathLike):
        return data_for(model, data, stdin=stdin)
    return ArrayFrame("the array", plain_array(data))
