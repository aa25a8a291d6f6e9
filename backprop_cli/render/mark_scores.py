"""What verdicts are called, and how many there are of each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from backprop_cli.errors import counted
from backprop_cli.grading.marking import LENIENT, SOUND, Marking, Status
from backprop_cli.render.marked import Marked

# How a verdict is marked, and what it is called.
MARKS: Mapping[Status, tuple[str, str]] = {
    Status.RIGHT: ("✓", "right"),
    Status.ROUNDED: ("≈", "rounded"),
    Status.CUT_OFF: ("✂", "cut off"),
    Status.CARRIED: ("→", "carried"),
    Status.WRONG: ("✗", "wrong"),
    Status.UNREAD: ("?", "unread"),
}
# What is said of verdicts that do not speak for themselves.
MEANINGS: Mapping[Status, str] = {
    Status.ROUNDED: "what the rounded figures before it give; the true value differs a little",
    Status.CUT_OFF: "the true value with digits cut off instead of rounded",
    Status.CARRIED: "rightly worked out from an earlier figure that is wrong",
    Status.WRONG: "what neither the true values nor the figures before it give",
    Status.UNREAD: "not marked, because it cannot be read",
}
# More names than these are counted, not listed.
MOST_NAMES = 8


def mark_of(status: Status) -> str:
    """Write a verdict: its mark and its word."""
    return " ".join(MARKS[status])


def listed(names: Sequence[str]) -> str:
    """List names, the first few where there are many."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def score_of(marking: Marking) -> str:
    """Say how many figures are right in method, and which verdicts there are."""
    good, every = marking.score
    if not every:
        return "There are no figures to mark."
    passing = [*SOUND, Status.CARRIED]
    parts = [_counts(marking, passing), _counts(marking, set(Status) - set(passing))]
    are = "figure is" if every == 1 else "figures are"
    return f"{good:,} of {every:,} {are} right in method: {'; '.join(part for part in parts if part)}"


def _counts(marking: Marking, statuses: Iterable[Status]) -> str:
    counts = marking.counts
    return ", ".join(f"{counts[each]:,} {MARKS[each][1]}" for each in Status if each in set(statuses) and counts[each])


def endings_of(marked: Marked, labels: Mapping[int, str]) -> Iterator[str]:
    """Walk what is to be said beside the score."""
    yield from filter(None, (_declared(marked.marking, labels), _strictly(marked)))


def _declared(marking: Marking, labels: Mapping[int, str]) -> str:
    """Say whether what the sheet declares was found."""
    declared = [verdict for verdict in marking.verdicts if verdict.claim.verdict is not None]
    missed = [labels[verdict.claim.number] for verdict in declared if verdict.is_missed]
    if not declared:
        return ""
    every = counted(len(declared), "declared verdict")
    if not missed:
        return f"The {every} {'was' if len(declared) == 1 else 'were all'} found"
    return f"{len(missed):,} of {every} {'was' if len(missed) == 1 else 'were'} not found: {listed(missed)}"


def _strictly(marked: Marked) -> str:
    """Say what does not pass because marking is strict."""
    refused = marked.marking.refused(strict=True) if marked.strict else ()
    counts = Counter(each.status for each in refused if each.status in LENIENT and each.claim.verdict is None)
    listing = ", ".join(f"{counts[status]:,} {MARKS[status][1]}" for status in Status if counts[status])
    return f"Strictly marked, these do not pass, either: {listing}" if listing else ""
