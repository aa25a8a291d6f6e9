"""Sheets with one slip on them, which later lines carry on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from backprop_cli.algebra.term import Number, Term
from backprop_cli.api.course import Course
from backprop_cli.documents.figures import read_figure
from backprop_cli.grading.marking import Claim
from backprop_cli.grading.prints import Usual, print_of
from backprop_cli.grading.slips import CATALOGUE, Line, Rewrite, Slip
from backprop_cli.grading.slips.runs import OtherStep
from students.pens import PENS
from students.people import Node, Student, work

SLIPS: Mapping[str, Slip] = {slip.name: slip for slip in CATALOGUE}


@dataclass(frozen=True)
class Planted:
    """A sheet with a slip on it.

    Attributes:
        claims: the figures.
        number: of the figure that was worked out with the slip.
    """

    claims: tuple[Claim, ...]
    number: int


def plant(name: str, student: Student, course: Course, nodes: Sequence[Node]) -> Planted | None:
    """Work through lines with a slip on one of them; None where it has no place here, or changes no print.

    Args:
        name: what goes wrong once.
        student: who works; all lines are written down.
        course: the true books.
        nodes: the lines, in order.
    """
    if name in PENS:
        return misprint(name, student, course, nodes)
    places = list(places_of(name, course, nodes))
    if not places:
        return None
    node, terms = student.rng.choice(places)
    return slip_on(node, student.rng.choice(terms), student, course, nodes)


def places_of(name: str, course: Course, nodes: Sequence[Node]) -> Iterator[tuple[Node, list[Term]]]:
    """Walk the lines that a slip can happen on, with what it may make of each."""
    slip = SLIPS.get(name)
    other = sequential(course) if name == "sequential_update" else course
    for step, key in nodes:
        terms: list[Term] = []
        if isinstance(slip, Rewrite):
            term = course(step).term(key)
            terms = [] if term is None else list(slip.rewrites(Line(course(step).ground, key, term)))
        elif isinstance(slip, OtherStep):
            terms = of_other_step(course, (step + slip.distance, key), nodes)
        elif other is not None and step > 1:
            terms = [Number(other(step).value(key))]
        if terms:
            yield (step, key), terms


def of_other_step(course: Course, node: Node, nodes: Sequence[Node]) -> list[Term]:
    """Give the number of a line that is not on the sheet itself."""
    step, key = node
    return [] if step < 1 or node in nodes else [Number(course(step).value(key))]


def sequential(course: Course) -> Course | None:
    """Give the run that sends errors back through updated weights; None where that is the same."""
    experiment = course.setup.experiment
    if len(experiment.network.layers) == 1:
        return None
    return Course(replace(course.setup, experiment=experiment.model_copy(update={"update_order": "sequential"})))


def slip_on(node: Node, term: Term, student: Student, course: Course, nodes: Sequence[Node]) -> Planted | None:
    """Work through lines with another expression on one of them."""
    state = student.rng.getstate()
    honest = work(student, course, nodes)
    student.rng.setstate(state)
    claims, place = work(student, course, nodes, {node: term}), list(nodes).index(node)
    changed = float(claims[place].printed) != float(honest[place].printed)
    # What is right shows no slip.
    return Planted(claims, place + 1) if changed and not is_true(claims[place], claims, course) else None


def misprint(name: str, student: Student, course: Course, nodes: Sequence[Node]) -> Planted | None:
    """Write one figure down wrongly; what follows goes on with the right number."""
    claims = list(work(student, course, nodes))
    claim = student.rng.choice(claims)
    text = PENS[name](student.rng, claim.printed)
    if text is None:
        return None
    wrong = claims[claim.number - 1] = reprinted(claim, text)
    return None if is_true(wrong, claims, course) else Planted(tuple(claims), claim.number)


def reprinted(claim: Claim, text: str) -> Claim:
    """Write another figure in place of a claim's."""
    return replace(claim, printed=text, figure=read_figure(text))


def is_true(claim: Claim, claims: Sequence[Claim], course: Course) -> bool:
    """Say whether the true value rounds to a figure: a misprint that is no mistake."""
    assert claim.figure is not None
    assert claim.key is not None
    usual = Usual.of([each.figure for each in claims if each.figure is not None])
    return print_of(claim.figure, usual).rounds(course(claim.step).value(claim.key))
