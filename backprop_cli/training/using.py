"""Samples for a trained network, from files of any format, prepared as those that it was trained on."""

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from backprop_cli.config import fitness, weighing
from backprop_cli.config.data_section import FileData, InlineData, Part, PartsData
from backprop_cli.config.loader import target_problem
from backprop_cli.config.reading import Held
from backprop_cli.data.cells import is_words
from backprop_cli.data.choosing import Wanted, aligned, source_of_both, source_of_inputs
from backprop_cli.data.encoding import Block, Encoding
from backprop_cli.data.frames import Column, Frame, TableFrame, Texts
from backprop_cli.data.gaps import STRICT, Gaps
from backprop_cli.data.opening import WINDOW, names_columns, open_frame
from backprop_cli.data.samples import Samples
from backprop_cli.data.sources import Columns, Source
from backprop_cli.documents.files import Location
from backprop_cli.documents.table_reader import read_stream
from backprop_cli.errors import DataError, counted
from backprop_cli.training.model import Model

STDIN = "-"
_MIB = 2**20


def inputs_in(model: Model, frame: Frame) -> tuple[Samples, int]:
    """Read what a model is to say something of, and say how many rows there are, with those left out.

    Raises:
        DataError: columns are missing, or cells cannot be read.
    """
    return _read(model, source_of_inputs(frame, wanted_by(model)))


def samples_in(model: Model, frame: Frame, targets: Frame | None = None) -> tuple[Samples, bool]:
    """Read what a model is to be judged by: inputs and targets of one file, or of two.

    Returns:
        The samples, and whether there are no weights of theirs, though samples counted differently in training.

    Raises:
        DataError: columns are missing, cells cannot be read, or targets are nothing that the loss can take.
    """
    source = source_of_both(frame, targets, wanted_by(model))
    samples = _weighed(model, _read(model, source)[0], source)
    assert source.targets is not None  # noqa: S101  they were chosen
    problems = [
        target_problem(
            source.targets, samples, row if samples.rows is None else int(samples.rows[row]), column, message
        )
        for row, column, message in fitness.check_targets(model.experiment.loss, samples)
    ]
    if problems:
        raise DataError(problems)
    return samples, model.experiment.data.weights is not None and source.weights is None


def _weighed(model: Model, samples: Samples, source: Source) -> Samples:
    """Let each sample count as its class did in training."""
    if not model.class_weights:
        return samples
    assert source.targets is not None  # noqa: S101  they were chosen
    flaw = weighing.flaw_in(Held(samples, source))
    if flaw:
        raise DataError([source.targets.frame.header_problem(flaw)])
    return weighing.weighed_by(samples, np.array(model.class_weights))


def data_for(model: Model, path: Location, *, stdin: BinaryIO | None = None) -> Frame:
    """Open a file of samples, or standard input for `-`, which is a table.

    Raises:
        DataError: it cannot be read.
        MissingExtra: what reads it is not installed.
    """
    data = model.experiment.data
    sections: list[FileData | Part | None] = [data] if isinstance(data, FileData) else []
    if isinstance(data, PartsData):
        sections += [data.inputs, data.targets]
    name = os.fspath(path)
    if name == STDIN:
        stream = stdin or sys.stdin.buffer
        return TableFrame(read_stream(stream, "<stdin>", delimiter=_delimiter(sections)))
    alike = [one for one in sections if one and Path(one.file).suffix == Path(name).suffix]
    window = WINDOW if isinstance(data, InlineData) else data.window * _MIB
    return open_frame(name, delimiter=_delimiter(alike), window=window)


def _delimiter(sections: Iterable[FileData | Part | None]) -> str | None:
    """Give the delimiter of the first table, where the config names one."""
    return next((one.delimiter for one in sections if one and one.delimiter), None)


def wanted_by(model: Model) -> Wanted:
    """Say which columns a model takes."""
    encoding, data = encoding_of(model), model.experiment.data
    inputs = tuple(name for block in encoding.inputs for name in block.names)
    counts = (1, encoding.outputs) if model.classes else (encoding.outputs,)
    numbered = not _has_header(model) and all(name.isdecimal() for name in inputs)
    weights = (data.weights or "") if isinstance(data, FileData) else ""
    return Wanted(inputs, _target_names(model), counts, weights, not numbered and not isinstance(data, InlineData))


def _has_header(model: Model) -> bool:
    """Say whether the file of the inputs surely names its columns; some name them by numbers, years, say."""
    data = model.experiment.data
    section = data.inputs if isinstance(data, PartsData) else data
    return isinstance(section, FileData | Part) and names_columns(section.file)


def _target_names(model: Model) -> tuple[str, ...]:
    data, outputs = model.experiment.data, model.network.layout.topology.layers[-1].units
    if isinstance(data, InlineData):
        return tuple(f"y_{number}" for number in range(1, outputs + 1))
    if isinstance(data, FileData):
        return data.targets or ()
    return (data.targets.columns or ()) if data.targets else ()


def encoding_of(model: Model) -> Encoding:
    """Say what the columns of files stand for; where the config held the samples, they are named as quantities are."""
    if model.preparation.encoding is not None:
        return model.preparation.encoding
    topology = model.network.layout.topology
    names = tuple(f"x_{number}" for number in range(1, topology.inputs + 1))
    return Encoding(tuple(Block((name,)) for name in names), topology.layers[-1].units, (), STRICT)


def _read(model: Model, source: Source) -> tuple[Samples, int]:
    columns = source.read()
    encoding, inputs = aligned(_of_targets(model, encoding_of(model), columns), columns.inputs)
    samples = encoding.read(replace(columns, inputs=inputs))
    outputs = encoding.outputs
    if samples.targets is not None and source.targets is not None and samples.targets.shape[1] != outputs:
        found = counted(samples.targets.shape[1], "target column")
        message = f"{found}, but the last layer has {counted(outputs, 'unit')}"
        raise DataError([source.targets.frame.header_problem(message)])
    return model.preparation.apply(samples), len(inputs[0])


def _of_targets(model: Model, encoding: Encoding, columns: Columns) -> Encoding:
    """Say whether targets are labels of classes, or numbers: files may differ from those of training in that."""
    width = sum(len(column.names) for column in columns.targets)
    if width == encoding.outputs > 1:
        return replace(encoding, classes=())
    are_labels = encoding.outputs > 1 or _are_words(columns.targets, encoding.gaps)
    if encoding.classes or width != 1 or not model.classes or not are_labels:
        return encoding
    return replace(encoding, classes=model.classes)


def _are_words(columns: list[Column], gaps: Gaps) -> bool:
    return any(isinstance(column, Texts) and is_words(column, gaps) for column in columns)
