"""A name taken apart at its punctuation, before anything is known about the network."""

from backprop_cli.immutable import immutable
from backprop_cli.quantities.problem import NameProblem, UnknownName

LONGEST = 200
SUFFIXES = ("new", "change", "old")


@immutable
class Part:
    """A name, or one side of a derivative: `[letter:]core[_suffix]`."""

    core: str
    letter: str | None = None
    suffix: str = ""

    def __str__(self) -> str:
        letter = "" if self.letter is None else f"{self.letter}:"
        suffix = f"_{self.suffix}" if self.suffix else ""
        return letter + self.core + suffix


@immutable
class Spelling:
    """A whole name: one part, or the two of a derivative, and the sample."""

    parts: tuple[Part, ...]
    sample: str | None = None

    def __str__(self) -> str:
        sides = [str(part) for part in self.parts]
        sample = "" if self.sample is None else f"@{self.sample}"
        return (sides[0] if len(sides) == 1 else "/".join(f"d{side}" for side in sides)) + sample


def take_apart(text: str) -> Spelling:
    """Split a name into its parts.

    Raises:
        NameProblem: if it is too long, or the sample is not at its end.
        UnknownName: if it has a slash but is not shaped like a derivative.
    """
    if len(text) > LONGEST:
        raise NameProblem(f"a name has at most {LONGEST} characters")
    whole, at, sample = text.partition("@")
    if "/" in sample:
        raise NameProblem("the sample stands at the end of a derivative, as in dTOP/dBOTTOM@1")
    return Spelling(tuple(_take_part(side) for side in _sides(whole)), sample if at else None)


def _sides(whole: str) -> list[str]:
    sides = whole.split("/")
    if len(sides) == 1:
        return sides
    if len(sides) == 2 and all(len(side) > 1 and side.startswith("d") for side in sides):  # noqa: PLR2004
        return [side[1:] for side in sides]
    raise UnknownName("a derivative is written dTOP/dBOTTOM", "; to divide in an expression, put spaces around '/'")


def _take_part(text: str) -> Part:
    letter, colon, rest = text.rpartition(":")
    core, underscore, suffix = rest.rpartition("_")
    if not underscore or suffix not in SUFFIXES:
        core, suffix = rest, ""
    return Part(core, letter if colon else None, suffix)
