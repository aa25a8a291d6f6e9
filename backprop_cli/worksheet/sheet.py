"""A worksheet: the stages of one step, whole or cut to what some quantities depend on."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Attached, Variable
from backprop_cli.worksheet.book import Book, Line, is_given
from backprop_cli.worksheet.general import Equation, general
from backprop_cli.worksheet.ground import Ground, Key
from backprop_cli.worksheet.places import Kind, Place, Topic, given_rate, place, rank
from backprop_cli.worksheet.rounding import Rounding
from backprop_cli.worksheet.stages import Keys, plan


@immutable
class Stage:
    """Lines that follow one rule.

    Attributes:
        place: where it stands, and what it is about.
        rule: the rule in its general form; None where the lines have none in common.
        count: how many lines there are.
    """

    place: Place
    rule: Equation | None
    count: int
    _keys: Keys
    _book: Book

    @property
    def kind(self) -> Kind:
        """The part of the sheet it belongs to."""
        return self.place.kind

    def keys(self) -> Iterator[Key]:
        """Walk what the lines are called by, without making them."""
        return self._keys()

    def lines(self) -> Iterator[Line]:
        """Make the lines, one after the other."""
        return (self._book.line(key) for key in self._keys())


@immutable
class Worksheet:
    """One training step, told.

    Attributes:
        book: gives any line that is asked for.
        stages: the stages with their lines; those of what is given come first.
    """

    book: Book
    stages: tuple[Stage, ...]

    @property
    def ground(self) -> Ground:
        """What the sheet stands on."""
        return self.book.ground

    @property
    def count(self) -> int:
        """How many lines are worked out; what is given does not count."""
        return sum(stage.count for stage in self.stages if stage.kind is not Kind.GIVEN)

    def lines(self) -> Iterator[Line]:
        """Walk all lines, each after those that it uses."""
        for stage in self.stages:
            yield from stage.lines()

    def work_out(self) -> None:
        """Find the value of every line, before any is shown; raises as `Book.value` does."""
        for stage in self.stages:
            for key in stage.keys():  # noqa: SIM118  a stage walks its keys, and is no mapping
                self.book.line(key)

    def only(self, kinds: Collection[Kind]) -> "Worksheet":
        """Give the sheet with some of its parts alone."""
        return replace(self, stages=tuple(stage for stage in self.stages if stage.kind in kinds))


def whole(ground: Ground, rounding: Rounding | None = None) -> Worksheet:
    """Tell a whole step."""
    book = Book(ground, rounding)
    return Worksheet(book, tuple(_stage(book, each.place, each.count, each.keys) for each in plan(ground)))


def of(ground: Ground, wanted: Sequence[Key], rounding: Rounding | None = None) -> Worksheet:
    """Tell some quantities and everything that they depend on."""
    book = Book(ground, rounding)
    found: dict[Key, None] = {}
    for key in wanted:
        for each in book.needs(key, found):
            found[each] = None
    return Worksheet(book, tuple(_grouped(book, found)))


def of_sample(ground: Ground, sample: int, rounding: Rounding | None = None) -> Worksheet:
    """Tell what one sample of the batch contributes: its own lines, and what they are given."""
    book = Book(ground, rounding)
    found: dict[Key, None] = {}
    for each in plan(ground):
        for key in each.keys():  # noqa: SIM118  a stage walks its keys, and is no mapping
            if not isinstance(key, Attached) and key.sample == sample:
                for needed in book.needs(key, found):
                    found[needed] = None
    return Worksheet(book, tuple(_grouped(book, found)))


def _grouped(book: Book, keys: Collection[Key]) -> Iterator[Stage]:
    """Put lines into their stages; within a stage they keep to its order, and other derivatives to that of the ways."""
    ground, groups = book.ground, _by_place(book, keys)
    for where in sorted(groups, key=lambda each: each.order):
        members = groups[where]
        if where.topic is not Topic.OTHER_DERIVATIVES:
            members.sort(key=lambda key: rank(ground, key))
        yield _stage(book, where, len(members), lambda members=members: iter(members))  # type: ignore[misc]


def _by_place(book: Book, keys: Collection[Key]) -> dict[Place, list[Key]]:
    groups: dict[Place, list[Key]] = {}
    given: dict[str, list[Key]] = {}
    for key in keys:
        if isinstance(key, Variable) and is_given(key):
            # There may be thousands of them, and their letter alone says where they stand.
            given.setdefault(key.symbol, []).append(key)
        else:
            groups.setdefault(_place_of(book, key), []).append(key)
    for members in given.values():
        groups.setdefault(place(book.ground, members[0]), []).extend(members)
    return groups


def _place_of(book: Book, key: Key) -> Place:
    """Give the place of a line; what turns out to be given stands in front."""
    where = place(book.ground, key)
    if where.kind is not Kind.GIVEN and book.term(key) is None:
        return given_rate()
    return where


def _stage(book: Book, where: Place, count: int, keys: Keys) -> Stage:
    return Stage(where, general(book.ground, where), count, keys, book)
