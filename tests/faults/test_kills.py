"""A run that is killed at any moment, and again, leaves the bytes of one that was never disturbed."""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from backprop_cli.errors import StorageError
from backprop_cli.training.checkpoint import Checkpoint
from backprop_cli.training.folder import FILES
from backprop_cli.training.model import Model
from backprop_cli.training.recording import setup_in

CASES = ["adam in batches", "momentum in single precision", "a table", "patience", "the best is kept", "a plateau",
         "dropout", "classes that count differently", "rows at a time", "full batches"]  # fmt: skip
# Steps that take about a second where each has a checkpoint, and where they come now and then.
OFTEN, SOMETIMES = "steps: 40, checkpoint_every: 0", "steps: 3000, checkpoint_every: 0.02"


def killed(words: list[str], moment: float) -> bool:
    """Start the command, kill it after some seconds, and say whether it was still running."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    with suppress(subprocess.TimeoutExpired):
        process.wait(moment)
    process.kill()
    said = process.communicate()[1]
    assert process.returncode in {0, -9}, said
    return process.returncode == -9


def hold_readable(out: Path) -> None:
    """Hold that a folder can be read, or that a sentence says that no run has begun there."""
    try:
        setup = setup_in(out)
    except StorageError as error:
        assert "holds no run; start one" in str(error) or "is not there; start one" in str(error)  # noqa: PT017
        return
    if (out / "checkpoint").exists():
        Checkpoint.read(out / "checkpoint", setup)
    if (out / "model.safetensors").exists():
        Model.read(out / "model.safetensors")


@pytest.mark.slow
@pytest.mark.parametrize("case", [CASES[0], *(pytest.param(case, marks=pytest.mark.long) for case in CASES[1:])])
def test_a_run_that_is_killed_at_any_moment_leaves_the_same_bytes(
    case: str,
    configs: Callable[[str, str], Path],
    backprop: Callable[..., "subprocess.CompletedProcess[str]"],
    contents: Callable[[Path], dict[str, Any]],
    tmp_path: Path,
    is_long: bool,
) -> None:
    draw = Random(f"{case} 1")  # noqa: S311  it is no secret
    kills, wanted = 0, 12 if is_long else 5
    config = configs(case, draw.choice([OFTEN, SOMETIMES]) if is_long else OFTEN)
    whole, out = tmp_path / "whole", tmp_path / "cut"
    begun = time.monotonic()
    assert backprop("train", config, "--out", whole, "--trace", "0").returncode == 0
    lasts = time.monotonic() - begun
    words = [sys.executable, "-m", "backprop_cli", "train", str(config), "--out", str(out), "--resume", "--quiet"]

    while kills < wanted:
        # The first part of its time a program is loaded.
        kills += killed(words, draw.uniform(0.3 if draw.random() < 0.8 else 0.0, 1.0) * lasts)
        hold_readable(out)
    ended = backprop(*words[3:])

    assert ended.returncode == 0, ended.stderr
    assert contents(out) == contents(whole)
    assert {path.name for path in out.iterdir()} == set(FILES)
