"""The verdict on every figure of a sheet, in its order.

A figure is right when the true value rounds to it.  Else it may follow from earlier figures of the sheet: exactly as
they are written, or from what they may have been before they were written.  What does neither is wrong, and what
follows from something wrong is carried.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from backprop_cli.documents.figures import Printed
from backprop_cli.errors import DivergedError
from backprop_cli.grading import spans
from backprop_cli.grading.hidden import follows_by_rounded_steps
from backprop_cli.grading.marking import SOUND, Claim, Status, Verdict
from backprop_cli.grading.prints import Print, Usual, print_of
from backprop_cli.grading.reader import AS_TOLD, Reader, Written
from backprop_cli.grading.reading import Books, Node, Reading, Scope
from backprop_cli.grading.spans import Band
from backprop_cli.immutable import immutable

# So many wrong figures at most are taken over by one line, and looked at for it.
_MOST_TAKEN, _MOST_LOOKED_AT = 3, 8
# On longer sheets nobody looks at what a right figure would be at the sheet's own figures.
_FEW = 500
# A sheet on which one number makes up so much of at least so many figures is no calculation.
_DEGENERATE_SHARE, _DEGENERATE_COUNT = 0.75, 4
# Decimals at least on such a sheet, on which 0 must not stand for all that rounds to it.
_DEGENERATE_DECIMALS = 2
# What a reader defines may divide by zero.
_NO_VALUE = "this has no finite value here, and so no figure is right"


@immutable
class Finding:
    """What was found of one figure.

    Attributes:
        status: the verdict.
        reading: how the figure follows from others, where it does.
        hidden: whether it takes a rounded step that is not written down.
    """

    status: Status
    reading: Reading | None = None
    hidden: bool = False


@immutable
class At:
    """A figure in its place.

    Attributes:
        node: the line.
        number: of the claim.
        figure: what is written.
        true: the true value.
    """

    node: Node
    number: int
    figure: Print
    true: float


class Judge:
    """Goes through a sheet figure by figure."""

    def __init__(self, claims: Sequence[Claim], books: Books) -> None:
        self.claims = {claim.number: claim for claim in claims}
        figures = [claim.figure for claim in claims if claim.figure is not None]
        self.degenerate = _is_degenerate([figure.value for figure in figures])
        usual = Usual.of(figures)
        decimals = max(usual.decimals, _DEGENERATE_DECIMALS if self.degenerate else usual.decimals)
        self.usual = replace(usual, decimals=decimals)
        self.books = books
        self.written = Written(books, claims)
        self.reader = Reader(self.written)
        self.prints = {claim.number: print_of(claim.figure, self.usual) for claim in claims if claim.figure is not None}
        self.trues: dict[int, float] = {}
        self.found: dict[int, Finding] = {}
        self._roots: dict[int, tuple[int, ...]] = {}
        self._bands: dict[int, Band] = {}
        self._ways: dict[int, list[Reading]] = {}
        # The figures that are wrong or rest on wrong ones.
        self.tainted: frozenset[int] = frozenset()

    def print_of(self, figure: Printed) -> Print:
        """Say what a figure stands for on this sheet."""
        return print_of(figure, self.usual)

    def verdicts(self) -> Iterator[Verdict]:
        """Judge one figure after the other."""
        for claim in self.claims.values():
            yield self._verdict(claim)

    def _verdict(self, claim: Claim) -> Verdict:
        if claim.key is None or claim.figure is None:
            return Verdict(claim, Status.UNREAD)
        try:
            true = self.books(claim.step).value(claim.key)
        except DivergedError as error:
            return Verdict(replace(claim, key=None, trouble=str(error)), Status.UNREAD)
        if not math.isfinite(true):
            return Verdict(replace(claim, key=None, trouble=f"{claim.name!r}: {_NO_VALUE}"), Status.UNREAD)
        self.trues[claim.number] = true
        line = At((claim.step, claim.key), claim.number, self.prints[claim.number], true)
        self.found[claim.number] = found = self.judge(line)
        self._roots[claim.number] = roots = self._roots_of(found)
        self.written.add(claim)
        if found.status not in SOUND:
            self.tainted |= {claim.number}
        return Verdict(claim, found.status, true, self._own(claim, found), roots=roots, hidden=found.hidden)

    def _own(self, claim: Claim, found: Finding) -> float | None:
        """Give what a line gives at the sheet's own figures as they are written; None where it rests on none."""
        if found.status is Status.RIGHT and len(self.claims) > _FEW:
            return None
        assert claim.key is not None  # noqa: S101  unread figures are not judged
        reading = self.reader.reading((claim.step, claim.key), scope=Scope(claim.number))
        return self.as_written(reading) if reading.claims else None

    def _roots_of(self, found: Finding) -> tuple[int, ...]:
        """List the wrong figures that a carried one rests on."""
        if found.status is not Status.CARRIED or found.reading is None:
            return ()
        used = found.reading.used
        wrong = ((number,) if self.found[number].status is Status.WRONG else self._roots[number] for number in used)
        return tuple(dict.fromkeys(root for roots in wrong for root in roots))

    def judge(self, line: At) -> Finding:
        """Say what a figure of a line is, after all that is written before it."""
        if line.figure.rounds(line.true):
            return Finding(Status.RIGHT)
        finders = (
            self._as_written_rounded,
            self._true_cut,
            self._within_sound,
            self._as_written_cut,
            self._within_tainted,
            self._restated,
            self._by_rounded_steps,
        )
        for finder in finders:
            found = finder(line)
            if found is not None and not (self.degenerate and found.status is Status.CARRIED):
                return found
        return Finding(Status.WRONG)

    def is_tainted(self, reading: Reading) -> bool:
        """Say whether a reading uses a figure that is wrong or rests on a wrong one."""
        return any(number in self.tainted for number in reading.used)

    def as_written(self, reading: Reading) -> float:
        """Evaluate a reading at the figures exactly as they are written."""
        return spans.at(reading, {number: self.prints[number].value for number in reading.used})

    def span(self, reading: Reading) -> tuple[float, float]:
        """Give the range of a reading over what its figures may have been."""
        return spans.span(reading, self.band)

    def _sorted(self, line: At) -> list[Reading]:
        """List the readings of a line, those from sound figures alone first."""
        return sorted(self.reader.readings(line.node, Scope(line.number)), key=self.is_tainted)

    def _following(self, reading: Reading, sound: Status) -> Finding:
        return Finding(Status.CARRIED if self.is_tainted(reading) else sound, reading)

    def _as_written_rounded(self, line: At) -> Finding | None:
        for reading in self._sorted(line):
            if line.figure.rounds(self.as_written(reading)):
                return self._following(reading, Status.ROUNDED)
        return None

    def _true_cut(self, line: At) -> Finding | None:
        return Finding(Status.CUT_OFF) if line.figure.cuts(line.true) else None

    def _within_sound(self, line: At) -> Finding | None:
        for reading in self.reader.readings(line.node, Scope(line.number, self.tainted)):
            if line.figure.meets(*self.span(reading)):
                return Finding(Status.ROUNDED, reading)
        return None

    def _as_written_cut(self, line: At) -> Finding | None:
        for reading in self._sorted(line):
            if line.figure.cuts(self.as_written(reading)):
                return self._following(reading, Status.CUT_OFF)
        return None

    def _within_tainted(self, line: At) -> Finding | None:
        for without in self._left_out(line):
            for reading in self.reader.readings(line.node, Scope(line.number, without)):
                if self.is_tainted(reading) and line.figure.meets(*self.span(reading)):
                    return Finding(Status.CARRIED, reading)
        return None

    def _left_out(self, line: At) -> Iterator[frozenset[int]]:
        """Walk the sets of wrong figures that a line may have left aside: none, then all but a few."""
        if not self.tainted:
            return
        yield frozenset()
        used = (number for reading in self.reader.readings(line.node, Scope(line.number)) for number in reading.used)
        near = list(dict.fromkeys(number for number in used if number in self.tainted))[:_MOST_LOOKED_AT]
        for count in range(1, min(_MOST_TAKEN, len(near) - 1) + 1):
            for taken in combinations(near, count):
                yield self.tainted - set(taken)

    def _restated(self, line: At) -> Finding | None:
        for claim in reversed(self.written.of(line.node)):
            earlier = self.prints[claim.number]
            if claim.number < line.number and earlier.value == line.figure.value:
                found = self.found[claim.number]
                # With more digits than before it promises too much: 0.60, where 0.6 was right.
                return Finding(Status.ROUNDED) if found.status is Status.RIGHT else found
        return None

    def _by_rounded_steps(self, line: At) -> Finding | None:
        told = replace(AS_TOLD, whole=self.reader.is_small(line.node[0]))
        for without in (self.tainted, frozenset[int]()):
            scope = Scope(line.number, without)
            for reading in (self.reader.reading(line.node, told, scope), *self.reader.readings(line.node, scope)):
                values = {number: self.prints[number].value for number in reading.used}
                if follows_by_rounded_steps(reading, values, line.figure, self.usual, self._skipped(reading, without)):
                    return replace(self._following(reading, Status.ROUNDED), hidden=True)
        return None

    def _skipped(self, reading: Reading, without: frozenset[int]) -> Iterator[Print]:
        """Walk the figures that a reading works out anew."""
        if without:
            for node in reading.lines:
                yield from (self.prints[claim.number] for claim in self.written.of(node) if claim.number in without)

    def band(self, number: int) -> Band:
        """Give what a figure may have been before it was written."""
        # A figure may rest on a long row of others, so the walk keeps its own stack.
        pending = [number]
        while pending:
            top = pending[-1]
            if top in self._bands:
                pending.pop()
                continue
            rests_on = (used for reading in self._own_readings(top) for used in reading.used)
            missing = [used for used in rests_on if used not in self._bands]
            if not missing:
                self._bands[top] = self._make_band(top)
            pending += missing
        return self._bands[number]

    def _make_band(self, number: int) -> Band:
        figure, found = self.prints[number], self.found[number]
        if found.status is Status.WRONG:
            return Band(figure.value, figure.value, figure.low, figure.high)
        true = self.trues[number] if found.status in SOUND else figure.value
        ends = [figure.value, true]
        for reading in self._own_readings(number):
            low, high = self.span(reading)
            if figure.meets(low, high):
                ends += (max(low, figure.low), min(high, figure.high))
        return Band(figure.value, true, min(ends), max(ends))

    def _own_readings(self, number: int) -> list[Reading]:
        """List the ways in which a figure may have come about: as was found, from sound figures, or from all."""
        if number not in self._ways:
            is_wrong = self.found[number].status is Status.WRONG
            self._ways[number] = [] if is_wrong else list(self._read_again(number))
        return self._ways[number]

    def _read_again(self, number: int) -> Iterator[Reading]:
        claim, found = self.claims[number], self.found[number]
        assert claim.key is not None  # noqa: S101  unread figures are not judged
        if found.reading is not None:
            yield found.reading
        for without in {self.tainted, frozenset[int]()}:
            reading = self.reader.reading((claim.step, claim.key), scope=Scope(number, without))
            if reading.claims:
                yield reading


def _is_degenerate(values: Sequence[object]) -> bool:
    """Say whether a sheet shows one number nearly everywhere."""
    if len(values) < _DEGENERATE_COUNT:
        return False
    (_, most), *_ = Counter(values).most_common(1)
    return most >= _DEGENERATE_SHARE * len(values)
