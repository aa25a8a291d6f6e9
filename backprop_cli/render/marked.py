"""A marked sheet as its readers may see it: what it says, and what it keeps from them."""

import re
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from unicodedata import category

from backprop_cli.grading.marking import Claim, Convention, Marking, Status, Suspicion, Verdict
from backprop_cli.immutable import immutable
from backprop_cli.quantities.names import NameTable

# A number by itself: the 2 of z2 is part of a name.
_POWER = r"[eE][-+]?\d+|\s*[×·]\s*10[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
_NUMBER = re.compile(rf"(?<![\w.])[-−]?(?:\d+(?:[.,]\d+)?|\.\d+)(?:{_POWER})?(?!\w)")
_WHOLE = re.compile(r"[-−]?\d+")
# What is no letter, no digit, no sign and no space: it would move a cursor, turn the text around or break an encoding.
_ILLEGIBLE = {"Cc", "Cf", "Cn", "Co", "Cs"}


class Reveal(StrEnum):
    """Whose true values are shown."""

    NEVER = "never"
    WRONG = "wrong"
    ALL = "all"

    def shows(self, verdict: Verdict) -> bool:
        """Say whether a figure's true value is shown."""
        return self is Reveal.ALL or (self is Reveal.WRONG and verdict.status is Status.WRONG)


@immutable
class Marked:
    """A marked sheet with what its reader should know about it.

    Attributes:
        marking: the verdicts.
        names: the network and the reader's own names.
        config: the file that the network came from.
        sheet: the file that the figures came from.
        reveal: whose true values are shown.
        strict: whether carried, rounded and cut-off figures do not pass, either.
    """

    marking: Marking
    names: NameTable
    config: str = ""
    sheet: str = ""
    reveal: Reveal = Reveal.ALL
    strict: bool = False

    @property
    def passes(self) -> bool:
        """Whether no figure is refused."""
        return not self.marking.refused(strict=self.strict)


def for_readers(marked: Marked) -> Marked:
    """Take out of a marked sheet what its readers are not to see, and what no form could write."""
    marking = marked.marking
    secret = [value for verdict in marking.verdicts if not marked.reveal.shows(verdict) for value in _values(verdict)]
    verdicts = tuple(_for_readers(verdict, marked.reveal) for verdict in marking.verdicts)
    conventions = tuple(_convention(each, secret, hide=bool(secret)) for each in marking.conventions)
    return replace(
        marked,
        marking=replace(marking, verdicts=verdicts, conventions=conventions),
        config=legible(marked.config),
        sheet=legible(marked.sheet),
    )


def legible(text: str) -> str:
    """Give a text in one line, with a stand-in for what cannot be shown."""
    return "".join("\ufffd" if category(letter) in _ILLEGIBLE else letter for letter in " ".join(text.split()))


def _values(verdict: Verdict) -> list[float]:
    found = [verdict.true, verdict.own, *(each.value for each in verdict.suspicions)]
    return [value for value in found if value is not None]


def _for_readers(verdict: Verdict, reveal: Reveal) -> Verdict:
    claim = _legible(verdict.claim)
    suspicions = tuple(replace(each, sentence=legible(each.sentence)) for each in verdict.suspicions)
    if reveal.shows(verdict):
        return replace(verdict, claim=claim, suspicions=suspicions)
    secret = _values(verdict)
    # How the figure came about is told with the numbers that belong there.
    why = claim.why if _masked(claim.why, secret, claim.printed) == claim.why else ""
    hints = tuple(_hint(each, secret, claim.printed) for each in suspicions)
    return replace(verdict, claim=replace(claim, why=why), suspicions=hints, true=None, own=None)


def _legible(claim: Claim) -> Claim:
    return replace(
        claim,
        name=legible(claim.name),
        printed=legible(claim.printed),
        trouble=legible(claim.trouble),
        slip=legible(claim.slip),
        why=legible(claim.why),
        source_name=legible(claim.source_name),
        place=replace(claim.place, file=legible(claim.place.file)),
    )


def _hint(suspicion: Suspicion, secret: Iterable[float], printed: str) -> Suspicion:
    return replace(suspicion, sentence=_masked(suspicion.sentence, secret, printed), value=None)


def _convention(convention: Convention, secret: Iterable[float], *, hide: bool) -> Convention:
    sentence = legible(convention.sentence)
    return replace(convention, sentence=_masked(sentence, secret) if hide else sentence)


def _masked(text: str, secret: Iterable[float], printed: str = "") -> str:
    """Put dots in the place of numbers that give values away: all but the figure itself, and whole ones that count."""
    hidden = set(secret)

    def mask(found: re.Match[str]) -> str:
        number = found[0]
        counts = _WHOLE.fullmatch(number) and float(number.replace("−", "-")) not in hidden
        return number if counts or number == printed else "…"

    return _NUMBER.sub(mask, text)
