"""Columns become arrays of numbers: numbers as they are, words as columns of 0 and 1, labels as classes."""

import math
from collections.abc import Sequence

import numpy as np

from backprop_cli.data.cells import is_words, numbers
from backprop_cli.data.frames import MOST_PROBLEMS, Column, Frame, Numbers, Texts, limited
from backprop_cli.data.gaps import STRICT, Gaps
from backprop_cli.data.labels import check_classes, classes_of, is_labels, one_hot_classes
from backprop_cli.data.matrix import Matrix, Stored, mapped
from backprop_cli.data.samples import Samples
from backprop_cli.data.sources import Columns
from backprop_cli.data.weighing import weights_in
from backprop_cli.documents.tree import shortened
from backprop_cli.errors import DataError, Problem, counted, did_you_mean
from backprop_cli.immutable import immutable

# A column of text with more words than this is no category.
MOST_CATEGORIES = 1000


@immutable
class Block:
    """Input columns that are read together.

    Attributes:
        names: of the columns.
        words: of a column of text, in order; empty for numbers.
    """

    names: tuple[str, ...]
    words: tuple[str, ...] = ()

    @property
    def input_names(self) -> tuple[str, ...]:
        """Name the inputs that the columns become."""
        return tuple(f"{self.names[0]}={word}" for word in self.words) or self.names


@immutable
class Encoding:
    """What columns stand for; learned once, and applied to every file of the same columns.

    Words and classes are those of the whole file that training samples come from: the width of the network follows
    from them, so it must not hang on how that file is divided.

    Attributes:
        inputs: what the input columns are.
        outputs: of the network.
        classes: that the target column counts, in order; empty where targets are numbers.
        gaps: what missing values are, and what becomes of them.
    """

    inputs: tuple[Block, ...]
    outputs: int
    classes: tuple[str, ...]
    gaps: Gaps

    @property
    def input_names(self) -> tuple[str, ...]:
        """Name the inputs of the network, in order."""
        return tuple(name for block in self.inputs for name in block.input_names)

    def read(self, columns: Columns) -> Samples:
        """Turn columns into samples; missing values are nan where something can be done about them.

        Raises:
            DataError: every cell that cannot be read.
        """
        found: list[Problem] = []
        samples = self.gather(columns, found)
        if found:
            raise DataError(_by_file(found))
        return samples

    def gather(self, columns: Columns, found: list[Problem]) -> Samples:
        """Turn columns into samples, and add all that is wrong to what was found."""
        frame = columns.source.inputs.frame
        others = _other_columns(self.inputs, columns.inputs, frame)
        if others:
            found += others
            return Samples(np.empty((0, 0)), None)
        blocks = [_inputs(b, c, self.gaps, frame, found) for b, c in zip(self.inputs, columns.inputs, strict=True)]
        inputs = _beside(blocks)
        most = inputs.most if isinstance(inputs, Stored) else None
        targets, weights = self._targets(columns, found, most), weights_in(columns, self.gaps, found)
        samples = Samples(inputs, targets, None, self.input_names, self.classes, weights)
        return self._kept(samples, frame, found)

    def _kept(self, samples: Samples, frame: Frame, found: list[Problem]) -> Samples:
        """Drop the samples in which something is missing, where the config says so."""
        if self.gaps.policy != "drop":
            return samples
        kept = samples.complete()
        if not len(kept) and not found:
            found.append(frame.header_problem("data.missing: drop leaves no rows; something is missing in each"))
        return kept

    def _targets(self, columns: Columns, found: list[Problem], most: int | None) -> Matrix | None:
        if not columns.targets or columns.source.targets is None:
            return None
        frame = columns.source.targets.frame
        if self.classes:
            return one_hot_classes(columns.targets[0], self.classes, self.outputs, self.gaps, frame, found, most)
        blocks = [numbers(column, self.gaps, frame, found, fillable=False) for column in columns.targets]
        return mapped(_beside(blocks), lambda rows: rows.astype(np.float64))


def encode(
    columns: Columns, outputs: int, labels: tuple[str, ...] | None = None, gaps: Gaps = STRICT
) -> tuple[Encoding, Samples]:
    """Learn what columns stand for, and turn them into samples.

    A single target column of text, or of whole numbers where the network has several outputs, becomes classes.

    Args:
        columns: of the file that training samples come from.
        outputs: how many outputs the network has.
        labels: the classes in the order of the outputs; by default those of the column, sorted.
        gaps: what missing values are, and what becomes of them.

    Raises:
        DataError: every column and every cell that cannot be used.
    """
    found: list[Problem] = []
    frame = columns.source.inputs.frame
    blocks = tuple(_block(column, gaps, frame, found) for column in columns.inputs)
    encoding = Encoding(blocks, outputs, _classes(columns, outputs, labels, gaps, found), gaps)
    if found:
        # Columns for a hundred thousand different texts of so many rows fit into no memory.
        raise DataError(_by_file(found))
    return encoding, encoding.read(columns)


def _block(column: Column, gaps: Gaps, frame: Frame, found: list[Problem]) -> Block:
    if isinstance(column, Numbers) or not is_words(column, gaps):
        return Block(column.names)
    words = tuple(sorted(set(column.cells) - gaps.texts))
    if len(words) > MOST_CATEGORIES:
        message = f"column {column.name!r} has {len(words):,} different texts; leave it out of inputs"
        found.append(Problem(message, where=frame.name))
    return Block(column.names, words)


def _classes(
    columns: Columns, outputs: int, labels: tuple[str, ...] | None, gaps: Gaps, found: list[Problem]
) -> tuple[str, ...]:
    """Give the classes of a target column, or none where targets are numbers."""
    if columns.source.targets is None:
        return ()
    frame, (first, *more) = columns.source.targets.frame, columns.targets
    if not more and len(first.names) == 1 and (labels or _are_classes(first, outputs, gaps)):
        classes = labels or classes_of(first, gaps)
        found += check_classes(first.names[0], classes, outputs, frame)
        return classes
    if labels:
        found.append(frame.header_problem("data.labels are of a single target column; leave them out"))
    for column in columns.targets:
        if isinstance(column, Texts) and is_words(column, gaps):
            message = f"target column {column.name!r} is text; name it alone to use its classes"
            found.append(Problem(message, where=frame.name))
    return ()


def _are_classes(column: Column, outputs: int, gaps: Gaps) -> bool:
    words = isinstance(column, Texts) and is_words(column, gaps)
    return words or (outputs > 1 and is_labels(column, gaps))


def _other_columns(blocks: Sequence[Block], columns: Sequence[Column], frame: Frame) -> list[Problem]:
    """Find columns that are not those that were learned from."""
    known, new = sum(len(block.names) for block in blocks), sum(len(column.names) for column in columns)
    if known != new:
        message = f"{counted(new, 'input column')}, but training has {known:,}"
        return [frame.header_problem(f"{message}; both need the same")]
    return [
        frame.header_problem(f"column {block.names[0]!r} holds numbers, but in training it holds words")
        for block, column in zip(blocks, columns, strict=True)
        if block.words and isinstance(column, Numbers)
    ]


def _inputs(block: Block, column: Column, gaps: Gaps, frame: Frame, found: list[Problem]) -> Matrix:
    if not block.words or isinstance(column, Numbers):
        return numbers(column, gaps, frame, found, fillable=True)
    position = {word: number for number, word in enumerate(block.words)}
    values = np.zeros((len(column), len(block.words)))
    strange = 0
    for row, cell in enumerate(column.cells):
        if cell in position:
            values[row, position[cell]] = 1.0
        elif cell in gaps.texts:
            values[row] = math.nan
            found += gaps.refuse(frame, row, column.name, cell, fillable=False)
        else:
            # Nearest words take time, and nobody sees more than the first problems.
            hint = did_you_mean(cell, block.words) if strange < MOST_PROBLEMS else ""
            message = f"{shortened(cell)!r} is not among the words of training{hint}"
            found.append(frame.problem(row, column.name, message))
            strange += 1
    return values


def _beside(blocks: Sequence[Matrix]) -> Matrix:
    """Put columns side by side; those of a large file are a single block."""
    return blocks[0] if len(blocks) == 1 else np.asarray(np.hstack([block[:] for block in blocks]))


def _by_file(found: list[Problem]) -> list[Problem]:
    """Keep as many problems of each file as a person reads."""
    files = dict.fromkeys(problem.where for problem in found)
    return [kept for file in files for kept in limited(file, [one for one in found if one.where == file])]
