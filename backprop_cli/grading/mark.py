"""Mark a sheet: verdicts, the slips behind the wrong figures, and the conventions that the sheet follows."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from backprop_cli.errors import DivergedError
from backprop_cli.grading.conventions import Alternative, as_slips, followed, told
from backprop_cli.grading.judge import Judge
from backprop_cli.grading.marking import MISSED, Claim, Convention, Marking, Status, Suspicion, Verdict
from backprop_cli.grading.prints import Print
from backprop_cli.grading.reading import Books
from backprop_cli.grading.suspects import Candidate, Case, candidates

# What is named of one figure at most.
MOST_NAMED = 3
# When more than so many different slips explain a figure, its digits do not tell them apart.
_MOST_FITTING = 6
# Wrong figures whose slips are looked for; nobody reads more.
_MOST_SEARCHED = 60


def mark(claims: Sequence[Claim], books: Books, alternatives: Sequence[Alternative] = ()) -> Marking:
    """Mark the figures of a sheet under the declared conventions.

    Args:
        claims: the figures, in the order of the sheet.
        books: the steps of the declared run.
        alternatives: the other conventions that the sheet may follow.
    """
    books.prepare({claim.step for claim in claims if claim.key is not None})
    judge = Judge(claims, books)
    verdicts = list(judge.verdicts())
    if not any(verdict.status in MISSED for verdict in verdicts):
        return Marking(tuple(verdicts))
    _prepare(claims, books, alternatives)
    conventions = tuple(followed(alternatives, verdicts))
    found = _search(judge, verdicts, alternatives) | _told_by(conventions, verdicts)
    effects = Counter(root for verdict in verdicts for root in verdict.roots)
    finished = (
        replace(verdict, suspicions=found.get(number, ()), effects=effects[number])
        for verdict in verdicts
        for number in (verdict.claim.number,)
    )
    return Marking(tuple(finished), conventions)


def _prepare(claims: Sequence[Claim], books: Books, alternatives: Sequence[Alternative]) -> None:
    """Train once for all steps that are looked at; a run that does not get there has no such slips."""
    steps = {claim.step for claim in claims}
    around = {step + distance for step in steps for distance in (-1, 0, 1) if step + distance >= 1}
    with suppress(DivergedError):
        books.prepare(around)
    for alternative in alternatives:
        with suppress(DivergedError):
            alternative.books.prepare(steps)


def _search(
    judge: Judge, verdicts: Sequence[Verdict], alternatives: Sequence[Alternative]
) -> dict[int, tuple[Suspicion, ...]]:
    """Find what explains each wrong figure; a slip that explains several of the sheet goes before others."""
    wrong = [verdict.claim for verdict in verdicts if verdict.status is Status.WRONG][:_MOST_SEARCHED]
    fitting = {claim.number: _fitting(judge, claim, alternatives) for claim in wrong}
    frequent = Counter(name for each in fitting.values() for name in {candidate.name for candidate in each})
    return {number: _named(each, frequent, judge.prints[number]) for number, each in fitting.items()}


def _told_by(conventions: Sequence[Convention], verdicts: Sequence[Verdict]) -> dict[int, tuple[Suspicion, ...]]:
    """Name the convention that a sheet follows as the one slip of each wrong figure that it explains."""
    wrong = {verdict.claim.number for verdict in verdicts if verdict.status is Status.WRONG}
    return {
        number: (Suspicion(convention.name, told(convention.sentence)),)
        # Those that explain most come first, and are asserted where several do.
        for convention in reversed(conventions)
        for number in convention.explains
        if number in wrong
    }


def _fitting(judge: Judge, claim: Claim, alternatives: Sequence[Alternative]) -> list[Candidate]:
    case = Case(judge, claim)
    return candidates(case, as_slips(alternatives, claim, case.figure, case.true))


def _named(fitting: Sequence[Candidate], frequent: Counter[str], figure: Print) -> tuple[Suspicion, ...]:
    """Choose what to name: nothing where the digits that are written do not tell the slips apart."""
    if len(fitting) > (_MOST_FITTING if figure.digits > 1 else 1):
        return ()
    ordered = sorted(fitting, key=lambda each: (not each.fit.exact, -frequent[each.name], each.rank))
    return tuple(Suspicion(each.name, each.sentence, each.fit.value, each.also) for each in ordered[:MOST_NAMED])
