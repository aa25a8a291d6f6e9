"""Students who work through the steps of a network, and write down what they find.

They use the worksheet's own expressions, at figures of their own: with full precision, with the rounded figure before
them, or now so and now so; and some leave lines out.
"""

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.term import Term
from backprop_cli.api.course import Course
from backprop_cli.documents.figures import read_figure
from backprop_cli.grading.marking import Claim
from backprop_cli.quantities.notation import LEAVING, write
from backprop_cli.quantities.quantity import Attached, Variable
from backprop_cli.worksheet.ground import Key, Own, new
from backprop_cli.worksheet.sheet import whole

Node = tuple[int, Key]
FEWEST, MOST = 2, 9


class Habit(StrEnum):
    """What students leave out.

    Attributes:
        FULL: nothing.
        GAPS: lines, which they work out with full precision.
        ROUNDED_GAPS: lines, which they round unseen as they round the others.
    """

    FULL = "full"
    GAPS = "gaps"
    ROUNDED_GAPS = "rounded gaps"


@dataclass
class Student:
    """Somebody with a pencil.

    Attributes:
        rng: the dice.
        digits: gives the decimals, or significant digits, of the next line.
        carries: how often the next line uses the rounded figure, from 0 to 1; drawn for every line.
        shows: how often a line is written down.
        rounds_all: whether what is not written down is rounded, too, where figures are carried.
        significant: whether digits are significant ones.
        passed: the numbers that later lines use.
    """

    rng: random.Random
    digits: Callable[[], int]
    carries: float = 1.0
    shows: float = 1.0
    rounds_all: bool = False
    significant: bool = False
    passed: dict[Node, float] = field(default_factory=dict)

    def write(self, exact: float) -> str:
        """Round a number to the digits of a line."""
        if not math.isfinite(exact):
            raise ValueError(exact)
        number, digits = Decimal(exact), self.digits()
        places = digits - 1 - number.adjusted() if self.significant and number else digits
        return f"{number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"


def draw_student(rng: random.Random, habit: Habit = Habit.FULL, *, mixed: bool | None = None) -> Student:
    """Draw a student.

    Args:
        rng: the dice.
        habit: what is left out.
        mixed: whether every figure has a number of digits of its own; drawn where it is None.
    """
    many = rng.randint(FEWEST, MOST)
    if mixed is None:
        mixed = habit is not Habit.ROUNDED_GAPS and rng.random() < 0.3
    return Student(
        rng,
        (lambda: rng.randint(FEWEST, MOST)) if mixed else (lambda: many),
        carries=1.0 if habit is Habit.ROUNDED_GAPS else rng.choice([0.0, 1.0, 0.5]),
        shows=1.0 if habit is Habit.FULL else rng.uniform(0.3, 0.9),
        rounds_all=habit is Habit.ROUNDED_GAPS,
        significant=rng.random() < 0.35,
    )


def nodes_of(course: Course, steps: Sequence[int], *, frozen: bool = False) -> list[Node]:
    """List all lines of some steps but what is given, in the order of the worksheets.

    Args:
        course: the true books.
        steps: which steps.
        frozen: whether what is not trained has a line after the step, too.
    """
    course.prepare(steps)
    nodes: list[Node] = []
    for step in steps:
        ground = course(step).ground
        nodes += [(step, line.key) for line in whole(ground).lines() if line.term is not None]
        still = [key for key in ground.parameters(trainable=False) if not ground.is_trainable(key)]
        nodes += [(step, new(key)) for key in still if frozen]
    return nodes


def work(
    student: Student, course: Course, nodes: Iterable[Node], terms: Mapping[Node, Term] | None = None
) -> tuple[Claim, ...]:
    """Work through lines, and give what is written down.

    Args:
        student: who works.
        course: the true books.
        nodes: the lines, in order.
        terms: expressions that the student uses in place of the true ones.

    Raises:
        ValueError: a number is not finite.
    """
    student.passed.clear()
    claims: list[Claim] = []
    for node in nodes:
        exact = worked_out(student, course, node, terms or {})
        shown, carries = student.rng.random() < student.shows, student.rng.random() < student.carries
        text = student.write(exact)
        student.passed[node] = float(text) if carries and (shown or student.rounds_all) else exact
        if shown:
            claims.append(claim_of(len(claims) + 1, node, text))
    return tuple(claims)


def claim_of(number: int, node: Node, text: str) -> Claim:
    """Write a figure down."""
    step, key = node
    name = key.name if isinstance(key, Own) else write(key, LEAVING)
    return Claim(number, name, text, step, key, read_figure(text))


def worked_out(student: Student, course: Course, node: Node, terms: Mapping[Node, Term]) -> float:
    """Work a line out; what is given has its value."""
    step, key = node
    term = terms.get(node, course(step).term(key))
    if term is None:
        return course(step).value(key)
    return evaluate(term, lambda used: used_for(student, course, (step, used), terms))


def used_for(student: Student, course: Course, node: Node, terms: Mapping[Node, Term]) -> float:
    """Give the number that a student uses for a line: as it was passed on, left by the step before, or anew."""
    step, key = node
    before = left_by(key)
    if node not in student.passed and before is not None and (step - 1, before) in student.passed:
        return student.passed[step - 1, before]
    # A line that no sheet has is worked out in the head.
    return student.passed[node] if node in student.passed else worked_out(student, course, node, terms)


def left_by(key: Key) -> Key | None:
    """Give what the step before calls something that a step finds."""
    if isinstance(key, Attached):
        return Attached(key.symbol, key.parameter) if key.old else None
    return new(key) if isinstance(key, Variable) and key.symbol in {"w", "b"} and not key.moment else None
