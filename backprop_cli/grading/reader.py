"""Find the ways in which a line may have been worked out, from what a sheet has written before it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import tee
from typing import TypeAlias

from backprop_cli.algebra.term import Ref, Term
from backprop_cli.grading.forms import default, others, same
from backprop_cli.grading.marking import Claim
from backprop_cli.grading.reading import Books, Manner, Node, Reading, Scope
from backprop_cli.quantities.quantity import Attached, Variable
from backprop_cli.worksheet.book import is_given, uses
from backprop_cli.worksheet.ground import Key, new

# A network with more parameters is not followed through lines that rest on no figure.
_SMALL = 2000
# Expressions of lines that are kept at hand.
_MOST_REMEMBERED = 20_000
# Expressions that stand in place of a line's own.
Changes: TypeAlias = Mapping[Node, Term]
USUAL = Manner()
AS_TOLD = Manner(told=True, whole=True)
EVERYTHING = Scope()
MANNERS = (
    USUAL,
    Manner(form=1),
    Manner(latest=True),
    Manner(form=2),
    Manner(form=3),
    Manner(latest=True, form=1),
    Manner(first=True),
)


class Written:
    """The figures of a sheet, as far as it has been read."""

    def __init__(self, books: Books, coming: Iterable[Claim]) -> None:
        """Start to read a sheet, all of whose figures are known to come."""
        self.books = books
        self._claims: dict[Node, list[Claim]] = {}
        self._steps = {claim.step for claim in coming}
        self._ever = {self._node((claim.step, claim.key)) for claim in coming if claim.key is not None}

    def add(self, claim: Claim) -> None:
        """Take the next figure."""
        assert claim.key is not None  # noqa: S101  what cannot be read is not followed
        self._claims.setdefault(self._node((claim.step, claim.key)), []).append(claim)

    def _node(self, node: Node) -> Node:
        step, key = node
        return step, same(self.books(step).ground, key)

    def ever(self, node: Node) -> bool:
        """Say whether a number is written anywhere on the sheet."""
        return self._node(node) in self._ever

    def has_step(self, step: int) -> bool:
        """Say whether there are figures of a step."""
        return step in self._steps

    def of(self, node: Node) -> Sequence[Claim]:
        """List the figures of a number, under whatever name, in the order of the sheet."""
        return self._claims.get(self._node(node), ())

    def pick(self, node: Node, manner: Manner, scope: Scope) -> Claim | None:
        """Choose among the figures of a number; None where there is none that may be used."""
        allowed = [claim for claim in self.of(node) if scope.allows(claim)]
        if not allowed:
            return None
        if manner.first:
            return allowed[0]
        own = [claim for claim in allowed if claim.key == node[1]]
        return (allowed if manner.latest or not own else own)[-1]


class Reader:
    """Finds the ways in which a line may have been worked out from what is written so far."""

    def __init__(self, written: Written) -> None:
        self.written = written
        self.books = written.books
        self._usual: dict[Node, Term | None] = {}
        self._apart: dict[Node, bool] = {}
        self._last: Node | None = None
        self._of_last: dict[Scope, Iterator[Reading]] = {}

    def readings(self, node: Node, scope: Scope = EVERYTHING) -> Iterator[Reading]:
        """Walk the different readings of a line that use figures, the usual one first; arguments as of `reading`."""
        if node != self._last:
            self._last, self._of_last = node, {}
        # One figure is looked at several times in a row.
        kept, again = tee(self._of_last.get(scope) or self._readings(node, scope))
        self._of_last[scope] = kept
        return again

    def _readings(self, node: Node, scope: Scope) -> Iterator[Reading]:
        seen: set[tuple[object, ...]] = set()
        for manner in MANNERS:
            reading = self.reading(node, manner, scope)
            shape = reading.shape()
            if reading.claims and shape not in seen:
                seen.add(shape)
                yield reading

    def reading(
        self,
        node: Node,
        manner: Manner = USUAL,
        scope: Scope = EVERYTHING,
        changes: Changes | None = None,
    ) -> Reading:
        """Follow a line back to the figures that it uses, and through what is not written to what is given.

        Args:
            node: the line.
            manner: how to choose where there is a choice.
            scope: which figures may be used.
            changes: expressions that stand in place of those of some lines.
        """
        return _Search(self, node, manner, scope, changes or {}).run()

    def usual(self, node: Node) -> Term | None:
        """Give the usual expression of a line; None where it is given."""
        if node not in self._usual:
            if len(self._usual) > _MOST_REMEMBERED:
                self._usual.clear()
            self._usual[node] = default(self.books(node[0]), node[1])
        return self._usual[node]

    def is_small(self, step: int) -> bool:
        """Say whether lines of a step are followed that rest on no figure."""
        return self.books(step).ground.layout.size <= _SMALL

    def is_apart(self, node: Node) -> bool:
        """Say whether a line of a large network rests on no figure of the sheet at all, wherever that stands."""
        if self.is_small(node[0]):
            return False
        pending: list[tuple[Node, bool]] = [(node, False)]
        while pending:
            top, opened = pending.pop()
            if opened:
                self._apart[top] = self._is_apart(top)
            elif top not in self._apart:
                self._apart[top] = True
                pending.append((top, True))
                pending.extend((each, False) for each in self._needs(top))
        return self._apart[node]

    def _is_apart(self, node: Node) -> bool:
        step, key = node
        if self.written.ever(node) or (is_given(key) and self.written.has_step(step - 1)):
            return False
        if not all(self._apart[each] for each in self._needs(node)):
            return False
        forms = others(self.books(step), key, lambda part: part != key and self.written.ever((step, part)))
        return not any(self.written.ever((step, part)) for term in forms for part in uses(term) if part != key)

    def _needs(self, node: Node) -> tuple[Node, ...]:
        term = self.usual(node)
        return () if term is None else tuple((node[0], key) for key in uses(term))


class _Search:
    """One reading on its way."""

    def __init__(self, reader: Reader, target: Node, manner: Manner, scope: Scope, changes: Changes) -> None:
        self.reader, self.written, self.books = reader, reader.written, reader.books
        self.target, self.manner, self.scope, self.changes = target, manner, scope, changes
        self.reading = Reading(target, reader.books)
        # Whether a line rests on a figure of the sheet or on a changed expression.
        self.rests: dict[Node, bool] = {}
        self.expressions: dict[Node, Term | None] = {}

    def run(self) -> Reading:
        """Follow the target; a deep network is a long way, so the walk keeps its own stack."""
        pending: list[tuple[Node, tuple[Node, ...] | None]] = [(self.target, None)]
        while pending:
            node, needed = pending.pop()
            if needed is not None:
                self.rests[node] = self._settle(node, needed)
            elif node not in self.rests:
                # A line that is looked for while it is being followed is taken as it is.
                self.rests[node] = False
                needed = self._open(node)
                if needed is not None:
                    pending.append((node, needed))
                    pending.extend((each, None) for each in reversed(needed))
        return self.reading

    def _open(self, node: Node) -> tuple[Node, ...] | None:
        """Find what a line needs; None where a figure stands for it."""
        if node != self.target and (claim := self._pick(node)) is not None:
            self.reading.claims[node] = claim.number
            self.rests[node] = True
            return None
        if node != self.target and self.reader.is_apart(node):
            return None
        term = self.expressions[node] = self._expression(node)
        if term is not None:
            return tuple((node[0], key) for key in uses(term))
        link = self._before(node)
        return () if link is None else (link,)

    def _pick(self, node: Node) -> Claim | None:
        """Choose the figure that stands for a line.

        What is given is used as it is given, though its number is written somewhere as another's: x for a derivative.
        """
        claim = self.written.pick(node, self.manner, self.scope)
        is_its_own = claim is None or claim.key == node[1] or self.manner.latest
        return claim if is_its_own or self.books(node[0]).term(node[1]) is not None else None

    def _settle(self, node: Node, needed: tuple[Node, ...]) -> bool:
        """Take a line up, once all that it needs is; nothing is taken up where nothing of it is from the sheet."""
        reading, term = self.reading, self.expressions[node]
        rests = node in self.changes or any(self.rests[each] for each in needed)
        if needed and term is None and (rests or self.manner.whole):
            reading.links[node], reading.lines[node] = needed[0], Ref(node[1])
        elif term is not None and (rests or node == self.target or self.manner.whole):
            reading.lines[node] = term
        return rests

    def _expression(self, node: Node) -> Term | None:
        if node in self.changes:
            return self.changes[node]
        if self.manner.told:
            return self.books(node[0]).term(node[1])
        if self.manner.form and (other := self._other(node)) is not None:
            return other
        return self.reader.usual(node)

    def _other(self, node: Node) -> Term | None:
        """Give another expression of a line, where one of its parts is written."""
        step, key = node

        def written(part: Key) -> bool:
            return part != key and self.written.pick((step, part), self.manner, self.scope) is not None

        found = (term for term in others(self.books(step), key, written) if any(written(part) for part in uses(term)))
        return next((term for number, term in enumerate(found, 1) if number == self.manner.form), None)

    def _before(self, node: Node) -> Node | None:
        """Give what the step before left in the place of something that a step finds; a few steps back at most."""
        step, key = node
        if step <= self.target[0] - self.scope.back or not self.written.has_step(step - 1):
            return None
        if isinstance(key, Attached) and key.old:
            return step - 1, replace(key, old=False)
        if isinstance(key, Variable) and key.symbol in {"w", "b"}:
            return step - 1, new(key)
        return None
