"""How well a sheet is marked, and how fast: honest sheets, sheets with one slip, altered figures, and one long sheet.

Simulated students work through random networks (tests/grading/students); every sheet comes from a seed of its own, so
that the same version prints the same tables.

Run it:  python tests/benchmarks/marking.py [--quick]
"""

import platform
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))

from students.networks import course_of, dice
from students.people import Habit, Student, nodes_of, work
from students.trials import SOUGHT, altered, honest, marked, tally

from backprop_cli.grading.marking import Status

# Sheets of each kind: in all, and with --quick.
HONEST, SEEDED, ALTERED = (1000, 40), (200, 3), (400, 15)
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
STEPS, EVERY, EACH = 10_000, 20, 10


def print_honest(count: int) -> None:
    """Count the honest sheets that are accused."""
    print("honest sheets     sheets  accused  figures  refused")
    for habit in Habit:
        trials = [honest(seed, habit, widest=2) for seed in range(count)]
        accused = sum(bool(trial.accused) for trial in trials)
        figures = sum(len(trial.marking.verdicts) for trial in trials)
        refused = sum(len(trial.accused) for trial in trials)
        print(f"{habit:16s} {count:7d} {accused:8d} {figures:8d} {refused:8d}", flush=True)


def print_planted(count: int) -> None:
    """Count how often a slip is found and named."""
    print("\nplanted slips             sheets  wrong  named  alone  another  innocent lines refused")
    for slip in SOUGHT:
        found = tally(slip, range(count))
        wrong = max(1, found.wrong)
        shares = f"{share(found.wrong, count)}  {share(found.named, wrong)}  {share(found.alone, wrong)}"
        innocent = f"{share(found.another, wrong)}  {found.innocent} of {found.lines}"
        print(f"{slip:25s} {found.planted:6d} {shares}    {innocent}", flush=True)


def share(part: int, whole: int) -> str:
    return f"{100.0 * part / whole:4.0f}%" if part in {0, whole} else f"{100.0 * part / whole:4.1f}%"


def print_altered(count: int) -> None:
    """Count how often a figure that is altered by 2 to 20 units of its last digit is called wrong."""
    print("\naltered figures                  figures  wrong")
    for mixed, kind in ((False, "of as many digits each"), (True, "of digits of their own")):
        statuses = [verdict.status for seed in range(count) for verdict in altered(seed, mixed=mixed)]
        wrong = sum(status is Status.WRONG for status in statuses)
        print(f"{kind:32s} {len(statuses):7d}  {share(wrong, len(statuses))}", flush=True)


def sizes() -> Iterator[int]:
    """Give the steps of the long sheets: half of it, and all."""
    yield from (STEPS // 2, STEPS)


def print_long() -> None:
    """Take the time of a long sheet, and of half of it."""
    print()
    for last in sizes():
        course = course_of(LONG | {"training": {"steps": last}})
        steps = range(EVERY, last + 1, EVERY)
        course.prepare(steps)
        nodes = [node for step in steps for node in nodes_of(course, [step])[:EACH]]
        claims = work(Student(dice("long"), lambda: 6), course, nodes)
        start = time.perf_counter()
        marked(course, claims)
        print(
            f"{len(claims)} figures over {last} steps of a 2-2-2 net: {time.perf_counter() - start:.1f} s", flush=True
        )


def main() -> None:
    """Print all tables."""
    quick = "--quick" in sys.argv[1:]
    print_honest(HONEST[quick])
    print_planted(SEEDED[quick])
    print_altered(ALTERED[quick])
    print_long()
    print(f"{platform.machine()} · Python {platform.python_version()} · NumPy {version('numpy')}")


if __name__ == "__main__":
    main()
