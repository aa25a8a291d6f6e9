"""One trainer in a process of its own: trains when it is told to, and answers with its seconds.

It is started by `train_peers.py`, as `python -m peers.worker NAME`, which reads a line of JSON for every line that it
writes.  The clock runs from where the trainer is ready, which is its first yield, to the loss of its last epoch.
"""

import gc
import json
import sys
import time

from peers.trainers import TRAINERS
from peers.workloads import WORKLOADS, Trainer

# Epochs whose losses are compared, and those of a single step each.
CHECKED, CHECKED_STEPS = 3, 1000


def timed(train: Trainer, epochs: int, *, shuffle: bool) -> tuple[float, list[float | None]]:
    """Train, and give the seconds of the epochs and their losses."""
    each = train(epochs, shuffle)
    next(each)
    gc.collect()
    start = time.perf_counter()
    losses = list(each)
    return time.perf_counter() - start, losses


def main() -> None:
    """Train what is asked for: JSON with the name of a workload, whether it is a quick one, and what for."""
    known, asked_before, train = TRAINERS[sys.argv[1]], None, None
    for line in sys.stdin:
        name, quick, what = asked = json.loads(line)
        work = WORKLOADS[name].quick if quick else WORKLOADS[name]
        if train is None or asked[:2] != asked_before:
            train, asked_before = known.make(work), asked[:2]
        epochs = work.epochs if what == "time" else min(work.epochs, CHECKED if work.samples > 1 else CHECKED_STEPS)
        seconds, losses = timed(train, epochs, shuffle=what == "time")
        print(json.dumps({"seconds": seconds, "losses": losses if what == "check" else []}), flush=True)


if __name__ == "__main__":
    main()
