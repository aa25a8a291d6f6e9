"""What is measured is what it says, and the same work in every hand."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loop_cost import bare
from measuring import in_turn, keep, medians
from peers.ours import ours
from peers.products import calls_of
from peers.tutorial import tutorial
from peers.worker import timed
from peers.workloads import QUICK_BATCH, QUICK_BATCHES, QUICK_WIDTH, WORKLOADS, Workload
from scaling import SIZES, varied
from train_peers import AGREE, agreement, difference
from whole_runs import metered, require_agreement

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, str(Path(__file__).with_name("run.py"))]


def test_tasks_are_done_in_turn_and_each_round_begins_with_another() -> None:
    order: list[str] = []
    tasks = {name: partial(order.append, name) for name in "abc"}

    found = in_turn(tasks, 3)

    assert "".join(order) == "abcbcacab"
    assert found == {name: [None] * 3 for name in "abc"}


def test_the_median_counts() -> None:
    assert medians({"a": [1.0, 100.0, 2.0], "b": [4.0, 2.0]}) == {"a": 2.0, "b": 3.0}


def test_numbers_are_kept_beside_those_of_others(tmp_path: Path) -> None:
    path = tmp_path / "found.json"

    keep(path, "one", {"x": 1})
    keep(path, "two", {"y": 2})
    keep(path, "one", {"x": 3})

    known = json.loads(path.read_text())
    assert {name: each["found"] for name, each in known.items()} == {"one": {"x": 3}, "two": {"y": 2}}
    assert all({"date", "machine", "versions"} < set(each) for each in known.values())


@pytest.mark.parametrize("name", list(WORKLOADS))
def test_the_product_and_a_tutorial_train_the_same(name: str) -> None:
    work = WORKLOADS[name].quick
    epochs = min(work.epochs, 50)

    _, our_losses = timed(ours(work), epochs, shuffle=False)
    _, their_losses = timed(tutorial(work), epochs, shuffle=False)

    assert len(our_losses) == len(their_losses) == epochs
    assert difference({"backprop": our_losses, "NumPy": their_losses}) < AGREE[work.dtype] / 10


@pytest.mark.parametrize("name", list(WORKLOADS))
def test_bare_steps_end_where_the_loop_ends(name: str) -> None:
    work = WORKLOADS[name].quick
    if work.batch < work.samples:
        # The loop tells the mean of an epoch's steps, and bare steps the loss of the last.
        work = Workload(**{**vars(work), "samples": work.batch})

    _, in_loop = timed(ours(work), work.epochs, shuffle=True)
    _, on_their_own = timed(bare(work), work.epochs, shuffle=True)

    assert on_their_own[-1] == in_loop[-1]


@pytest.mark.parametrize("name", list(WORKLOADS))
def test_a_quick_look_is_at_something_small_of_the_same_kind(name: str) -> None:
    whole, quick = WORKLOADS[name], WORKLOADS[name].quick

    assert max(quick.widths) <= QUICK_WIDTH
    assert quick.samples <= QUICK_BATCH * QUICK_BATCHES
    assert quick.samples % quick.batch == 0
    assert (quick.samples > 1) == (whole.samples > 1)
    assert (quick.loss, quick.optimizer, quick.dtype) == (whole.loss, whole.optimizer, whole.dtype)


def test_the_work_of_a_step_is_that_of_its_matrix_products() -> None:
    # Two layers of 2 × 3 numbers: both forward and for the gradient, the second back; two operations for each.
    assert WORKLOADS["W2"].flops == 2 * (6 + 6 + 6 + 6 + 6)


@pytest.mark.parametrize(("what", "size"), [(what, sizes[2]) for what, sizes in SIZES.items()])
def test_products_multiply_as_much_as_a_step(what: str, size: int) -> None:
    work = varied(what, size)

    shapes: list[Any] = [(call.args[0].shape, call.args[1].shape) for call in calls_of(work)]  # type: ignore[attr-defined]

    assert sum(2 * rows * inner * columns for (rows, inner), (_, columns) in shapes) == work.flops
    assert {"batch": work.batch, "width": work.widths[1], "depth": len(work.widths) - 2, "inputs": work.widths[0]}[
        what
    ] == size


class StandIn:
    """A worker that answers with losses."""

    def __init__(self, name: str, losses: list[float]) -> None:
        self.name = name
        self.losses = losses

    def ask(self, work: str, what: str, *, quick: bool) -> dict[str, list[float]]:
        assert (work, what, quick) == ("W1", "check", False)
        return {"losses": self.losses}


@pytest.mark.parametrize(("loss", "apart"), [(0.5, 0.0), (0.5000002, 4e-7), (0.500002, None), (float("nan"), None)])
def test_who_trains_something_else_is_not_timed(loss: float, apart: float | None) -> None:
    # scikit-learn's network is another one.
    workers: Any = [StandIn("backprop", [0.7, 0.5]), StandIn("JAX scan", [0.7, loss]), StandIn("scikit-learn", [9.0])]
    look = partial(agreement, WORKLOADS["W1"], workers, quick=False)

    if apart is None:
        with pytest.raises(SystemExit, match=r"^W1: losses differ by .*JAX scan"):
            look()
    else:
        assert look() == pytest.approx(apart, abs=1e-12)


def test_a_whole_run_must_come_to_the_same_loss() -> None:
    printed = {
        "backprop": "       first   last\nloss     0.9    0.5\n",
        "NumPy": "loss 0.52",
        "scikit-learn": "loss 3.0",
    }

    require_agreement("W4", printed)
    with pytest.raises(SystemExit, match="W4: last losses differ"):
        require_agreement("W4", printed | {"PyTorch": "loss 0.53"})


def test_the_peak_of_a_command_is_its_own() -> None:
    ballast = np.ones(40_000_000)  # 320 MB

    small = metered([sys.executable, "-c", "print('small')"], threads=1)
    large = metered([sys.executable, "-c", "print(len(b'x' * 100_000_000))"], threads=1)

    assert small["output"] == "small\n"
    assert small["peak"] < 60e6
    assert 100e6 < large["peak"] < ballast.nbytes
    assert min(small["cpu"], small["wall"]) > 0


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(SystemExit, match="ended with 3"):
        metered([sys.executable, "-c", "raise SystemExit(3)"], threads=1)


def test_a_command_is_run_with_so_many_threads() -> None:
    script = "import os; print(os.environ['OMP_NUM_THREADS'], os.environ['OPENBLAS_NUM_THREADS'])"

    assert metered([sys.executable, "-c", script], threads=3)["output"] == "3 3\n"


def test_the_command_says_all_that_it_measures() -> None:
    told = subprocess.run([*RUN, "--help"], capture_output=True, text=True, check=True).stdout

    for name in ("peers", "loop", "whole", "scaling", "explain", "loading", "marking"):
        assert f"- `{name}`: " in told
    assert "{peers,loop,whole,scaling,explain,loading,marking}" in told


def test_a_quick_look_is_not_for_the_readme() -> None:
    done = subprocess.run([*RUN, "--quick", "--readme"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "--quick judges no time" in done.stderr


@pytest.mark.slow
def test_the_command_prints_and_keeps_numbers(tmp_path: Path) -> None:
    path = tmp_path / "found.json"

    words = [*RUN, "--quick", "--only", "loop", "--only", "scaling", "--json", str(path)]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout

    known = json.loads(path.read_text())
    assert list(known) == ["loop", "scaling"]
    assert list(known["loop"]["found"]) == list(WORKLOADS)
    assert list(known["scaling"]["found"]) == list(SIZES)
    assert "== loop" in told
    assert "== scaling" in told


def test_what_must_pass_has_a_quick_look_at_it() -> None:
    script = ROOT / ".ci" / "run"
    if not script.exists():
        pytest.skip("this is no checkout")

    assert "\n.venv/bin/python tests/benchmarks/run.py --quick\n" in script.read_text(encoding="utf-8")
