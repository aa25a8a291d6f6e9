"""Which columns of a file a trained network takes: by name where both have names for them, else by position."""

import re
from dataclasses import replace
from functools import partial

import numpy as np

from backprop_cli.data.encoding import Block, Encoding
from backprop_cli.data.frames import ArchiveFrame, Column, Frame, Numbers, limited
from backprop_cli.data.matrix import mapped
from backprop_cli.data.sources import Names, Selection, Source, from_one
from backprop_cli.documents.tree import listed
from backprop_cli.errors import DataError, counted
from backprop_cli.immutable import immutable

_MOST_LISTED = 12
# What the columns of an array in an archive have behind its name.
_NUMBER = re.compile(r"\[\d+\]$")


@immutable
class Wanted:
    """What a network takes.

    Attributes:
        inputs: what training called the input columns.
        targets: what it called the target columns; empty where that is not known.
        counts: how many target columns there may be: one for a label, or one for each output.
        weights: what it called the column that says how much samples count; empty where there was none.
        has_names: whether these names mean anything to who writes a file; those of arrays are numbers.
    """

    inputs: Names
    targets: Names
    counts: tuple[int, ...]
    weights: str
    has_names: bool


def source_of_inputs(frame: Frame, wanted: Wanted) -> Source:
    """Take the inputs from a file; other columns are left alone.

    Raises:
        DataError: columns are missing, or it cannot be told which are meant.
    """
    return from_one(frame, _inputs(frame, wanted), None)


def source_of_both(frame: Frame, targets: Frame | None, wanted: Wanted) -> Source:
    """Take inputs and targets from a file, or targets from a second one, and weights where the file has them.

    Raises:
        DataError: columns are missing, or it cannot be told which are meant.
    """
    inputs = _inputs(frame, wanted)
    weights = wanted.weights if wanted.weights in frame.names and wanted.weights not in inputs else None
    if targets is None:
        others = tuple(name for name in frame.names if name not in (*inputs, weights))
        return from_one(frame, inputs, _targets(frame, others, wanted), weights)
    counting = Selection(frame, (weights,)) if weights is not None else None
    return Source(Selection(frame, inputs), Selection(targets, _targets(targets, targets.names, wanted)), counting)


def aligned(encoding: Encoding, columns: list[Column]) -> tuple[Encoding, list[Column]]:
    """Let what is known of input columns and what was read of them go in the same groups, as formats differ in that."""
    blocks = encoding.inputs
    if [len(block.names) for block in blocks] == [len(column.names) for column in columns]:
        return encoding, columns
    if len(columns) == 1 and not any(block.words for block in blocks):
        return replace(encoding, inputs=(Block(tuple(name for block in blocks for name in block.names)),)), columns
    single = tuple(Block((name,), block.words) for block in blocks for name in block.names)
    return replace(encoding, inputs=single), [one for column in columns for one in _apart(column)]


def _apart(column: Column) -> list[Column]:
    """Give columns one by one."""
    if not isinstance(column, Numbers) or len(column.names) == 1:
        return [column]
    columns = ((name, partial(np.take, indices=[at], axis=1)) for at, name in enumerate(column.names))
    return [Numbers((name,), mapped(column.values, taken)) for name, taken in columns]


def _inputs(frame: Frame, wanted: Wanted) -> Names:
    names, known = _in(frame, wanted.inputs), frame.names
    width = 1 if isinstance(frame, ArchiveFrame) else len(names)
    if not frame.has_names and len(known) == width:
        return known
    if set(names) <= set(known):
        return names
    if _have_names(frame, wanted) and len(known) > 1:
        raise DataError(limited(frame.name, frame.missing(names)))
    if len(known) - width not in {0, *wanted.counts}:
        raise DataError([frame.header_problem(_unclear(frame, width))])
    return known[:width]


def _targets(frame: Frame, others: Names, wanted: Wanted) -> Names:
    """Choose among columns that are no inputs."""
    names = _in(frame, wanted.targets)
    if names and set(names) <= set(others):
        return names
    if names and _have_names(frame, wanted):
        raise DataError(limited(frame.name, frame.missing(names)))
    if len(others) not in ({1} if isinstance(frame, ArchiveFrame) else set(wanted.counts)):
        raise DataError([frame.header_problem(_untold(others, wanted))])
    return others


def _have_names(frame: Frame, wanted: Wanted) -> bool:
    """Say whether a file has to name its columns as training did; no table has names as those of an array's columns."""
    of_arrays = all(_NUMBER.search(name) for name in wanted.inputs)
    return wanted.has_names and frame.has_names and (isinstance(frame, ArchiveFrame) or not of_arrays)


def _in(frame: Frame, names: Names) -> Names:
    """Give names as a kind of file has them: an archive has one for all columns of an array."""
    if isinstance(frame, ArchiveFrame):
        return tuple(dict.fromkeys(name if name in frame.names else _NUMBER.sub("", name) for name in names))
    return names


def _unclear(frame: Frame, width: int) -> str:
    what = "array" if isinstance(frame, ArchiveFrame) else "column"
    found = f"{counted(len(frame.names), what)} ({listed(frame.names, _MOST_LISTED)})"
    return f"{found}, but the network takes {width:,}; leave the others out, or put the targets behind them"


def _untold(others: Names, wanted: Wanted) -> str:
    need = " or ".join(f"{count:,}" for count in sorted(set(wanted.counts)))
    found = f"{counted(len(others), 'column')} ({listed(others, _MOST_LISTED)})" if others else "no columns"
    todo = "put the targets behind the inputs, or name their own file with --targets"
    return f"{found} beside the inputs, where {need} must hold the targets; {todo}"
