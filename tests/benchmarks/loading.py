"""How much memory large files take, and how fast they are read.

Two measurements, each in a process of its own, whose peak of resident memory the system tells, and whose time on the
processor, which counts where the machine has other work:

- an .npy file of 10 million rows of 30 inputs and a target, 2.5 GB, is trained on for one epoch, in both orders;
- a CSV file of a million rows of 30 numbers is read, by the product and by pandas.

The files are written next to each other in a folder, by parts, and are deleted afterwards.

Run it:  pip install 'backprop-cli[bench]'
         python tests/benchmarks/loading.py [--quick] [--only array|table] [--folder DIR] [--json FILE]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from measuring import Found, circumstances, is_there, keep, parser_of, told

sys.path.insert(0, str(Path(__file__).parents[2]))

NAME = "loading"
INPUTS = 30
ARRAY_ROWS, TABLE_ROWS = (10_000_000, 200_000), (1_000_000, 20_000)
PART = 50_000
# Bytes that training on the large array may take, at most.
MOST = 400e6
CONFIG = """
network:
  inputs: 30
  layers: [{units: 10, activation: tanh}, {units: 1, activation: identity}]
loss: mse
optimizer: {name: sgd, learning_rate: 0.01}
data: {file: array.npy, targets: 31}
training: {epochs: 1, batch_size: 64}
"""


def write_array(path: Path, rows: int) -> None:
    """Write random inputs, and a target that can be learned from them, some rows at a time."""
    rng = np.random.default_rng(0)
    weights = rng.normal(size=INPUTS)
    with path.open("wb") as file:
        header = {"descr": "<f8", "fortran_order": False, "shape": (rows, INPUTS + 1)}
        np.lib.format.write_array_header_1_0(file, header)
        for _ in range(0, rows, PART):
            part = rng.normal(size=(PART, INPUTS + 1))
            part[:, -1] = np.tanh(part[:, :-1] @ weights)
            file.write(part.tobytes())


def write_table(path: Path, rows: int) -> None:
    """Write random numbers of 17 digits at most, under a header."""
    rng = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(f"column_{number}" for number in range(1, INPUTS + 1)) + "\n")
        for _ in range(0, rows, PART // 10):
            part = rng.normal(size=(PART // 10, INPUTS)).tolist()
            file.writelines(",".join(map(repr, row)) + "\n" for row in part)


def train(folder: str, shuffle: str) -> dict[str, float]:
    """Train for one epoch, and give the seconds of loading, of the epoch and of everything."""
    from backprop_cli.config.loader import load
    from backprop_cli.training.events import EpochDone, RunStarted
    from backprop_cli.training.loop import train

    start, worked = time.perf_counter(), time.process_time()
    setup = load(Path(folder, "c.yaml"), [f"training.shuffle={shuffle}"])
    found = {"load": time.perf_counter() - start}
    trainer = train(setup, trace=())
    assert isinstance(next(trainer), RunStarted)
    epoch = next(trainer)
    assert isinstance(epoch, EpochDone)
    found |= {"epoch": epoch.seconds, "loss": epoch.training.loss}
    list(trainer)
    return found | {"all": time.perf_counter() - start, "cpu": time.process_time() - worked}


def read_ours(folder: str) -> dict[str, float]:
    """Read the table as training does: checked, as columns of numbers."""
    from backprop_cli.data.encoding import encode
    from backprop_cli.data.opening import open_frame
    from backprop_cli.data.sources import from_one

    start, worked = time.perf_counter(), time.process_time()
    _, samples = encode(from_one(open_frame(Path(folder, "table.csv")), None, None).read(), 1)
    seconds = {"load": time.perf_counter() - start, "cpu": time.process_time() - worked}
    return seconds | {"sum": float(samples.inputs[:].sum())}


def read_pandas(folder: str) -> dict[str, float]:
    """Read the table by pandas."""
    import pandas as pd

    start, worked = time.perf_counter(), time.process_time()
    values = pd.read_csv(Path(folder, "table.csv")).to_numpy()
    return {"load": time.perf_counter() - start, "cpu": time.process_time() - worked, "sum": float(values.sum())}


TASKS: dict[str, Callable[..., dict[str, float]]] = {"train": train, "ours": read_ours, "pandas": read_pandas}


def peak() -> float:
    """Give the most bytes that this process has had in memory."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most if sys.platform == "darwin" else most * 1024)


def apart(*task: str) -> dict[str, float]:
    """Do a task in a process of its own."""
    command = [sys.executable, __file__, "--task", *task]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def train_on_array(folder: Path, rows: int) -> Found:
    """Measure training on the array in both orders."""
    table = {}
    write_array(folder / "array.npy", rows)
    (folder / "c.yaml").write_text(CONFIG, encoding="utf-8")
    size = (folder / "array.npy").stat().st_size
    print(f"an .npy file of {rows:,} rows × {INPUTS + 1} columns, {size / 1e6:,.0f} MB, one epoch in batches of 64")
    print(f"{'shuffle':<10}{'load, s':>10}{'epoch, s':>10}{'rows/s':>12}{'all, s':>10}{'CPU, s':>10}{'peak, MB':>10}")
    for shuffle in ("blocks", "full"):
        table[shuffle] = found = apart("train", str(folder), shuffle)
        times = f"{found['load']:>10.1f}{found['epoch']:>10.1f}{rows / found['epoch']:>12,.0f}{found['all']:>10.1f}"
        print(f"{shuffle:<10}{times}{found['cpu']:>10.1f}{found['peak'] / 1e6:>10.0f}", flush=True)
        if found["peak"] > MOST:
            raise SystemExit(f"that is more than {MOST / 1e6:.0f} MB")
    (folder / "array.npy").unlink()
    return {"rows": rows, "bytes": size, **table}


def read_table(folder: Path, rows: int) -> Found:
    """Measure reading the table."""
    write_table(folder / "table.csv", rows)
    size = (folder / "table.csv").stat().st_size
    print(f"\na CSV file of {rows:,} rows × {INPUTS} columns, {size / 1e6:,.0f} MB")
    print(f"{'reader':<10}{'load, s':>10}{'CPU, s':>10}{'peak, MB':>10}")
    table = {}
    for reader in ("ours", "pandas") if is_there("pandas") else ("ours",):
        table[reader] = found = apart(reader, str(folder))
        print(f"{reader:<10}{found['load']:>10.1f}{found['cpu']:>10.1f}{found['peak'] / 1e6:>10.0f}", flush=True)
    if not is_there("pandas"):
        print("pandas is not installed, so there is nothing to compare with: pip install 'backprop-cli[bench]'")
    elif not np.isclose(table["ours"]["sum"], table["pandas"]["sum"], rtol=1e-9):
        raise SystemExit(f"the readers do not agree: {table}")
    (folder / "table.csv").unlink()
    return {"rows": rows, "bytes": size, **table}


PARTS: dict[str, Callable[[Path, bool], Found]] = {
    "array": lambda folder, quick: train_on_array(folder, ARRAY_ROWS[quick]),
    "table": lambda folder, quick: read_table(folder, TABLE_ROWS[quick]),
}


def measure(*, quick: bool, only: str | None = None, folder: Path | None = None) -> Found:
    """Measure both, in a folder for passing files or beside it."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        return {name: part(Path(place), quick) for name, part in PARTS.items() if only in {None, name}}


def main() -> None:
    """Measure what is asked for."""
    parser = parser_of(__doc__)
    parser.add_argument("--only", choices=list(PARTS), help="this measurement alone")
    parser.add_argument("--folder", type=Path, help="where the files are written, 2.5 GB; by default for passing files")
    parser.add_argument("--task", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.task:
        name, *rest = asked.task
        print(json.dumps(TASKS[name](*rest) | {"peak": peak()}))
        return
    found = measure(quick=asked.quick, only=asked.only, folder=asked.folder)
    print(told(circumstances()))
    if asked.json is not None:
        keep(asked.json, NAME, found)


if __name__ == "__main__":
    main()
