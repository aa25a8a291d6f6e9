"""From the data section of a config to samples, and what is wrong with them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backprop_cli.config.data_section import AnyData, FileData, InlineData, Part, PartsData
from backprop_cli.config.network import Network
from backprop_cli.data.encoding import Encoding, encode
from backprop_cli.data.opening import open_frame
from backprop_cli.data.samples import Samples
from backprop_cli.data.sources import Selection, Source, from_one, from_two
from backprop_cli.errors import DataError, Problem, counted

_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Read:
    """What was read for a data section.

    Attributes:
        samples: all of them, as they are written.
        source: the files that they came from; None where the config holds them.
        encoding: what the columns of the files stand for; None where the config holds them.
    """

    samples: Samples
    source: Source | None = None
    encoding: Encoding | None = None


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
        return Read(_inline(data))
    source = _source(data, folder)
    encoding, samples = encode(source.read(), network.layers[-1].units)
    problems = list(_check_widths(source, samples, network))
    if problems:
        raise DataError(problems)
    return Read(samples, source, encoding)


def _inline(data: InlineData) -> Samples:
    inputs = np.array(data.inputs, dtype=np.float64)
    targets = None if data.targets is None else np.array(data.targets, dtype=np.float64)
    return Samples(inputs, targets, np.arange(1, len(inputs) + 1))


def _source(data: FileData | PartsData, folder: Path) -> Source:
    if isinstance(data, FileData):
        frame = open_frame(os.fspath(folder / data.file), delimiter=data.delimiter)
        return from_one(frame, data.inputs, data.targets)
    chosen: list[Selection] = []
    problems: list[Problem] = []
    for part in (data.inputs, data.targets):
        try:
            chosen += [_selection(part, folder)] if part else []
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return from_two(chosen[0], chosen[1] if data.targets else None)


def _selection(part: Part, folder: Path) -> Selection:
    frame = open_frame(os.fspath(folder / part.file), delimiter=part.delimiter)
    return Selection(frame, part.columns or frame.names)


def _check_widths(source: Source, samples: Samples, network: Network) -> Iterator[Problem]:
    """Find files whose columns do not fit the network."""
    width, outputs = samples.inputs.shape[1], network.layers[-1].units
    if width != network.inputs:
        listed = ", ".join(samples.input_names[:_MOST_LISTED])
        more = ", …" if len(samples.input_names) > _MOST_LISTED else ""
        message = f"{counted(width, 'input column')} ({listed}{more}), but network.inputs is {network.inputs}"
        yield source.inputs.frame.header_problem(message)
    if samples.targets is not None and source.targets is not None and samples.targets.shape[1] != outputs:
        found = counted(samples.targets.shape[1], "target column")
        yield source.targets.frame.header_problem(f"{found}, but the last layer has {counted(outputs, 'unit')}")
