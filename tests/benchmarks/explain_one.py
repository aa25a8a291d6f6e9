"""How long it takes to explain one gradient of a 784-30-10 net, beside training it for one step.

Both are whole commands, started from the shell, one after the other in turn; medians of their wall-clock times.

Run it:  python tests/benchmarks/explain_one.py [--quick] [--json FILE]
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from measuring import Found, in_turn, medians, run_alone

NAME = "explain"
PROGRAM = str(Path(sys.executable).with_name("backprop"))
ROUNDS = 11
NETWORK = {"inputs": 784, "layers": [{"units": 30}, {"units": 10}]}


def write_config(folder: Path) -> str:
    """Write a config with one random sample and give its path; JSON is YAML."""
    draw = random.Random(0)  # noqa: S311  any numbers will do
    data = {"inputs": [[draw.random() for _ in range(784)]], "targets": [[float(k == 3) for k in range(10)]]}
    path = folder / "wide.yaml"
    path.write_text(json.dumps({"network": NETWORK, "data": data, "training": {"steps": 1}}))
    return str(path)


def seconds(*command: str) -> float:
    """Run a command and give its wall-clock time."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def measure(*, quick: bool) -> Found:
    """Time both commands in turn, and give their medians."""
    with tempfile.TemporaryDirectory() as folder:
        config = write_config(Path(folder))
        tasks = {
            "train": partial(seconds, PROGRAM, "train", config),
            "explain": partial(seconds, PROGRAM, "explain", config, "--only", "dL/dw1_1_1"),
        }
        found = medians(in_turn(tasks, 1 if quick else ROUNDS))
    train, explain = found["train"], found["explain"]
    print(f"train {train:.2f} s · explain --only dL/dw1_1_1 {explain:.2f} s · ratio {explain / train:.2f}")
    return found


if __name__ == "__main__":
    run_alone(NAME, __doc__, measure)
