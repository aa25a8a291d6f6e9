"""How long it takes to explain one gradient of a 784-30-10 net, beside training it for one step.

Both are whole commands, started from the shell, one after the other in turn; medians of their wall-clock times.

Run it:  python tests/benchmarks/explain_one.py
"""

import json
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

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


def main() -> None:
    """Measure both commands in turn and print their medians and the ratio."""
    program = shutil.which("backprop", path=str(Path(sys.executable).parent)) or "backprop"
    with tempfile.TemporaryDirectory() as folder:
        config = write_config(Path(folder))
        trained, explained = [], []
        for _ in range(ROUNDS):
            trained.append(seconds(program, "train", config))
            explained.append(seconds(program, "explain", config, "--only", "dL/dw1_1_1"))
    train, explain = statistics.median(trained), statistics.median(explained)
    print(f"train {train:.2f} s · explain --only dL/dw1_1_1 {explain:.2f} s · ratio {explain / train:.2f}")
    print(f"{platform.machine()} · Python {platform.python_version()} · NumPy {version('numpy')}")


if __name__ == "__main__":
    main()
