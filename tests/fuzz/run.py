"""Fuzz readers in a process of their own, whose memory is bounded: `python tests/fuzz/run.py [READER…] [--count N]`."""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import IO

from judging import Fault, judge
from registry import TARGETS
from targets import Target

# What a reader may take beyond what the process has when it starts.
MOST_MEMORY = 1 << 30
MOST_FAULTS = 20


def fuzz(target: Target, count: int, start: int) -> dict[str, object]:
    """Give a reader the inputs of a run, and report how they end.

    Args:
        target: the reader; it works in the current directory.
        count: inputs that are drawn beside those that stand fast.
        start: another number draws other inputs.
    """
    ends: Counter[int] = Counter()
    faults: list[dict[str, str]] = []
    slowest, began = 0.0, time.perf_counter()
    with memory_limit(target), tempfile.TemporaryFile() as said, silence(said):
        for data in target.inputs(Random(f"{target.name} {start}"), count):  # noqa: S311  they are no secret
            before = time.perf_counter()
            try:
                ends[judge(target, data)] += 1
                require_nothing(said)
            except Fault as fault:
                faults.append({"what": str(fault)[:3000], "input": kept(target, data)})
                said.seek(0)
                said.truncate(0)
                if len(faults) == MOST_FAULTS:
                    break
            slowest = max(slowest, time.perf_counter() - before)
    return {
        "reader": target.name,
        "inputs": sum(ends.values()) + len(faults),
        "ends": dict(sorted(ends.items())),
        "faults": faults,
        "slowest_s": round(slowest, 3),
        "seconds": round(time.perf_counter() - began, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def require_nothing(said: IO[bytes]) -> None:
    """Raise Fault where something was written to standard error."""
    if os.fstat(said.fileno()).st_size:
        said.seek(0)
        raise Fault(f"writes to standard error: {said.read(2000)!r}")


@contextmanager
def silence(file: IO[bytes]) -> Iterator[None]:
    """Let what is written to standard error, also by a library in another language, go to a file."""
    before = os.dup(2)
    os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


@contextmanager
def memory_limit(target: Target) -> Iterator[None]:
    """Bound the memory of the process, once everything that the reader needs is loaded."""
    for seed in target.seeds():
        judge(target, seed)
    before = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MOST_MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def kept(target: Target, data: bytes) -> str:
    """Keep an input that a reader failed at, and say where."""
    descriptor, path = tempfile.mkstemp(prefix="fault-", suffix=f"-{target.file}")
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    return path


def main() -> int:
    """Fuzz, print one line of JSON for each reader, and give 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", choices=[[], *TARGETS], help=", ".join(TARGETS))
    parser.add_argument("--count", type=int, default=1000, help="inputs that are drawn for each")
    parser.add_argument("--start", type=int, default=0, help="another number draws other inputs")
    chosen = parser.parse_args()
    warnings.simplefilter("error")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in chosen.readers or TARGETS:
            report = fuzz(TARGETS[name], chosen.count, chosen.start)
            print(json.dumps(report), flush=True)  # noqa: T201  it is a command
            failed = failed or bool(report["faults"])
        os.chdir("/")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
