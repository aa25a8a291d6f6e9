"""What the indices of a name count, and how left-out ones are filled in."""

from collections.abc import Sequence

from backprop_cli.immutable import immutable
from backprop_cli.quantities.notation import write_indices
from backprop_cli.quantities.problem import NameProblem


@immutable
class Dimension:
    """One index of a name.

    Attributes:
        size: its largest value; it counts from 1.
        counts: what it counts, in the singular: 'neuron of layer 2'.
        role: 'to' or 'from' where a name has two indices, else ''.
    """

    size: int
    counts: str
    role: str = ""

    @property
    def extent(self) -> str:
        """Give the values it may take: '1 to 3', or 'only 1'."""
        return f"1 to {self.size}" if self.size > 1 else "only 1"

    def __str__(self) -> str:
        return f"{self.role} ({self.counts}, {self.extent})" if self.role else f"the {self.counts} ({self.extent})"


def fill_indices(head: str, dimensions: Sequence[Dimension], given: tuple[int, ...]) -> tuple[int, ...]:
    """Complete the indices that follow a head such as `w2`.

    An index may be left out where its dimension has size one; the ones that are given belong, in their order, to the
    dimensions that are larger.

    Raises:
        NameProblem: if that leaves a choice, there are too many, or one is out of range.
    """
    indices = given if len(given) == len(dimensions) else _spread(dimensions, given)
    if indices is None:
        raise NameProblem(_explain_count(head, dimensions))
    for index, dimension in zip(indices, dimensions, strict=True):
        if not 1 <= index <= dimension.size:
            raise NameProblem(_explain_range(head, dimension, index))
    return indices


def _spread(dimensions: Sequence[Dimension], given: tuple[int, ...]) -> tuple[int, ...] | None:
    """Give the indices at the dimensions that need them and 1 elsewhere, or None if they do not fit."""
    needed = [position for position, dimension in enumerate(dimensions) if dimension.size > 1]
    if len(given) > len(needed) and len(given) < len(dimensions):
        needed = list(range(len(given)))
    if len(given) != len(needed):
        return None
    chosen = dict(zip(needed, given, strict=True))
    return tuple(chosen.get(position, 1) for position in range(len(dimensions)))


def _explain_count(head: str, dimensions: Sequence[Dimension]) -> str:
    if not dimensions:
        return f"{head} takes no index"
    count = "one index," if len(dimensions) == 1 else "two indices:"
    meaning = " and ".join(str(dimension) for dimension in dimensions)
    return f"{head} takes {count} {meaning}, as in {head}{_example(dimensions)}"


def _explain_range(head: str, dimension: Dimension, index: int) -> str:
    which = f"the '{dimension.role}' index" if dimension.role else "the index"
    return f"{which} of {head} is the {dimension.counts} ({dimension.extent}), not {index}"


def _example(dimensions: Sequence[Dimension]) -> str:
    """Write indices that exist and, where there is room, differ, so that their order shows."""
    first = min(2, dimensions[0].size)
    return write_indices((first, 1)[: len(dimensions)])
