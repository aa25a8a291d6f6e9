"""How a line may have been worked out: from which earlier figures, through which lines that are not written."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Protocol, TypeAlias, TypeVar

from backprop_cli.algebra.evaluation import Domain, evaluate_in
from backprop_cli.algebra.term import Term
from backprop_cli.grading.marking import Claim
from backprop_cli.immutable import immutable
from backprop_cli.worksheet.book import Book, uses
from backprop_cli.worksheet.ground import Key

N = TypeVar("N")
# A line of one of the steps.
Node: TypeAlias = tuple[int, Key]


class Books(Protocol):
    """Gives the books of a run."""

    def __call__(self, step: int) -> Book:
        """Give the book of a step."""
        ...

    def prepare(self, steps: Iterable[int]) -> None:
        """Make the books of some steps in one go."""
        ...


@immutable
class Manner:
    """How a reader chooses where there is a choice.

    Attributes:
        latest: whether the latest figure of a number counts, whatever name it goes by, or the latest of its own name.
        first: whether the earliest figure counts instead.
        form: which other expression of each line is followed, from 1; 0 for the usual one.
        told: whether every line is followed as a worksheet tells it.
        whole: whether what rests on no figure of the sheet is followed, too.
    """

    latest: bool = False
    first: bool = False
    form: int = 0
    told: bool = False
    whole: bool = False


@immutable
class Scope:
    """Which figures of the sheet may be used.

    Attributes:
        before: only those with a smaller number.
        without: none of these.
        back: how many steps back what a step finds is followed.
    """

    before: float = math.inf
    without: frozenset[int] = frozenset()
    back: int = 3

    def allows(self, claim: Claim) -> bool:
        """Say whether a figure may be used."""
        return claim.number < self.before and claim.number not in self.without


@dataclass(slots=True)
class Reading:
    """One way to work a line out.

    Attributes:
        target: the line.
        lines: the lines on the way, each after those that it uses, the target last.
        links: what a step finds, by what the step before left there.
        claims: the figures that are used, by the numbers of their claims.
    """

    target: Node
    books: Books
    lines: dict[Node, Term] = field(default_factory=dict)
    links: dict[Node, Node] = field(default_factory=dict)
    claims: dict[Node, int] = field(default_factory=dict)

    @property
    def used(self) -> tuple[int, ...]:
        """The numbers of the claims that are used, each once."""
        return tuple(dict.fromkeys(self.claims.values()))

    def value(
        self,
        domain: Domain[N],
        figure: Callable[[int], N],
        settle: Callable[[Node, N], N] | None = None,
    ) -> N:
        """Give the value of the target.

        Args:
            domain: the kind of number.
            figure: the number of a claim.
            settle: what becomes of the value of each line before the next uses it.
        """
        values = _Values(domain, self.books)
        values.update((node, figure(number)) for node, number in self.claims.items())
        for node, term in self.lines.items():
            if node in self.links:
                values[node] = values[self.links[node]]
                continue
            step = node[0]
            found = evaluate_in(domain, term, lambda key, step=step: values[step, key])  # type: ignore[misc]
            values[node] = found if settle is None or node == self.target else settle(node, found)
        return values[self.target]

    def with_line(self, node: Node, term: Term, is_free: Callable[[Node], bool]) -> "Reading | None":
        """Give the same reading with another expression for one of its lines.

        Args:
            node: the line.
            term: what stands in place of its expression.
            is_free: says whether a line that the reading does not have follows from nothing on the sheet.

        Returns:
            The reading; None where the expression needs lines that the reading does not have.
        """
        known = {*self.claims, *takewhile(lambda line: line != node, self.lines)}
        needed = ((node[0], key) for key in uses(term))
        if not all(each in known or is_free(each) for each in needed):
            return None
        return replace(self, lines=self.lines | {node: term})

    def shape(self) -> tuple[object, ...]:
        """Tell readings apart."""
        return tuple(self.claims.items()), tuple(self.lines.items())


class _Values(dict[Node, N]):
    """Values of lines; what follows from no figure of the sheet has its true one."""

    def __init__(self, domain: Domain[N], books: Books) -> None:
        self.domain, self.books = domain, books

    def __missing__(self, node: Node) -> N:
        step, key = node
        value = self[node] = self.domain.number(self.books(step).value(key))
        return value
