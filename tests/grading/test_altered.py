"""Wrong is wrong: a figure that is altered does not pass for a rounded one."""

import pytest
from students.allowed import is_far, tried
from students.networks import course_of, dice, draw_config
from students.pens import move_by, unit_of
from students.people import draw_student, nodes_of, work
from students.plants import reprinted
from students.trials import altered, told, verdict_on

from backprop_cli.grading.marking import Status

CAUGHT = 0.97
# Where every figure has digits of its own, a coarse one excuses many fine ones after it.
CAUGHT_AMONG_MIXED = 0.7


def share_caught(seeds: int, *, mixed: bool) -> float:
    verdicts = [verdict for seed in range(seeds) for verdict in altered(seed, mixed=mixed)]
    return sum(verdict.status is Status.WRONG for verdict in verdicts) / len(verdicts)


@pytest.mark.parametrize("seeds", [20, pytest.param(100, marks=pytest.mark.slow)])
def test_an_altered_figure_is_wrong(seeds: int) -> None:
    assert share_caught(seeds, mixed=False) >= CAUGHT


@pytest.mark.slow
def test_among_figures_of_different_digits_most_altered_ones_are_wrong() -> None:
    assert share_caught(60, mixed=True) >= CAUGHT_AMONG_MIXED


@pytest.mark.parametrize("seeds", [range(15), pytest.param(range(15, 75), marks=pytest.mark.slow)])
def test_what_no_rounding_leads_to_is_always_wrong(seeds: range) -> None:
    far = 0
    for seed in seeds:
        rng = dice(f"far {seed}")
        course = course_of(draw_config(rng, plain=rng.random() < 0.5, widest=2))
        claims = work(draw_student(rng), course, nodes_of(course, [1]))
        for claim in rng.sample(claims, min(8, len(claims))):
            units = round(10.0 ** rng.uniform(0.3, 4.0)) * rng.choice([1, -1])
            wrong = reprinted(claim, move_by(claim.printed, units))
            found = tried(rng, course, claims, claim.number)
            if is_far(float(wrong.printed), float(unit_of(wrong.printed)), found):
                far += 1
                verdict = verdict_on(wrong, claims, course)

                assert verdict.status is Status.WRONG, f"seed {seed}: {told(verdict)}"
    assert far > 4 * len(seeds)
