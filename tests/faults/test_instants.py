"""Whatever happens at whichever instant of writing: the folder can be read, and the run goes on to the same bytes."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Configs = Callable[[str, str], Path]
OTHERS = ["momentum in single precision", "patience", "the best is kept", "a plateau", "dropout",
          "classes that count differently", "rows at a time"]  # fmt: skip
DRIVER = Path(__file__).with_name("instants.py")
# The exit codes that each may end with: 0 where it comes when all is done, or what failed is done without.
ENDS = {
    "kill": {-9},
    "SIGINT": {130, 0},
    "SIGTERM": {143, 0},
    "SIGHUP": {129, 0},
    "SIGINT twice": {130},
    "no room": {6, 0},
    "disk full": {6, 0},
    "disk broken": {6, 0},
    "folder removed": {6, 0},
}
SAID = {
    130: r"backprop: interrupted( after step \d of 4; go on with: backprop train --resume --out \S+)?",
    143: r"backprop: interrupted after step \d of 4; go on with: backprop train --resume --out \S+",
    129: r"backprop: interrupted after step \d of 4; go on with: backprop train --resume --out \S+",
    6: r"backprop: \S+(: cannot be written: [^;]+; [^;]+| was removed, or its lock was, while the run went on; the run "
    r"ends, since another one may write there now)(; nothing is saved yet|; the last checkpoint, after \d steps?, is "
    r"kept; go on with: backprop train --resume --out \S+)?",
    0: r"backprop: the run is in \S+",
}  # fmt: skip
NO_RUN = r"\S+ (holds no run|is not there); start one: backprop train CONFIG --out \S+"


def reports(config: Path, faults: dict[str, int], stride: int) -> list[dict[str, Any]]:
    """Let faults happen at instants of a run from a first one on, one run for each."""
    words = ["train", str(config), "--out", "OUT", "--trace", "0"]
    ended = subprocess.run(
        [sys.executable, str(DRIVER), json.dumps({"words": words, "faults": faults, "stride": stride})],
        capture_output=True, text=True, check=False, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def hold(report: dict[str, Any]) -> None:
    """Hold one run to all that is promised."""
    assert report["code"] in ENDS[report["fault"]], report
    assert not re.search("Traceback|Exception ignored|internal error", report["said"] + report["said_again"]), report
    if report["code"] >= 0:
        # What comes when all is done is told after that.
        lines = report["said"].splitlines() if report["code"] == 0 else report["said"].splitlines()[-1:]
        assert any(re.fullmatch(SAID[report["code"]], line) for line in lines), report
    assert report["state"] == "a run" or re.fullmatch(NO_RUN, report["state"]), report
    assert report["again"] == 0, report
    assert report["differ"] == [], report


def steps_kept(report: dict[str, Any]) -> int:
    found = re.search(r"goes on after step (\d)", report["said_again"])
    return int(found[1]) if found else 0


@pytest.mark.slow
def test_a_fault_at_some_instant_of_writing_is_survived(configs: Configs) -> None:
    config = configs("adam in batches", "steps: 4, checkpoint_every: 0")
    found = reports(config, {fault: 20 + 17 * number for number, fault in enumerate(ENDS)}, stride=163)

    assert len(found) >= 2 * len(ENDS)
    for report in found:
        hold(report)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("fault", ENDS)
def test_a_fault_at_any_instant_of_writing_is_survived(fault: str, configs: Configs) -> None:
    found = reports(configs("adam in batches", "steps: 4, checkpoint_every: 0"), {fault: 1}, stride=1)

    assert len(found) > 300
    for report in found:
        hold(report)
    assert {report["code"] for report in found} == ENDS[fault]
    if fault != "folder removed":
        kept = [steps_kept(report) for report in found if report["code"] != 0]
        assert kept == sorted(kept), "a checkpoint was lost"


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("case", OTHERS)
def test_whatever_a_run_remembers_is_whole_at_any_instant(case: str, configs: Configs) -> None:
    for report in reports(configs(case, "steps: 4, checkpoint_every: 0"), {"kill": 1}, stride=3):
        hold(report)
