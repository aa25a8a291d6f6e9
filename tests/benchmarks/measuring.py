"""What every benchmark needs: tasks in turn, medians, a command line, and a record of what was measured on what."""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

Found: TypeAlias = dict[str, Any]
T = TypeVar("T")
PACKAGES = ("numpy", "jax", "scikit-learn", "torch", "pandas")


class Benchmark(Protocol):
    """Measures, prints its tables, and gives its numbers as JSON has them; quick is to see that everything works."""

    def __call__(self, *, quick: bool) -> Found: ...


def in_turn(tasks: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Do tasks one after the other, some rounds long, so that whatever else the machine does meets all alike.

    Each round begins with another task, so that none is always the one after the heaviest.
    """
    names = list(tasks)
    found: dict[str, list[T]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in (*names[first:], *names[:first]):
            found[name].append(tasks[name]())
    return found


def with_threads(threads: int) -> dict[str, str]:
    """Give the environment of a process whose libraries use no more than so many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(names, str(threads))}


def medians(found: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Give the median of each."""
    return {name: statistics.median(numbers) for name, numbers in found.items()}


def is_there(package: str) -> bool:
    """Say whether a package is installed."""
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def circumstances() -> Found:
    """Say when, on what and with which versions something is measured."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores of {platform.machine()}",
        "versions": {
            "Python": platform.python_version(),
            **{name: version(name) for name in PACKAGES if is_there(name)},
        },
    }


def told(about: Found) -> str:
    """Write circumstances as a line."""
    versions = [f"{name} {number}" for name, number in about["versions"].items()]
    return " · ".join((about["date"], about["machine"], *versions))


def keep(path: Path, name: str, found: Found) -> None:
    """Put numbers into a JSON file under a name, with their circumstances; what others found stays as it is."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[name] = {**circumstances(), "found": found}
    path.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def parser_of(about: str | None) -> argparse.ArgumentParser:
    """Give the command line that all benchmarks have; what it says of itself is the docstring of its script."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="to see that everything works; judge no time by it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="put the numbers into a file, beside those it has")
    return parser


def run_alone(name: str, about: str | None, measure: Benchmark) -> None:
    """Run one benchmark as a command."""
    asked = parser_of(about).parse_args()
    found = measure(quick=asked.quick)
    print(told(circumstances()))
    if asked.json is not None:
        keep(asked.json, name, found)
