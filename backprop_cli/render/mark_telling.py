"""A marked sheet as plain words and rows, once for all its forms."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum

from backprop_cli.errors import counted
from backprop_cli.grading.marking import Marking, Status, Verdict
from backprop_cli.immutable import immutable
from backprop_cli.render.columns import on_the_point
from backprop_cli.render.mark_digits import beside
from backprop_cli.render.mark_notes import labels_of, notes_on, places_of, what_went_wrong
from backprop_cli.render.mark_scores import MEANINGS, endings_of, listed, mark_of, score_of
from backprop_cli.render.marked import Marked, for_readers


class Column(StrEnum):
    """What the table of figures says of each."""

    FIGURE = "figure"
    SOURCE = "in the source"
    STEP = "step"
    WRITTEN = "written"
    TRUE = "true"
    OWN = "from your own figures"
    VERDICT = "verdict"
    NOTE = "note"


NUMBERS = frozenset({Column.STEP, Column.WRITTEN, Column.TRUE, Column.OWN})
# What standard input is called where it is read.
_PIPED = {"-", "<stdin>"}
# A column of numbers may be wider by this for their points to stand under each other.
_COST = 4


@immutable
class Figure:
    """One figure.

    Attributes:
        verdict: what it is told from, without what its readers are not to see.
        label: the figure's name, told apart from others of that name.
        cells: what each column says of it.
        notes: sentences on it.
        refused: whether the sheet does not pass with it.
    """

    verdict: Verdict
    label: str
    cells: Mapping[Column, str]
    notes: tuple[str, ...]
    refused: bool

    @property
    def status(self) -> Status:
        """What was found."""
        return self.verdict.status


@immutable
class Report:
    """A marked sheet in words.

    Attributes:
        marked: what it is told from, without what its readers are not to see.
        title: whose marking it is.
        about: the config, and how many figures.
        columns: those of the table that say something.
        figures: one for each figure, in the order of the sheet.
        roots: the wrong figures by their label, what went wrong, and what it was carried into; most of that first.
        conventions: other conventions that figures are for.
        legend: the verdicts that were given with what they mean, where that is not plain.
        score: how many figures are right, and in what way.
        endings: how the verdicts compare with those that the sheet declares, and what a strict marker refuses.
    """

    marked: Marked
    title: str
    about: str
    columns: tuple[Column, ...]
    figures: tuple[Figure, ...]
    roots: tuple[tuple[str, str], ...]
    conventions: tuple[str, ...]
    legend: tuple[tuple[Status, str], ...]
    score: str
    endings: tuple[str, ...]


def pointed(report: Report, column: Column) -> list[str]:
    """Give the cells of a column, numbers padded on the right so that their points stand under each other."""
    texts = [figure.cells[column] for figure in report.figures]
    return on_the_point(texts, cost=_COST) if column in NUMBERS else texts


def tell(marked: Marked) -> Report:
    """Tell of a marked sheet what its readers are to see."""
    marked = for_readers(marked)
    marking = marked.marking
    labels = labels_of(marking)
    figures = tuple(_figures(marked, labels))
    sheet = "standard input" if marked.sheet in _PIPED else marked.sheet or marked.config
    parts = [marked.config if marked.config != sheet else "", counted(len(figures), "figure")]
    return Report(
        marked=marked,
        title=f"Marking of {sheet}" if sheet else "Marking",
        about=" · ".join(part for part in parts if part),
        columns=tuple(column for column in Column if any(figure.cells[column] for figure in figures)),
        figures=figures,
        roots=tuple(_roots(marking, labels)),
        conventions=tuple(_conventions(marking, labels)),
        legend=tuple((status, meaning) for status, meaning in MEANINGS.items() if marking.counts[status]),
        score=score_of(marking),
        endings=tuple(endings_of(marked, labels)),
    )


def _figures(marked: Marked, labels: Mapping[int, str]) -> Iterator[Figure]:
    refused = {verdict.claim.number for verdict in marked.marking.refused(strict=marked.strict)}
    places = places_of(marked.marking)
    steps = any(verdict.claim.step != 1 for verdict in marked.marking.verdicts)
    for verdict in marked.marking.verdicts:
        notes = tuple(notes_on(verdict, labels))
        number = verdict.claim.number
        cells = _cells(verdict, places[number], "; ".join(notes), steps=steps)
        yield Figure(verdict, labels[number], cells, notes, number in refused)


def _cells(verdict: Verdict, place: str, note: str, *, steps: bool) -> Mapping[Column, str]:
    claim = verdict.claim
    return {
        Column.FIGURE: claim.name + place,
        Column.SOURCE: claim.source_name,
        Column.STEP: str(claim.step) if steps else "",
        Column.WRITTEN: claim.printed,
        Column.TRUE: beside(verdict.true, claim),
        Column.OWN: beside(verdict.own, claim),
        Column.VERDICT: mark_of(verdict.status),
        Column.NOTE: note,
    }


def _roots(marking: Marking, labels: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    carried = defaultdict(list)
    for verdict in marking.verdicts:
        for number in verdict.roots:
            carried[number].append(labels[verdict.claim.number])
    for root in marking.roots:
        names = carried[root.claim.number]
        # Figures that follow need not all have been marked as such.
        which = f": {listed(names)}" if len(names) == root.effects else ""
        follow = f"; {counted(root.effects, 'later figure')} {_follows(root.effects)} from it{which}"
        yield labels[root.claim.number], what_went_wrong(root) + (follow if root.effects else "")


def _follows(count: int) -> str:
    return "follows" if count == 1 else "follow"


def _conventions(marking: Marking, labels: Mapping[int, str]) -> Iterator[str]:
    for convention in marking.conventions:
        names = [labels[number] for number in convention.explains if number in labels]
        fit = f" ({counted(len(names), 'figure')}: {listed(names)})" if names else ""
        yield convention.sentence + fit
