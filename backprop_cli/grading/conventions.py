"""Other conventions that a sheet may follow: told apart from slips by what the rest of the sheet says."""

from collections.abc import Callable, Iterator, Sequence

from backprop_cli.errors import DivergedError
from backprop_cli.grading.judge import Judge
from backprop_cli.grading.marking import MISSED, SOUND, Claim, Convention, Verdict
from backprop_cli.grading.prints import Print
from backprop_cli.grading.reading import Books
from backprop_cli.grading.slips import Fit
from backprop_cli.grading.suspects import Candidate
from backprop_cli.immutable import immutable

# A convention is one from so many figures on that only it explains.
_LEAST_EXPLAINED = 2


@immutable
class Alternative:
    """Another convention.

    Attributes:
        slip: what a single figure that follows it is called.
        sentence: what figures are for, that follow it: 'the loss without ½'.
        rank: how plausible it is as a slip; the smaller, the more.
        books: the steps of the run under it.
        reread: gives a figure with the line that it belongs to under it; None where it belongs to none.
    """

    slip: str
    sentence: str
    rank: int
    books: Books
    reread: Callable[[Claim], Claim | None]

    def value(self, claim: Claim) -> float | None:
        """Give what a figure's true value is under the convention; None where it has none."""
        other = self.reread(claim)
        if other is None or other.key is None:
            return None
        try:
            return self.books(claim.step).value(other.key)
        except (DivergedError, LookupError, ValueError):
            # The run ends before, or the line does not exist there.
            return None


def followed(alternatives: Sequence[Alternative], verdicts: Sequence[Verdict]) -> Iterator[Convention]:
    """Walk the conventions that a sheet follows instead of the declared ones.

    One explains at least two figures that are wrong or unread under the declared ones, and none that is sound under
    these is wrong under it.
    """
    missed = [verdict for verdict in verdicts if verdict.status in MISSED]
    if len(missed) < _LEAST_EXPLAINED:
        return
    found: list[Convention] = []
    for alternative in alternatives:
        if any(_is_nearer(alternative, verdict) for verdict in missed):
            explained = _explained(alternative, verdicts)
            if len(explained) >= _LEAST_EXPLAINED:
                found.append(Convention(alternative.slip, alternative.sentence, explained))
    yield from _best(found)


def _is_nearer(alternative: Alternative, verdict: Verdict) -> bool:
    """Say whether a convention may be behind a figure; it need not give its true value, where rounding is carried."""
    figure = verdict.claim.figure
    other = None if figure is None else alternative.value(verdict.claim)
    if figure is None or other is None:
        return False
    return verdict.true is None or abs(float(figure.value) - other) < abs(float(figure.value) - verdict.true)


def _explained(alternative: Alternative, verdicts: Sequence[Verdict]) -> tuple[int, ...]:
    """List the wrong figures that are sound under a convention; none if it contradicts what is sound without it."""
    claims = [alternative.reread(verdict.claim) or verdict.claim for verdict in verdicts]
    explained: list[int] = []
    for before, after in zip(verdicts, Judge(claims, alternative.books).verdicts(), strict=True):
        if before.status in SOUND and after.status not in SOUND:
            return ()
        if before.status in MISSED and after.status in SOUND:
            explained.append(before.claim.number)
    return tuple(explained)


def _best(found: list[Convention]) -> list[Convention]:
    """Keep those that explain something that no other, which explains more, does."""
    kept: list[Convention] = []
    for convention in sorted(found, key=lambda each: -len(each.explains)):
        known = {number for other in kept for number in other.explains}
        if not known.issuperset(convention.explains):
            kept.append(convention)
    return kept


def as_slips(alternatives: Sequence[Alternative], claim: Claim, figure: Print, true: float) -> Iterator[Candidate]:
    """Walk the conventions as slips of one figure."""
    for alternative in alternatives:
        value = alternative.value(claim)
        if value is not None and value != true and figure.rounds(value):
            fit = Fit(exact=True, value=value, true=value)
            yield Candidate(alternative.slip, told(alternative.sentence), alternative.rank, fit)


def told(sentence: str) -> str:
    """Say of one figure what it is for."""
    return f"this is the number for {sentence}"
