"""Which slips explain a wrong figure."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import islice

from backprop_cli.algebra.term import Term
from backprop_cli.errors import DivergedError
from backprop_cli.grading import spans
from backprop_cli.grading.forms import in_plain_names
from backprop_cli.grading.judge import Judge
from backprop_cli.grading.marking import Claim
from backprop_cli.grading.prints import Print, Usual
from backprop_cli.grading.reader import AS_TOLD
from backprop_cli.grading.reading import Manner, Node, Reading, Scope
from backprop_cli.grading.slips import CATALOGUE, Fit, Line, Slip
from backprop_cli.immutable import immutable
from backprop_cli.worksheet.book import is_given

# Lines between that are looked at.
_MOST_LINES = 200
# Rewritten lines that are tried on one figure; the most plausible slips come first.
_MOST_TRIES = 1500
# How many steps back a slip is looked for.
_STEPS_BACK = 1
# A number further away than this from the figure, relative to the larger, does not become it by rounding its inputs.
_NEAR = 0.5
# Two numbers that differ by no more, relative to their size, are the same number.
_SAME = 1e-9


@immutable
class Place:
    """Where a slip may have happened.

    Attributes:
        manner: how the figure's line is read.
        scope: which figures it may use.
        reading: the line, so read.
        node: the line of the slip: the figure's own, or one between.
        line: the same, for slips to rewrite.
    """

    manner: Manner
    scope: Scope
    reading: Reading
    node: Node
    line: Line


@immutable
class Candidate:
    """A slip that explains a figure.

    Attributes:
        name: of the slip.
        sentence: what went wrong.
        rank: how plausible it is; the smaller, the more.
        fit: how it explains the figure.
        also: the names of less plausible slips that are the same here.
    """

    name: str
    sentence: str
    rank: int
    fit: Fit
    also: tuple[str, ...] = ()


class Case:
    """A wrong figure that slips are tried on."""

    def __init__(self, judge: Judge, claim: Claim) -> None:
        assert claim.key is not None  # noqa: S101  an unread figure is not wrong
        self.judge, self.claim = judge, claim
        self.node: Node = (claim.step, claim.key)
        self.true = judge.trues[claim.number]
        self._tries = 0

    @property
    def figure(self) -> Print:
        """What the figure stands for."""
        return self.judge.prints[self.claim.number]

    @property
    def usual(self) -> Usual:
        """What most figures of the sheet have."""
        return self.judge.usual

    @property
    def text(self) -> str:
        """What is written, with a point for a comma and without a power of ten."""
        figure = self.claim.figure
        return "" if figure is None else f"{figure.value:f}"

    @property
    def is_given(self) -> bool:
        """Whether the line has no expression: a step starts from it."""
        step, key = self.node
        return self.judge.books(step).term(key) is None

    @cached_property
    def expected(self) -> tuple[float, ...]:
        """What the line gives: at the sheet's own figures, and in truth."""
        reading = self.judge.reader.reading(self.node, scope=Scope(self.claim.number))
        return (self.judge.as_written(reading), self.true) if reading.claims else (self.true,)

    @cached_property
    def _scopes(self) -> tuple[Scope, ...]:
        everything = Scope(self.claim.number, back=_STEPS_BACK)
        sound = replace(everything, without=self.judge.tainted)
        return (everything, sound) if self.judge.tainted else (everything,)

    @cached_property
    def _places(self) -> list[Place]:
        """List where a slip may have happened: on the figure's own line, and on those between."""
        found: dict[tuple[object, ...], Place] = {}
        whole = self.judge.reader.is_small(self.claim.step)
        for scope in self._scopes:
            for manner in (Manner(whole=whole), replace(AS_TOLD, whole=whole)):
                for place in islice(self._of_reading(manner, scope), _MOST_LINES):
                    found.setdefault((scope, place.node, place.line.term), place)
        return list(found.values())

    def _of_reading(self, manner: Manner, scope: Scope) -> Iterator[Place]:
        reading = self.judge.reader.reading(self.node, manner, scope)
        for node, term in reversed(reading.lines.items()):
            if node not in reading.links and not self._is_written_between(node):
                ground = self.judge.books(node[0]).ground
                for each in dict.fromkeys((term, in_plain_names(ground, term))):
                    yield Place(manner, scope, reading, node, Line(ground, node[1], each))

    def _is_written_between(self, node: Node) -> bool:
        """Say whether a line has an earlier figure of its own: a slip on it would show there."""
        before = (claim.number < self.claim.number for claim in self.judge.written.of(node))
        return node != self.node and any(before)

    def rewritten(self, rewrites: Callable[[Line], Iterator[Term]]) -> Iterator[Fit]:
        """Walk the fits of rewritten lines: the figure's own, and those between that are not written."""
        for place in self._places:
            for term in rewrites(place.line):
                if self._tries >= _MOST_TRIES:
                    return
                self._tries += 1
                # What a slip leads to may have no value.
                with suppress(DivergedError):
                    fit = self._fit(self._reading_with(place, term))
                    if fit is not None:
                        yield fit

    def _reading_with(self, place: Place, term: Term) -> Reading:
        quickly = place.reading.with_line(place.node, term, self._is_free)
        if quickly is not None:
            return quickly
        manner = replace(place.manner, whole=False)
        return self.judge.reader.reading(self.node, manner, place.scope, {place.node: term})

    def _is_free(self, node: Node) -> bool:
        """Say whether a line is given, and the sheet has nothing for it."""
        step, key = node
        written = self.judge.written
        return is_given(key) and not written.ever(node) and not written.has_step(step - 1)

    def _fit(self, reading: Reading) -> Fit | None:
        """Try a reading with the same ranges as the verdict."""
        judge, figure = self.judge, self.figure
        value = judge.as_written(reading)
        true = spans.at(reading, {number: judge.trues[number] for number in reading.used})
        if figure.rounds(value) or figure.rounds(true):
            return Fit(exact=True, value=value, true=true)
        is_near = reading.claims and abs(value - figure.value) <= _NEAR * max(abs(value), abs(figure.value))
        if figure.cuts(value) or figure.cuts(true) or (is_near and figure.meets(*judge.span(reading))):
            return Fit(exact=False, value=value, true=true)
        return None

    def in_other_step(self, distance: int) -> Iterator[Fit]:
        """Give the fit of the same line so many steps later, if it fits."""
        step, key = self.node
        if step + distance < 1:
            return
        try:
            value = self.judge.books(step + distance).value(key)
        except (DivergedError, ValueError):
            # The run ends before, or that step trains on other samples.
            return
        if self.figure.rounds(value):
            yield Fit(exact=True, value=value, true=value)

    @cached_property
    def _allowed(self) -> list[tuple[float, float]]:
        """List the ranges that a right figure of the line, or one that follows, may lie in."""
        readings = [reading for scope in self._scopes for reading in self.judge.reader.readings(self.node, scope)]
        spans = [self.judge.span(reading) for reading in readings]
        return [(value, value) for value in (*self.expected, self.true)] + spans

    def follows(self, value: float, unit: float) -> bool:
        """Say whether another figure of the line would be right, or follow."""
        other = Print(value, unit, self.figure.digits, may_cut=False)
        return any(other.meets(low, high) for low, high in self._allowed)


def candidates(case: Case, further: Iterable[Candidate] = ()) -> list[Candidate]:
    """List the slips that explain a figure, the most plausible first; those that are the same here count as one."""
    found = list(further)
    for slip in CATALOGUE:
        if not (slip.last_resort and found):
            found += _of_slip(slip, case)
    found.sort(key=lambda candidate: (not candidate.fit.exact, candidate.rank))
    alike: list[list[Candidate]] = []
    for candidate in found:
        group = _like(candidate, alike)
        if group is None:
            alike.append([candidate])
        else:
            group.append(candidate)
    return [_one_of(group) for group in alike]


def _like(candidate: Candidate, alike: list[list[Candidate]]) -> list[Candidate] | None:
    """Find the slips that one is the same as: by its name, else by any of the ways in which they explain the figure."""
    by_name = (group for group in alike if any(candidate.name == other.name for other in group))
    by_fit = (group for group in alike if any(_is_same(candidate.fit, other.fit) for other in group))
    return next(by_name, None) or next(by_fit, None)


def _one_of(alike: list[Candidate]) -> Candidate:
    first = alike[0]
    names = dict.fromkeys(candidate.name for candidate in alike if candidate.name != first.name)
    return replace(first, also=tuple(names))


def _of_slip(slip: Slip, case: Case) -> Iterator[Candidate]:
    for fit in slip.fits(case):
        yield Candidate(slip.name, slip.sentence, slip.rank, fit)


def _is_same(one: Fit, other: Fit) -> bool:
    """Say whether two slips are the same here; as written they may differ, by figures that they find and round."""
    return _is_near(one.true, other.true)


def _is_near(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= _SAME * max(abs(one), abs(other))
