"""How fast the product's own training loop is beside its peers, on six networks.

What is timed is the epochs, and the same for all: reading data, making the network and compiling are done before, as
is a run that is not counted.  scikit-learn alone is timed from the start of its fit, which cannot be halted where it
is ready to train.  What the product measures on all samples before the first step and after the last is left out here;
`whole_runs.py` has all of a run.

Every trainer runs in a process of its own, with so many threads as the workload says; they train in turn; medians
count.  That they train the same network is checked first: the losses of the first epochs (of 1,000 steps where there
is one sample), with the samples in their order, agree to 1e-6 in float64, and to 1e-4 in float32.  scikit-learn's
network cannot be made the same, and is only timed.

Beside them in the same rounds, the matrix products of a step alone: the rate that the machine has for these shapes,
of which a step reaches a share.

Run it:  pip install 'backprop-cli[bench]'
         python tests/benchmarks/train_peers.py [--quick] [--only W1] [--json FILE]
"""

import json
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from measuring import Found, circumstances, in_turn, is_there, keep, medians, parser_of, told, with_threads
from peers.trainers import OURS, PEERS, PRODUCTS, TRAINERS
from peers.workloads import WORKLOADS, Workload

NAME = "peers"
ROUNDS, QUICK_ROUNDS = 5, 1
# Relative difference of losses, by precision.
AGREE = {"float64": 1e-6, "float32": 1e-4}
# Of these, a quick look has every kind of loss, optimizer and precision.
QUICK = ("W1", "W4", "W6")


@dataclass(frozen=True)
class Worker:
    """A trainer in its own process."""

    name: str
    process: subprocess.Popen[str]

    @classmethod
    def start(cls, name: str, threads: int) -> "Worker":
        """Start a process whose libraries use no more than so many threads."""
        command, pipe, here = [sys.executable, "-m", "peers.worker", name], subprocess.PIPE, Path(__file__).parent
        environment = with_threads(threads)
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=here, env=environment)
        return cls(name, process)

    def ask(self, work: str, what: str, *, quick: bool) -> Any:
        """Let it train, and give its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps([work, quick, what]), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{work}: {self.name} ended before it had trained")
        return json.loads(answer)


@contextmanager
def crew(threads: int) -> Iterator[list[Worker]]:
    """Start every trainer that is installed, and end them all."""
    workers = [Worker.start(name, threads) for name, known in TRAINERS.items() if is_there(known.package)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.process.communicate()


def difference(losses: dict[str, list[float]]) -> float:
    """Give the largest relative difference between the product's losses and those of its peers."""
    ours = np.array(losses[OURS])
    return float(np.max([np.abs(np.array(theirs) / ours - 1.0) for theirs in losses.values()]))


def agreement(work: Workload, workers: list[Worker], *, quick: bool) -> float:
    """Let all who train the same network do so, and give how far apart they are; ends where that is too far."""
    same = [worker for worker in workers if TRAINERS[worker.name].is_same]
    losses = {worker.name: worker.ask(work.name, "check", quick=quick)["losses"] for worker in same}
    apart = difference(losses)
    if not apart <= AGREE[work.dtype]:
        firsts = {name: found[:3] for name, found in losses.items()}
        raise SystemExit(f"{work.name}: losses differ by {apart:.1e}, first of all {firsts}")
    return apart


def compared(work: Workload, workers: list[Worker], *, quick: bool) -> Found:
    """Give the median microseconds a step of every trainer on a workload, and what a step takes."""
    apart = agreement(work, workers, quick=quick)
    tasks = {worker.name: partial(worker.ask, work.name, "time", quick=quick) for worker in workers}
    in_turn(tasks, 1)
    answers = in_turn(tasks, QUICK_ROUNDS if quick else ROUNDS)
    seconds = medians({name: [answer["seconds"] for answer in found] for name, found in answers.items()})
    done = work.quick if quick else work
    return {
        "microseconds": {name: found / done.steps * 1e6 for name, found in seconds.items()},
        "flops": done.flops,
        "apart": apart,
        "dtype": work.dtype,
        "is_wide": work.batch > 1,
    }


def rates(found: Found) -> tuple[float, float]:
    """Give GFLOP/s of our step, and of its matrix products alone."""
    ours, products = (found["flops"] / found["microseconds"][name] / 1e3 for name in (OURS, PRODUCTS))
    return ours, products


def line(name: str, found: Found) -> str:
    """Write a row: our time, each peer's divided by it, how far apart the losses are, and the rate."""
    times = found["microseconds"]
    ratios = "".join(f"{times[peer] / times[OURS]:>13.2f}" if peer in times else f"{'–':>13}" for peer in PEERS)
    start = f"{name:<11}{times[OURS]:>12,.2f}{ratios}{found['apart']:>10.0e}"
    if not found["is_wide"]:
        return start
    ours, products = rates(found)
    return f"{start}{times[OURS] / 1e6:>10.2g}{ours:>10.1f}{products:>10.1f}{ours / products:>7.0%}"


def measure(*, quick: bool, only: Collection[str] = ()) -> Found:
    """Compare all on each workload."""
    print(f"{'':<11}{'ours, µs':>12}{''.join(f'{peer:>13}' for peer in PEERS)}", end="")
    print(f"{'apart':>10}{'s a step':>10}{'GFLOP/s':>10}{'products':>10}{'share':>7}")
    table = {}
    with ExitStack() as stack:
        # Processes of their own for each workload, but for a quick look, since they take seconds to start.
        shared = stack.enter_context(crew(1)) if quick else None
        for name in only or (QUICK if quick else WORKLOADS):
            work = WORKLOADS[name]
            with ExitStack() as one:
                workers = shared or one.enter_context(crew(work.threads))
                table[name] = compared(work, workers, quick=quick)
            print(line(name, table[name]), flush=True)
    print(
        "peers: their time ÷ ours · products: GFLOP/s of the matrix products alone · share: of it that a step reaches"
    )
    return table


def main() -> None:
    """Measure what is asked for."""
    parser = parser_of(__doc__)
    parser.add_argument("--only", choices=list(WORKLOADS), action="append", default=[], help="this one; repeatable")
    asked = parser.parse_args()
    found = measure(quick=asked.quick, only=asked.only)
    print(told(circumstances()))
    if asked.json is not None:
        keep(asked.json, NAME, found)


if __name__ == "__main__":
    main()
