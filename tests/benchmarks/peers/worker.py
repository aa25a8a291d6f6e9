"""One trainer in a process of its own: trains when it is told to, and answers with its seconds.

It is started by `train_peers.py`, which reads a line of JSON for every line that it writes.
"""

import json
import sys
import time

import jax_trainers
import trainers
from workloads import WORKLOADS

MAKERS = {
    "ours": trainers.ours,
    "tutorial": trainers.tutorial,
    "torch": trainers.torch_eager,
    "jax step": jax_trainers.jax_step,
    "jax scan": jax_trainers.jax_scan,
    "scikit-learn": trainers.sklearn_mlp,
}


def main() -> None:
    """Make a trainer, and train whenever a line asks for it."""
    name, maker, *less = sys.argv[1:]
    work = WORKLOADS[name]
    if less:
        work = work.shortened(int(less[0]), int(less[1]))
    train = MAKERS[maker](work)
    for line in sys.stdin:
        epochs = work.epochs if line.strip() == "time" else min(work.epochs, 3)
        start = time.perf_counter()
        losses = train(epochs, line.strip() == "time")
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "losses": losses[:3]}), flush=True)


if __name__ == "__main__":
    main()
