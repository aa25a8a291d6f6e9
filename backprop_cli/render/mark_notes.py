"""Sentences on single figures: what went wrong, what it rests on, and what the sheet itself says."""

from collections import Counter
from collections.abc import Iterator, Mapping

from backprop_cli.grading.marking import Claim, Marking, Status, Verdict

_UNKNOWN = "no known slip explains it"
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}
_TEENS = range(11, 14)


def places_of(marking: Marking) -> dict[int, str]:
    """Number the figures of one name and step from the second on: '', ' (2nd)', ' (3rd)'."""
    seen: Counter[tuple[str, int]] = Counter()
    places = {}
    for verdict in marking.verdicts:
        claim = verdict.claim
        seen[claim.name, claim.step] += 1
        count = seen[claim.name, claim.step]
        places[claim.number] = f" ({_ordinal(count)})" if count > 1 else ""
    return places


def labels_of(marking: Marking) -> dict[int, str]:
    """Name every figure so that no two are named alike: z3, z3 (2nd), L of step 2."""
    places = places_of(marking)
    claims = [verdict.claim for verdict in marking.verdicts]
    return {claim.number: claim.name + _step(claim) + places[claim.number] for claim in claims}


def _step(claim: Claim) -> str:
    return f" of step {claim.step}" if claim.step != 1 else ""


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in _TEENS else _ORDINALS.get(number % 10, "th")
    return f"{number}{ending}"


def what_went_wrong(verdict: Verdict) -> str:
    """Say in a sentence which slip explains a wrong figure."""
    sentences = list(dict.fromkeys(each.sentence for each in verdict.suspicions))
    if not sentences:
        return _UNKNOWN
    return sentences[0] if len(sentences) == 1 else f"one of: {'; or: '.join(sentences)}"


def notes_on(verdict: Verdict, labels: Mapping[int, str]) -> Iterator[str]:
    """Walk the sentences on a figure; a right one has none."""
    claim = verdict.claim
    if verdict.status is Status.WRONG or verdict.suspicions:
        yield what_went_wrong(verdict)
    if verdict.status is Status.UNREAD:
        yield claim.trouble or "it is no figure"
    if verdict.roots:
        yield f"follows from {_joined([labels[number] for number in verdict.roots if number in labels])}"
    if verdict.hidden:
        yield "a step in between that is not written down was rounded"
    if claim.why:
        yield f"the sheet says: {claim.why}"
    if verdict.is_missed:
        yield _missed(claim)


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _missed(claim: Claim) -> str:
    assert claim.verdict is not None  # noqa: S101  nothing else can be missed
    slip = f" by {claim.slip}" if claim.slip else ""
    return f"the sheet declares it {claim.verdict.replace('_', ' ')}{slip}"
