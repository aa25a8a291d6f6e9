"""What marking gives: a verdict for every figure, the slips that explain the wrong ones, and the sheet's outcome."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from backprop_cli.documents.figures import Printed
from backprop_cli.immutable import immutable
from backprop_cli.worksheet.ground import Key


class Status(StrEnum):
    """What a marker says of a figure."""

    RIGHT = "right"
    ROUNDED = "rounded"
    CUT_OFF = "cut_off"
    CARRIED = "carried"
    WRONG = "wrong"
    UNREAD = "unread"


# What follows from such a figure is no slip's consequence.
SOUND = frozenset({Status.RIGHT, Status.ROUNDED, Status.CUT_OFF})
# What no marker lets pass.
MISSED = frozenset({Status.WRONG, Status.UNREAD})
# What a strict marker does not let pass, either.
LENIENT = frozenset({Status.ROUNDED, Status.CUT_OFF, Status.CARRIED})


@immutable
class Place:
    """Where a figure was written.

    Attributes:
        file: as the user named it.
        line: 1-based, or None where it is not known.
        column: 1-based, or None.
    """

    file: str = ""
    line: int | None = None
    column: int | None = None


@immutable
class Claim:
    """One figure as its author wrote it.

    Attributes:
        number: its place on the sheet, from 1.
        name: the quantity, as the sheet names it.
        printed: the figure, as it is written.
        step: the step it belongs to, from 1.
        key: the line of that step's worksheet; None where it cannot be read.
        figure: the number; None where it cannot be read.
        trouble: why it cannot be read.
        verdict: what marking must find, where the sheet declares it.
        slip: the slip that it must find, where the sheet declares it.
        why: how the figure came about, in the words of the sheet.
        source_name: what the source calls the quantity.
        place: where it stands.
    """

    number: int
    name: str
    printed: str
    step: int = 1
    key: Key | None = None
    figure: Printed | None = None
    trouble: str = ""
    verdict: Status | None = None
    slip: str = ""
    why: str = ""
    source_name: str = ""
    place: Place = field(default_factory=Place)


@immutable
class Suspicion:
    """A slip that explains a wrong figure.

    Attributes:
        slip: its name in the catalogue.
        sentence: what went wrong, for the reader.
        value: what the slip gives at the sheet's own figures; None where it is about digits alone.
        also: the names of slips that are the same on this network.
    """

    slip: str
    sentence: str
    value: float | None = None
    also: tuple[str, ...] = ()


@immutable
class Verdict:
    """What is said of one figure.

    Attributes:
        claim: the figure.
        status: right, or what else.
        true: the true value; None where the figure was not read.
        own: what the line gives at the sheet's own figures, exactly as they are written; None where it rests on none
            of them, and for right figures of a long sheet.
        suspicions: what explains a wrong figure, the most plausible first, at most three.
        roots: numbers of the wrong figures that a carried one rests on.
        hidden: whether it takes a rounded step between the figures that is not written down.
        effects: how many later figures a wrong one carried with it.
    """

    claim: Claim
    status: Status
    true: float | None = None
    own: float | None = None
    suspicions: tuple[Suspicion, ...] = ()
    roots: tuple[int, ...] = ()
    hidden: bool = False
    effects: int = 0

    @property
    def slip(self) -> str:
        """The slip that is asserted: the one that explains the figure better than any other; else ''."""
        return self.suspicions[0].slip if len(self.suspicions) == 1 else ""

    @property
    def named(self) -> tuple[str, ...]:
        """The names of all slips that may explain the figure."""
        return tuple(name for each in self.suspicions for name in (each.slip, *each.also))

    @property
    def is_declared(self) -> bool:
        """Whether this is what the sheet itself says of the figure."""
        claim = self.claim
        return claim.verdict is self.status and (not claim.slip or claim.slip in self.named)

    @property
    def is_missed(self) -> bool:
        """Whether the sheet says something else of the figure."""
        return self.claim.verdict is not None and not self.is_declared


@immutable
class Convention:
    """Another convention under which figures come out that do not come out under the declared one.

    Attributes:
        name: a short name.
        sentence: what the figures are for.
        explains: the numbers of the figures that it explains.
    """

    name: str
    sentence: str
    explains: tuple[int, ...]


@immutable
class Marking:
    """The outcome of a whole sheet.

    Attributes:
        verdicts: one per figure, in the order of the sheet.
        conventions: those that the sheet seems to follow instead of the declared ones.
    """

    verdicts: tuple[Verdict, ...]
    conventions: tuple[Convention, ...] = ()

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many figures have each verdict."""
        return Counter(verdict.status for verdict in self.verdicts)

    @property
    def score(self) -> tuple[int, int]:
        """Figures whose method is right, and figures in all."""
        good = sum(verdict.status in SOUND or verdict.status is Status.CARRIED for verdict in self.verdicts)
        return good, len(self.verdicts)

    @property
    def roots(self) -> tuple[Verdict, ...]:
        """The wrong figures, those that carried most with them first."""
        wrong = [verdict for verdict in self.verdicts if verdict.status is Status.WRONG]
        return tuple(sorted(wrong, key=lambda verdict: -verdict.effects))

    def refused(self, *, strict: bool = False) -> tuple[Verdict, ...]:
        """List the figures that a sheet does not pass with.

        Those are the wrong and the unread ones, and any of which the sheet declares another verdict than is found;
        what it declares and is found passes.

        Args:
            strict: whether carried, rounded and cut-off figures do not pass, either, unless they are declared.
        """
        return tuple(verdict for verdict in self.verdicts if _is_refused(verdict, strict=strict))


def _is_refused(verdict: Verdict, *, strict: bool) -> bool:
    if verdict.claim.verdict is not None:
        return verdict.is_missed
    return verdict.status in MISSED or (strict and verdict.status in LENIENT)
