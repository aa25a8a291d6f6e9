"""Trials of the marker: a sheet drawn from a seed, and what is found on it."""

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from backprop_cli.api import check
from backprop_cli.api.course import Course
from backprop_cli.grading.answers import Entry
from backprop_cli.grading.judge import Judge
from backprop_cli.grading.marking import Claim, Marking, Status, Verdict
from students.networks import Config, course_of, dice, draw_config
from students.pens import move_by
from students.people import Habit, draw_student, nodes_of, work
from students.plants import Planted, is_true, plant, reprinted

REFUSED = frozenset({Status.WRONG, Status.UNREAD})
# How many units of the last digit a figure is altered by.
LEAST_UNITS, MOST_UNITS = 2, 20
# What the marker is measured on: slips of the catalogue that name one mistake, and one of a whole run.
SOUGHT = (
    "update_sign",
    "error_sign",
    "input_for_activation",
    "net_for_activation",
    "slope_left_out",
    "slope_twice",
    "weight_left_out",
    "bias_left_out",
    "weight_and_bias_left_out",
    "weights_transposed",
    "gradient_transposed",
    "updated_weights",
    "learning_rate_left_out",
    "learning_rate_other",
    "half",
    "sum_for_mean",
    "wrong_sample",
    "one_step_early",
    "one_step_late",
    "bias_frozen",
    "bias_updated",
    "sequential_update",
    "last_digit",
    "digits_swapped",
    "digit_dropped",
    "arithmetic",
)


@dataclass(frozen=True)
class Trial:
    """A sheet and what was found on it.

    Attributes:
        seed: what it was drawn from.
        course: the books of the run.
        marking: what was found.
        planted: the number of the figure with a slip; None on an honest sheet.
    """

    seed: str
    course: Course
    marking: Marking
    planted: int | None = None

    @property
    def verdict(self) -> Verdict:
        """What was found of the figure with the slip."""
        assert self.planted is not None
        return self.marking.verdicts[self.planted - 1]

    @property
    def accused(self) -> list[Verdict]:
        """What was refused, and is honest."""
        return [
            verdict
            for verdict in self.marking.verdicts
            if verdict.status in REFUSED and verdict.claim.number != self.planted
        ]

    def __str__(self) -> str:
        lines = [told(self.verdict)] if self.planted is not None else []
        return "\n".join([f"seed {self.seed}", *lines, *map(told, self.accused)])


def told(verdict: Verdict) -> str:
    """Tell of a verdict in a line."""
    claim = verdict.claim
    return (
        f"{claim.name} = {claim.printed} at step {claim.step}, true {verdict.true}, own {verdict.own}: "
        f"{verdict.status} {claim.trouble}{verdict.named}"
    )


def marked(course: Course, claims: Iterable[Claim]) -> Marking:
    """Mark figures as the command does."""
    return check(course.setup, [Entry(claim.name, claim.printed, claim.step) for claim in claims]).marking


def honest(seed: int, habit: Habit, **wishes: Any) -> Trial:
    """Mark an honest sheet.

    Args:
        seed: the sheet.
        habit: what is left out of it.
        wishes: about the network.
    """
    name = f"{habit} {seed}"
    rng = dice(name)
    course, claims = honest_sheet(rng, habit, **wishes)
    return Trial(name, course, marked(course, claims))


def honest_sheet(
    rng: random.Random, habit: Habit = Habit.FULL, *, mixed: bool | None = None, **wishes: Any
) -> tuple[Course, tuple[Claim, ...]]:
    """Draw a network and a student, and let one work through the other."""
    while True:
        course = course_of(draw_config(rng, **wishes))
        nodes = nodes_of(course, range(1, rng.choice([1, 1, 1, 2, 3]) + 1))
        # A line that is not finite is no calculation.
        with suppress(ValueError, ArithmeticError):
            if claims := work(draw_student(rng, habit, mixed=mixed), course, nodes):
                return course, claims


def planted(slip: str, seed: int, *, widest: int = 2) -> Trial:
    """Mark a sheet with a slip on it that changes what is printed."""
    name = f"{slip} {seed}"
    rng = dice(name)
    while True:
        config = draw_config(rng, plain=rng.random() < 0.5, widest=widest)
        course = course_of(config)
        # It may have no place there, or lead to what is not finite.
        with suppress(ValueError, ArithmeticError):
            if (sheet := plant_in(rng, slip, config, course)) is not None:
                return Trial(name, course, marked(course, sheet.claims), sheet.number)


def plant_in(rng: random.Random, slip: str, config: Config, course: Course) -> Planted | None:
    """Let a student work through a network with a slip."""
    frozen = slip == "bias_updated"
    if frozen and not any(layer["bias"] and not layer["bias"]["trainable"] for layer in config["network"]["layers"]):
        return None
    nodes = nodes_of(course, steps_for(rng, slip), frozen=frozen)
    # That a digit is missing shows where all figures have as many.
    student = draw_student(rng, mixed=False if slip == "digit_dropped" else None)
    return plant(slip, student, course, nodes)


def steps_for(rng: random.Random, slip: str) -> list[int]:
    """Choose the steps of a sheet that a slip has a place on."""
    match slip:
        case "one_step_early":
            return [2]
        case "one_step_late":
            return [1]
        case "sequential_update":
            return [1, 2]
        case _:
            return [1, 2] if rng.random() < 0.3 else [1]


@dataclass
class Tally:
    """What became of the sheets with a slip.

    Attributes:
        planted: how many there were.
        wrong: on how many the figure is called wrong.
        named: of those, how often the slip is among the named.
        alone: how often it is the only one.
        another: how often another one is the only one.
        innocent: honest figures that were refused.
        lines: honest figures.
        misses: what was not as it should be.
    """

    planted: int = 0
    wrong: int = 0
    named: int = 0
    alone: int = 0
    another: int = 0
    innocent: int = 0
    lines: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, slip: str, trial: Trial) -> None:
        """Count a sheet."""
        verdict = trial.verdict
        is_wrong, is_named = verdict.status is Status.WRONG, slip in verdict.named
        self.planted += 1
        self.wrong += is_wrong
        self.named += is_wrong and is_named
        self.alone += is_wrong and is_named and bool(verdict.slip)
        self.another += is_wrong and not is_named and bool(verdict.slip)
        self.innocent += len(trial.accused)
        self.lines += len(trial.marking.verdicts) - 1
        if trial.accused or not (is_wrong and is_named):
            self.misses.append(str(trial))


def tally(slip: str, seeds: Iterable[int], *, widest: int = 2) -> Tally:
    """Plant a slip in sheets, and count what becomes of it."""
    counted = Tally()
    for seed in seeds:
        counted.add(slip, planted(slip, seed, widest=widest))
    return counted


def altered(seed: int, *, mixed: bool, count: int = 5, widest: int = 2) -> Iterator[Verdict]:
    """Walk the verdicts on figures of an honest sheet that are altered by some units, one at a time."""
    rng = dice(f"altered {seed}")
    course, claims = honest_sheet(rng, mixed=mixed, widest=widest)
    for claim in rng.sample(claims, min(count, len(claims))):
        units = rng.randint(LEAST_UNITS, MOST_UNITS) * rng.choice([1, -1])
        wrong = reprinted(claim, move_by(claim.printed, units))
        if not is_true(wrong, claims, course):
            yield verdict_on(wrong, claims, course)


def verdict_on(claim: Claim, claims: Sequence[Claim], course: Course) -> Verdict:
    """Judge a figure that stands in place of one of a sheet."""
    sheet = [claim if claim.number == each.number else each for each in claims]
    return next(verdict for verdict in Judge(sheet, course).verdicts() if verdict.claim.number == claim.number)
