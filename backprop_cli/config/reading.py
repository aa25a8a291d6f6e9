"""From the data section of a config to samples, and what is wrong with them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from backprop_cli.config.data_section import AnyData, FileData, InlineData, Part, PartsData
from backprop_cli.config.network import Network
from backprop_cli.data.dataset import Dataset, divide
from backprop_cli.data.encoding import Encoding, encode
from backprop_cli.data.frames import Frame
from backprop_cli.data.gaps import Gaps
from backprop_cli.data.preparation import Preparation, Scale
from backprop_cli.data.samples import Samples
from backprop_cli.data.sources import Selection, Source, from_one, from_several
from backprop_cli.documents.tree import listed
from backprop_cli.errors import DataError, Problem, counted
from backprop_cli.immutable import immutable

_MOST_LISTED = 12
_MIB = 2**20


Role: TypeAlias = Literal["file", "validation_file", "test_file"]
OTHERS: tuple[Role, ...] = ("validation_file", "test_file")


@immutable
class Held:
    """Samples, as they are written.

    Attributes:
        samples: all that a source has.
        source: the files that they came from; None where the config holds them.
    """

    samples: Samples
    source: Source | None = None

    @property
    def file(self) -> str:
        """Name the file of the inputs; empty where the config holds them."""
        return self.source.inputs.frame.name if self.source else ""


@immutable
class Read:
    """What was read for a data section.

    Attributes:
        data: to train on, and to divide where it says so.
        validation: of a file of their own; None without one.
        test: of a file of their own; None without one.
        encoding: what the columns of the files stand for; None where the config holds the samples.
    """

    data: Held
    validation: Held | None = None
    test: Held | None = None
    encoding: Encoding | None = None

    @property
    def parts(self) -> tuple[Held, ...]:
        """All samples that were read."""
        return tuple(held for held in (self.data, self.validation, self.test) if held is not None)


def read(data: AnyData, network: Network, folder: Path) -> Read:
    """Read all samples.

    Args:
        data: the section.
        network: that they are for.
        folder: that paths start at.

    Raises:
        DataError: every problem of the files.
    """
    if isinstance(data, InlineData):
        return Read(Held(_inline(data)))
    source = _source(data, folder, "file")
    encoding, samples = encode(
        source.read(), network.layers[-1].units, data.labels, Gaps(data.missing, frozenset(data.missing_texts))
    )
    problems = list(_check_widths(source, samples, network))
    others: dict[Role, Held | None] = {}
    for role in OTHERS:
        try:
            others[role] = _read_other(data, folder, role, source, encoding)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return Read(Held(samples, source), others["validation_file"], others["test_file"], encoding)


def dataset_of(found: Read, data: AnyData, seed: int) -> Dataset:
    """Divide what was read, and prepare all parts.

    Args:
        found: what was read.
        data: the section that says how.
        seed: of the draw that divides.

    Raises:
        DataError: the training part does not have what is to be learned from it.
    """
    training, kept = divide(found.data.samples, data.validation, seed)
    validation = found.validation.samples if found.validation else kept
    test = found.test.samples if found.test else None
    scale: Scale | None = "standardize" if data.standardize else "min_max" if data.min_max else None
    preparation = Preparation.learn(training, found.encoding, scale, data.divide, found.data.file)
    return Dataset.prepared(preparation, training, validation, test)


def _inline(data: InlineData) -> Samples:
    inputs = np.array(data.inputs, dtype=np.float64)
    targets = None if data.targets is None else np.array(data.targets, dtype=np.float64)
    weights = None if data.weights is None else np.array(data.weights, dtype=np.float64)
    return Samples(inputs, targets, weights=weights)


def _read_other(
    data: FileData | PartsData, folder: Path, role: Role, training: Source, encoding: Encoding
) -> Held | None:
    """Read a file of the same columns as the training samples."""
    first = data if isinstance(data, FileData) else data.inputs
    if getattr(first, role) is None:
        return None
    source = _source(data, folder, role, training)
    return Held(encoding.read(source.read()), source)


def _source(data: FileData | PartsData, folder: Path, role: Role, training: Source | None = None) -> Source:
    """Open the files of a role; columns that the config leaves open are those of the training samples."""
    if isinstance(data, FileData):
        frame = _frame(data, folder, role, data.window)
        inputs = data.inputs or (_names(training.inputs, frame) if training else None)
        return from_one(frame, inputs, data.targets, data.weights)
    chosen: list[Selection | None] = []
    problems: list[Problem] = []
    known = (training.inputs, training.targets, training.weights) if training else (None, None, None)
    for part, like in zip((data.inputs, data.targets, data.weights), known, strict=True):
        try:
            chosen.append(_selection(part, folder, role, like, data.window) if part else None)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    first, targets, weights = chosen
    assert first is not None  # noqa: S101  there is always a file of inputs
    return from_several(first, targets, weights)


def _frame(data: FileData | Part, folder: Path, role: Role, window: float) -> Frame:
    # Formats are loaded where there are files.
    from backprop_cli.data.opening import open_frame

    return open_frame(os.fspath(folder / getattr(data, role)), delimiter=data.delimiter, window=window * _MIB)


def _selection(part: Part, folder: Path, role: Role, like: Selection | None, window: float) -> Selection:
    frame = _frame(part, folder, role, window)
    return Selection(frame, part.columns or (_names(like, frame) if like else None) or frame.names)


def _names(like: Selection, frame: Frame) -> tuple[str, ...] | None:
    """Give the columns of the training samples where both files have names for columns."""
    return like.names if frame.has_names and like.frame.has_names else None


def _check_widths(source: Source, samples: Samples, network: Network) -> Iterator[Problem]:
    """Find files whose columns do not fit the network."""
    width, outputs = samples.inputs.shape[1], network.layers[-1].units
    if width != network.inputs:
        names = listed(samples.input_names, _MOST_LISTED)
        message = f"{counted(width, 'input column')} ({names}), but network.inputs is {network.inputs}"
        yield source.inputs.frame.header_problem(message)
    if samples.targets is not None and source.targets is not None and samples.targets.shape[1] != outputs:
        found = counted(samples.targets.shape[1], "target column")
        yield source.targets.frame.header_problem(f"{found}, but the last layer has {counted(outputs, 'unit')}")
