"""What a slip is, and the pieces that rewrites of lines are made of."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import ClassVar, Protocol

from backprop_cli.algebra.term import Apply, Number, Ref, Term, product
from backprop_cli.grading.prints import Print, Usual
from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Derivative, Variable
from backprop_cli.worksheet.ground import Ground, Key

# In a longer line, a slip in one of all places explains too much.
_MOST_PLACES = 12
SUMS, PRODUCTS = frozenset({"add", "sum"}), frozenset({"mul", "product"})


@immutable
class Line:
    """A line on which a slip may have happened.

    Attributes:
        ground: what the sheet of its step stands on.
        key: what it is the value of.
        term: its expression.
    """

    ground: Ground
    key: Key
    term: Term


@immutable
class Fit:
    """What a slip makes of a figure that it explains.

    Attributes:
        exact: whether it gives the figure from what is written, or from the true values, as they are; not only within
            what these may have been before they were rounded.
        value: the number that it gives.
        true: the number that it gives from the true values.
    """

    exact: bool
    value: float
    true: float


class Suspect(Protocol):
    """A wrong figure that slips are tried on."""

    @property
    def text(self) -> str:
        """What is written, with a point for a comma and without a power of ten."""
        ...

    @property
    def figure(self) -> Print:
        """What the figure stands for."""
        ...

    @property
    def usual(self) -> Usual:
        """What most figures of the sheet have."""
        ...

    @property
    def is_given(self) -> bool:
        """Whether the line has no expression: a step starts from it."""
        ...

    @property
    def expected(self) -> tuple[float, ...]:
        """What the line gives: at the sheet's own figures, and in truth."""
        ...

    def rewritten(self, rewrites: Callable[[Line], Iterator[Term]]) -> Iterator[Fit]:
        """Walk the fits of rewritten lines: the figure's own, and those between that are not written."""
        ...

    def in_other_step(self, distance: int) -> Iterator[Fit]:
        """Give the fit of the same line so many steps later, if it fits."""
        ...

    def follows(self, value: float, unit: float) -> bool:
        """Say whether another figure of the line would be right, or follow."""
        ...


class Slip(ABC):
    """A mistake that people make.

    Attributes:
        name: what it is called in files.
        sentence: what went wrong, as a clause for the reader.
        rank: how plausible it is; the smaller, the more.
        last_resort: whether it is named only where no more plausible one explains the figure.
    """

    name: ClassVar[str]
    sentence: ClassVar[str]
    rank: ClassVar[int]
    last_resort: ClassVar[bool] = False

    @abstractmethod
    def fits(self, suspect: Suspect) -> Iterator[Fit]:
        """Walk the ways in which the slip explains a figure."""


class Rewrite(Slip):
    """A slip that works a line out by another expression."""

    @abstractmethod
    def rewrites(self, line: Line) -> Iterator[Term]:
        """Walk the expressions that the slip may put in place of a line's own."""

    def fits(self, suspect: Suspect) -> Iterator[Fit]:
        """Try every rewritten line."""
        return suspect.rewritten(self.rewrites)


def if_other(changed: Term, term: Term) -> Iterator[Term]:
    """Give a changed term, unless nothing changed."""
    if changed != term:
        yield changed


def without_factor(term: Term, is_meant: Callable[[Term], bool]) -> Iterator[Term]:
    """Walk a term without one of the factors that are meant, and without all of them where there are several."""
    yield from each_and_all(term, is_meant, lambda factor: Number(1.0))  # noqa: ARG005


def with_factor_twice(term: Term, is_meant: Callable[[Term], bool]) -> Iterator[Term]:
    """Walk a term with one of the factors that are meant written twice, and with all of them twice."""
    yield from each_and_all(term, is_meant, lambda factor: product([factor, factor]))


def each_and_all(term: Term, is_meant: Callable[[Term], bool], other: Callable[[Term], Term]) -> Iterator[Term]:
    """Walk a term with another one in place of each part that is meant, and of all of them."""
    count = sum(1 for part in parts(term) if is_meant(part))
    for chosen in range(count if count <= _MOST_PLACES else 0):
        yield _with_other(term, is_meant, other, {chosen})
    if count > 1:
        yield _with_other(term, is_meant, other, set(range(count)))


def parts(term: Term) -> Iterator[Term]:
    """Walk a term and all that it is made of, left to right."""
    yield term
    if isinstance(term, Apply):
        for argument in term.args:
            yield from parts(argument)


def _with_other(term: Term, is_meant: Callable[[Term], bool], other: Callable[[Term], Term], chosen: set[int]) -> Term:
    seen = -1

    def walk(part: Term) -> Term:
        nonlocal seen
        if is_meant(part):
            seen += 1
            return other(part) if seen in chosen else part
        return replace(part, args=tuple(map(walk, part.args))) if isinstance(part, Apply) else part

    return walk(term)


def is_slope(term: Term) -> bool:
    """Say whether a term is the slope of an activation by its own weighted input."""
    key = term.key if isinstance(term, Ref) else None
    return isinstance(key, Derivative) and key.top.symbol in {"a", "yhat"} and key.bottom.symbol == "z"


def is_error_line(key: Key) -> bool:
    """Say whether a line is a derivative of the loss."""
    return isinstance(key, Derivative) and key.top.symbol == "L"


def is_parameter(key: object, moment: str) -> bool:
    """Say whether a quantity is a weight or bias at a moment."""
    return isinstance(key, Variable) and key.symbol in {"w", "b"} and key.moment == moment
