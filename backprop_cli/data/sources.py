"""Which columns of which files are inputs and targets."""

from collections.abc import Sequence
from dataclasses import dataclass

from backprop_cli.data.frames import Column, Frame
from backprop_cli.errors import DataError, Problem, counted

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Columns of a file."""

    frame: Frame
    names: Names

    def read(self) -> list[Column]:
        """Read the columns.

        Raises:
            DataError: they differ in length, or cannot be read.
        """
        columns = list(self.frame.read(self.names))
        rows = len(columns[0])
        uneven = [column for column in columns if len(column) != rows]
        if uneven:
            name, first = uneven[0].names[0], columns[0].names[0]
            message = f"{name!r} has {counted(len(uneven[0]), 'row')}, but {first!r} has {rows:,}"
            raise DataError([self.frame.header_problem(f"{message}; each needs one row per sample")])
        return columns


@dataclass(frozen=True, slots=True)
class Source:
    """Inputs, and the targets where there are any; from one file or from two."""

    inputs: Selection
    targets: Selection | None

    def read(self) -> "Columns":
        """Read both.

        Raises:
            DataError: they differ in length, or cannot be read.
        """
        inputs, targets = self.inputs.read(), self.targets.read() if self.targets else []
        if targets and self.targets and len(targets[0]) != len(inputs[0]):
            counts = f"{counted(len(targets[0]), 'row')} of targets for {counted(len(inputs[0]), 'row')}"
            message = f"{counts} of inputs in {self.inputs.frame.name}; each sample needs one of both"
            raise DataError([self.targets.frame.header_problem(message)])
        return Columns(self, inputs, targets)


@dataclass(frozen=True, slots=True)
class Columns:
    """What was read of a source.

    Attributes:
        source: where it came from.
        inputs: all of the same length.
        targets: of that length, too; empty where there are none.
    """

    source: Source
    inputs: list[Column]
    targets: list[Column]


def from_one(frame: Frame, inputs: Names | None, targets: Names | None) -> Source:
    """Take inputs and targets from one file.

    Args:
        frame: the file.
        inputs: their columns; by default all that are no targets.
        targets: their columns; None for none.

    Raises:
        DataError: every column that is not there, or is both.
    """
    chosen = targets or ()
    used = inputs or tuple(name for name in frame.names if name not in chosen)
    problems = [*frame.missing((*used, *chosen)), *_shared(frame, used, chosen)]
    if not used:
        problems.append(frame.header_problem("every column is a target, so no inputs are left; name fewer targets"))
    if problems:
        raise DataError(problems)
    return Source(Selection(frame, used), Selection(frame, chosen) if chosen else None)


def from_two(inputs: Selection, targets: Selection | None) -> Source:
    """Take inputs from one file and targets from another.

    Raises:
        DataError: every column that is not there.
    """
    chosen = [inputs, targets] if targets else [inputs]
    problems = [problem for one in chosen for problem in one.frame.missing(one.names)]
    if problems:
        raise DataError(problems)
    return Source(inputs, targets)


def _shared(frame: Frame, inputs: Sequence[str], targets: Sequence[str]) -> list[Problem]:
    both = [name for name in inputs if name in targets]
    return [frame.header_problem(f"column {name!r} is both an input and a target") for name in both]
