"""How fast the product's own training loop is beside its peers, on six networks.

Every trainer runs in a process of its own; they train in turn, so that whatever else the machine does meets all of
them alike; medians count.  That they train the same network is checked first: the losses of the first epochs, with the
samples in their order, agree (scikit-learn's network cannot be made the same, and is only timed).

Run it:  pip install 'backprop-cli[bench]'
         python tests/benchmarks/train_peers.py [--quick] [--only W1] [--json FILE]
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent / "peers"
sys.path.insert(0, str(HERE))

from installed import is_there  # noqa: E402  they stand beside the other scripts
from workloads import WORKLOADS, Workload  # noqa: E402  the same

PEERS = {"tutorial": "numpy", "torch": "torch", "jax step": "jax", "jax scan": "jax", "scikit-learn": "scikit-learn"}
ROUNDS, QUICK_ROUNDS = 5, 1
QUICK = ("30", "2000")
# Relative difference of the first losses, by precision.
AGREE = {"float64": 1e-6, "float32": 1e-3}
NOT_THE_SAME = {"scikit-learn"}


@dataclass
class Worker:
    """A trainer in its own process."""

    name: str
    process: subprocess.Popen[str]
    seconds: list[float] = field(default_factory=list)

    @classmethod
    def start(cls, work: Workload, name: str, *, quick: bool) -> "Worker":
        """Start a process whose libraries use no more threads than the workload says."""
        threads = {key: str(work.threads) for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        command = [sys.executable, str(HERE / "worker.py"), work.name, name, *(QUICK if quick else ())]
        pipe = subprocess.PIPE
        return cls(name, subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=os.environ | threads))

    def ask(self, what: str) -> dict[str, object]:
        """Let it train, and give its answer."""
        assert self.process.stdin is not None and self.process.stdout is not None  # noqa: PT018
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        answer: dict[str, object] = json.loads(self.process.stdout.readline())
        return answer

    def stop(self) -> None:
        """Let the process end."""
        self.process.communicate()


def agreement(work: Workload, workers: list[Worker]) -> float:
    """Give the largest relative difference between the first losses of the product and of its peers."""
    first = {worker.name: worker.ask("check")["losses"] for worker in workers}
    ours = first["ours"]
    apart = [
        abs(one - other) / abs(one)
        for name, losses in first.items()
        if name not in NOT_THE_SAME
        for one, other in zip(ours, losses, strict=True)  # type: ignore[call-overload]
    ]
    if max(apart) > AGREE[work.dtype]:
        raise SystemExit(f"{work.name}: losses differ by {max(apart):.1e}: {first}")
    return max(apart)


def measure(work: Workload, *, quick: bool) -> dict[str, float]:
    """Give the median microseconds a step of every trainer on a workload."""
    names = ["ours", *(name for name, package in PEERS.items() if is_there(package))]
    workers = [Worker.start(work, name, quick=quick) for name in names]
    agreement(work, workers)
    for worker in workers:
        worker.ask("time")
    for _ in range(QUICK_ROUNDS if quick else ROUNDS):
        for worker in workers:
            worker.seconds.append(float(str(worker.ask("time")["seconds"])))
    for worker in workers:
        worker.stop()
    steps = (work.shortened(*map(int, QUICK)) if quick else work).steps
    return {worker.name: statistics.median(worker.seconds) / steps * 1e6 for worker in workers}


def line(name: str, found: dict[str, float]) -> str:
    """Write one row of the table: our time, and each peer's time divided by it."""
    ratios = "".join(f"{found[peer] / found['ours']:>14.2f}" if peer in found else f"{'–':>14}" for peer in PEERS)
    return f"{name:<12}{found['ours']:>12.2f}{ratios}"


def main() -> None:
    """Measure what is asked for, print the table, and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a minute, to see that everything works")
    parser.add_argument("--only", choices=list(WORKLOADS), action="append", help="this workload; repeatable")
    parser.add_argument("--json", type=Path, help="write the numbers to a file")
    asked = parser.parse_args()
    print(f"{'':<12}{'ours, µs':>12}" + "".join(f"{peer:>14}" for peer in PEERS))
    table = {}
    for name in asked.only or WORKLOADS:
        if asked.quick and name == "W6" and not asked.only:
            continue
        table[name] = measure(WORKLOADS[name], quick=asked.quick)
        print(line(name, table[name]), flush=True)
    packages = sorted({"numpy", *PEERS.values()})
    shown = " · ".join(f"{package} {version(package)}" for package in packages if is_there(package))
    print(f"peer's time ÷ ours · {platform.machine()} · Python {platform.python_version()} · {shown}")
    if asked.json is not None:
        asked.json.write_text(json.dumps({"microseconds": table, "versions": shown}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
