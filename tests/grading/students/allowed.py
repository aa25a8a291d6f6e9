"""What a line may have been, found by trying: the same sheet worked out many times with other roundings."""

import random
from collections.abc import Sequence

from backprop_cli.algebra.arrays import ARRAYS, Samples
from backprop_cli.algebra.evaluation import evaluate_in
from backprop_cli.algebra.functions import quietly, samples
from backprop_cli.api.course import Course
from backprop_cli.grading.marking import Claim
from students.pens import unit_of
from students.people import Node, left_by

TIMES = 200
# Of a number: digits after these are no figures that float64 can tell apart.
PRECISION = 1e-12


def tried(rng: random.Random, course: Course, claims: Sequence[Claim], number: int) -> Samples:
    """Give what a line may have been, worked out many times from the start.

    Args:
        rng: the dice.
        course: the true books.
        claims: a sheet without gaps.
        number: the figure of the line.
    """
    passed: dict[Node, Samples] = {}
    for claim in claims:
        assert claim.key is not None
        term = course(claim.step).term(claim.key)
        assert term is not None
        with quietly():
            exact = evaluate_in(ARRAYS, term, lambda key, step=claim.step: value_of(course, passed, (step, key)))
        if claim.number == number:
            return exact + samples([0.0] * TIMES)
        passed[claim.step, claim.key] = passed_on(rng, exact, float(unit_of(claim.printed)))
    raise LookupError(number)


def passed_on(rng: random.Random, exact: Samples, unit: float) -> Samples:
    """Give what the next line may use: off by at most a unit, as a figure that is cut off; now and then as written."""
    errors = samples([rng.choice([rng.uniform(-1.0, 1.0), rng.choice([-1.0, 1.0])]) for _ in range(TIMES)])
    written = samples([rng.choice([0.0, 1.0]) for _ in range(TIMES)])
    off = exact + unit * errors
    counts = ARRAYS.actions["floor"](off / unit + 0.5)
    return off + written * (counts * unit - off)


def value_of(course: Course, passed: dict[Node, Samples], node: Node) -> Samples:
    """Give what is used for a line: as it was passed on, left by the step before, or given."""
    step, key = node
    before = left_by(key)
    if node not in passed and before is not None and (step - 1, before) in passed:
        return passed[step - 1, before]
    if node in passed:
        return passed[node]
    term = course(step).term(key)
    if term is None:
        return samples([course(step).value(key)])
    return evaluate_in(ARRAYS, term, lambda used: value_of(course, passed, (step, used)))


def is_far(value: float, unit: float, found: Samples) -> bool:
    """Say whether a figure is far from all that a line may have been, for no trial finds the very ends.

    Where some trials lead to no number, there is no saying.
    """
    low, high = float(found.min()), float(found.max())
    room = high - low + 1.5 * unit + PRECISION * abs(value)
    return value < low - room or value > high + room
