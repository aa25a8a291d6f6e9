"""How well a sheet is marked, and how fast: honest sheets, sheets with one slip, altered figures, and one long sheet.

Simulated students work through random networks (tests/grading/students); every sheet comes from a seed of its own, so
that the same version prints the same tables.

Run it:  python tests/benchmarks/marking.py [--quick] [--json FILE]
"""

import sys
import time
from dataclasses import asdict
from pathlib import Path

from measuring import Found, run_alone

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))

from students.networks import course_of, dice
from students.people import Habit, Student, nodes_of, work
from students.trials import SOUGHT, altered, honest, marked, tally

from backprop_cli.grading.marking import Status

NAME = "marking"
# Sheets of each kind: in all, and with --quick.
HONEST, SEEDED, ALTERED = (1000, 10), (200, 1), (400, 5)
LONG = {
    "network": {
        "inputs": 2,
        "layers": [
            {"units": 2, "weights": [[0.15, 0.2], [0.25, 0.3]], "bias": {"per": "layer", "values": 0.35}},
            {"units": 2, "weights": [[0.4, 0.45], [0.5, 0.55]], "bias": {"per": "layer", "values": 0.6}},
        ],
    },
    "loss": "half_sse",
    "optimizer": {"name": "sgd", "learning_rate": 0.5},
    "data": {"inputs": [[0.05, 0.1]], "targets": [[0.01, 0.99]]},
}
STEPS, EVERY, EACH = (10_000, 1_000), 20, 10


def count_honest(count: int) -> Found:
    """Count the honest sheets that are accused."""
    table = {}
    print("honest sheets     sheets  accused  figures  refused")
    for habit in Habit:
        trials = [honest(seed, habit, widest=2) for seed in range(count)]
        accused = sum(bool(trial.accused) for trial in trials)
        figures = sum(len(trial.marking.verdicts) for trial in trials)
        refused = sum(len(trial.accused) for trial in trials)
        print(f"{habit:16s} {count:7d} {accused:8d} {figures:8d} {refused:8d}", flush=True)
        table[str(habit)] = {"sheets": count, "accused": accused, "figures": figures, "refused": refused}
    return table


def count_planted(count: int) -> Found:
    """Count how often a slip is found and named."""
    table = {}
    print("\nplanted slips             sheets  wrong  named  alone  another  innocent lines refused")
    for slip in SOUGHT:
        found = tally(slip, range(count))
        wrong = max(1, found.wrong)
        shares = f"{share(found.wrong, count)}  {share(found.named, wrong)}  {share(found.alone, wrong)}"
        innocent = f"{share(found.another, wrong)}  {found.innocent} of {found.lines}"
        print(f"{slip:25s} {found.planted:6d} {shares}    {innocent}", flush=True)
        table[slip] = asdict(found)
    return table


def share(part: int, whole: int) -> str:
    return f"{100.0 * part / whole:4.0f}%" if part in {0, whole} else f"{100.0 * part / whole:4.1f}%"


def count_altered(count: int) -> Found:
    """Count how often a figure that is altered by 2 to 20 units of its last digit is called wrong."""
    table = {}
    print("\naltered figures                  figures  wrong")
    for mixed, kind in ((False, "of as many digits each"), (True, "of digits of their own")):
        statuses = [verdict.status for seed in range(count) for verdict in altered(seed, mixed=mixed)]
        wrong = sum(status is Status.WRONG for status in statuses)
        print(f"{kind:32s} {len(statuses):7d}  {share(wrong, len(statuses))}", flush=True)
        table[kind] = {"figures": len(statuses), "wrong": wrong}
    return table


def time_long(steps: int) -> Found:
    """Take the time of a long sheet, and of half of it."""
    print()
    table = {}
    for last in (steps // 2, steps):
        course = course_of(LONG | {"training": {"steps": last}})
        worked = range(EVERY, last + 1, EVERY)
        course.prepare(worked)
        nodes = [node for step in worked for node in nodes_of(course, [step])[:EACH]]
        claims = work(Student(dice("long"), lambda: 6), course, nodes)
        start = time.perf_counter()
        marked(course, claims)
        seconds = time.perf_counter() - start
        print(f"{len(claims)} figures over {last} steps of a 2-2-2 net: {seconds:.1f} s", flush=True)
        table[str(last)] = {"figures": len(claims), "seconds": seconds}
    return table


def measure(*, quick: bool) -> Found:
    """Mark all sheets."""
    return {
        "honest": count_honest(HONEST[quick]),
        "planted": count_planted(SEEDED[quick]),
        "altered": count_altered(ALTERED[quick]),
        "long": time_long(STEPS[quick]),
    }


if __name__ == "__main__":
    run_alone(NAME, __doc__, measure)
