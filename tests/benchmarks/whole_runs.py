"""What whole runs take, from the shell: `backprop train FILE.yaml` beside the same job as a script in its peers.

Two jobs: the article's two neurons for 1,000 steps, and a network of 30-32-16-1 for 100 epochs on 20,000 samples of an
archive.  A script reads the same data, makes the network, trains it and prints its last loss; what it imports and
compiles counts, as does all that `backprop` does beyond it: reading and checking YAML, measuring on all samples before
and after, printing.  That all came to the same loss, to one part in twenty, is checked: weights may be drawn by each,
and `backprop` tells the loss after the last update, scripts the mean of the last epoch (scikit-learn's network cannot
be made the same).

And how long it takes to start: `backprop --help` beside `python -c pass`, and training the two neurons for one step
beside `python -c "import numpy"`.

Every run is a process, run in turn with the others; medians of wall-clock time, time on the processor, and peak memory.

Run it:  pip install 'backprop-cli[bench]'
         python tests/benchmarks/whole_runs.py [--quick] [--json FILE]
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from measuring import Found, in_turn, is_there, medians, run_alone, with_threads
from peers.ours import config_of
from peers.trainers import OURS, PEERS, TRAINERS
from peers.workloads import WORKLOADS

NAME = "whole"
HERE = Path(__file__).parent
PROGRAM = str(Path(sys.executable).with_name("backprop"))
ONE_STEP = str(HERE.parents[1] / "configs" / "two-neurons.yaml")
# Epochs of each job, and rounds, more of the shorter one: in all, and for a quick look.
JOBS = {"W1": (1000, 1000), "W4": (100, 1)}
ROUNDS, START_ROUNDS, QUICK_ROUNDS = {"W1": 15, "W4": 3}, 21, 0
# Relative difference between last losses, of networks that started with numbers of their own where they are drawn.
AGREE = 0.05
COLUMNS = {"wall": 1.0, "cpu": 1.0, "peak": 1e-6}
STARTS = {
    "--help": {"backprop --help": [PROGRAM, "--help"], "python -c pass": [sys.executable, "-c", "pass"]},
    "one step": {
        "backprop train": [PROGRAM, "train", ONE_STEP],
        "import numpy": [sys.executable, "-c", "import numpy"],
    },
}


def metered(command: Sequence[str], threads: int) -> dict[str, Any]:
    """Run a command whose libraries use so many threads, and give what it took and what it printed."""
    meter = [sys.executable, "-m", "peers.meter", *command]
    answer = subprocess.run(
        meter, stdout=subprocess.PIPE, text=True, check=True, cwd=HERE, env=with_threads(threads)
    ).stdout
    found: dict[str, Any] = json.loads(answer)
    if found["code"]:
        raise SystemExit(f"{' '.join(command)} ended with {found['code']}")
    return found


def taken(commands: Mapping[str, Sequence[str]], threads: int, rounds: int) -> tuple[Found, dict[str, str]]:
    """Run commands in turn; give the medians of what each took, and what it printed."""
    tasks = {name: partial(metered, command, threads) for name, command in commands.items()}
    first = in_turn(tasks, 1)
    # The first round, which finds nothing at hand, counts only where it is the only one.
    runs = in_turn(tasks, rounds) if rounds else first
    printed = {name: found[0]["output"] for name, found in first.items()}
    columns = {key: medians({name: [one[key] for one in each] for name, each in runs.items()}) for key in COLUMNS}
    return {name: {key: columns[key][name] for key in COLUMNS} for name in commands}, printed


def write_job(folder: Path, name: str, epochs: int) -> dict[str, list[str]]:
    """Write the config of a job and its data, and give the command of each trainer."""
    work = replace(WORKLOADS[name], epochs=epochs)
    config, archive = config_of(work), []
    if work.samples == 1:
        config["data"] = {"inputs": work.x.tolist(), "targets": work.y.tolist()}
        for layer, (weights, bias) in zip(config["network"]["layers"], work.weights, strict=True):
            layer |= {"weights": weights.tolist(), "bias": bias.tolist()}
    else:
        path = folder / f"{name}.npz"
        np.savez(path, x=work.x, y=work.y)
        config["data"], archive = {"file": path.name, "inputs": "x", "targets": "y"}, [str(path)]
    yaml = folder / f"{name}.yaml"
    # JSON is YAML.
    yaml.write_text(json.dumps(config, indent=1), encoding="utf-8")
    script = [sys.executable, "-m", "peers.whole"]
    peers = {peer: [*script, peer, name, str(epochs), *archive] for peer in PEERS if is_there(PEERS[peer].package)}
    return {OURS: [PROGRAM, "train", str(yaml)], **peers}


def require_agreement(name: str, printed: Mapping[str, str]) -> None:
    """End where somebody came to another loss: it trained something else."""
    words = {who: re.search(r"^loss .*?(\S+)$", text, re.MULTILINE) for who, text in printed.items()}
    losses = {who: float(found[1]) for who, found in words.items() if found and TRAINERS[who].is_same}
    if not all(abs(loss - losses[OURS]) <= AGREE * losses[OURS] for loss in losses.values()):
        raise SystemExit(f"{name}: last losses differ: {losses}")


def show(found: Found, first: str) -> None:
    """Print a row for each command, with ratios to the first one named."""
    print(f"{'':<18}{'wall, s':>10}{'÷':>7}{'CPU, s':>10}{'÷':>7}{'peak, MB':>10}{'÷':>7}")
    for name, took in found.items():
        pairs = ((took[key] * unit, took[key] / found[first][key]) for key, unit in COLUMNS.items())
        print(f"{name:<18}{''.join(f'{value:>10.3f}{ratio:>7.2f}' for value, ratio in pairs)}", flush=True)


def measure(*, quick: bool) -> Found:
    """Measure whole jobs, and how long it takes to start."""
    table: Found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, epochs in JOBS.items():
            commands = write_job(Path(folder), name, epochs[quick])
            table[name], printed = taken(
                commands, 1 if quick else WORKLOADS[name].threads, QUICK_ROUNDS if quick else ROUNDS[name]
            )
            require_agreement(name, printed)
            print(f"{name}, {epochs[quick]:,} epochs; ÷ is to {OURS}")
            show(table[name], OURS)
    for name, pair in STARTS.items():
        table[name], _ = taken(pair, 1, QUICK_ROUNDS if quick else START_ROUNDS)
        print(f"to start, {name}")
        show(table[name], list(pair)[1])
    return table


if __name__ == "__main__":
    run_alone(NAME, __doc__, measure)
