"""The catalogue of slips, the most plausible first: one class each, with a sentence and what it makes of a line."""

from collections.abc import Iterator

from backprop_cli.grading.slips import backward, batches, digits, edits, forward, runs, update
from backprop_cli.grading.slips.base import Fit, Line, Rewrite, Slip, Suspect

__all__ = ["CATALOGUE", "Fit", "Line", "Rewrite", "Slip", "Suspect"]

# Modules register their slips by being imported.
FAMILIES = (forward, backward, update, batches, runs, digits, edits)


def _members(kind: type[Slip]) -> Iterator[type[Slip]]:
    """Walk the classes of a kind that have no further kinds below them."""
    below = kind.__subclasses__()
    if not below:
        yield kind
    for each in below:
        yield from _members(each)


CATALOGUE: tuple[Slip, ...] = tuple(sorted((member() for member in _members(Slip)), key=lambda slip: slip.rank))
