"""Which columns of which files are inputs and targets."""

from collections.abc import Sequence
from dataclasses import field
from itertools import combinations

from backprop_cli.data.frames import Column, Frame
from backprop_cli.errors import DataError, Problem, counted
from backprop_cli.immutable import immutable

Names = tuple[str, ...]


@immutable
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


@immutable
class Source:
    """Inputs, and the targets and weights where there are any; from one file, or from a file each."""

    inputs: Selection
    targets: Selection | None
    weights: Selection | None = None

    def read(self) -> "Columns":
        """Read all of them.

        Raises:
            DataError: they differ in length, or cannot be read.
        """
        inputs = self.inputs.read()
        targets, weights = (
            self._beside(inputs, what, one) if one else []
            for what, one in (("targets", self.targets), ("weights", self.weights))
        )
        return Columns(self, inputs, targets, weights)

    def _beside(self, inputs: list[Column], what: str, selection: Selection) -> list[Column]:
        """Read what has a row for each row of inputs."""
        columns = selection.read()
        if len(columns[0]) != len(inputs[0]):
            counts = f"{counted(len(columns[0]), 'row')} of {what} for {counted(len(inputs[0]), 'row')}"
            message = f"{counts} of inputs in {self.inputs.frame.name}; each sample needs one of both"
            raise DataError([selection.frame.header_problem(message)])
        return columns


@immutable
class Columns:
    """What was read of a source.

    Attributes:
        source: where it came from.
        inputs: all of the same length.
        targets: of that length, too; empty where there are none.
        weights: of that length, too; empty where all samples count the same.
    """

    source: Source
    inputs: list[Column]
    targets: list[Column]
    weights: list[Column] = field(default_factory=list)


def from_one(frame: Frame, inputs: Names | None, targets: Names | None, weights: str | None = None) -> Source:
    """Take inputs, targets and weights from one file.

    Args:
        frame: the file.
        inputs: their columns; by default all that are neither targets nor weights.
        targets: their columns; None for none.
        weights: their column; None for none.

    Raises:
        DataError: every column that is not there, or is two of them.
    """
    chosen, weighing = targets or (), () if weights is None else (weights,)
    used = inputs or tuple(name for name in frame.names if name not in (*chosen, *weighing))
    problems = [*frame.missing((*used, *chosen, *weighing)), *_shared(frame, used, chosen, weighing)]
    if not used:
        taken = "a target or the weights" if weighing else "a target"
        problems.append(frame.header_problem(f"every column is {taken}, so no inputs are left; name fewer targets"))
    if problems:
        raise DataError(problems)
    named, counting = (Selection(frame, names) if names else None for names in (chosen, weighing))
    return Source(Selection(frame, used), named, counting)


def from_several(inputs: Selection, targets: Selection | None, weights: Selection | None = None) -> Source:
    """Take inputs from one file, and targets and weights from others.

    Raises:
        DataError: every column that is not there.
    """
    chosen = [one for one in (inputs, targets, weights) if one is not None]
    problems = [problem for one in chosen for problem in one.frame.missing(one.names)]
    if problems:
        raise DataError(problems)
    return Source(inputs, targets, weights)


def _shared(frame: Frame, inputs: Sequence[str], targets: Sequence[str], weights: Sequence[str]) -> list[Problem]:
    """Find columns that are two things."""
    roles = (("an input", inputs), ("a target", targets), ("the weights", weights))
    return [
        frame.header_problem(f"column {name!r} is both {one} and {other}")
        for (one, names), (other, others) in combinations(roles, 2)
        for name in names
        if name in others
    ]
