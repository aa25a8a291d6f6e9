"""Signals that ask for the end: the first is obeyed once all is saved, the second at once."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from backprop_cli.training.checkpoint import Checkpoint
from backprop_cli.training.recording import setup_in

ENDLESS = "epochs: 10000000, checkpoint_every: 0.05"
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
Configs = Callable[[str, str], Path]
COMMAND = (sys.executable, "-m", "backprop_cli", "train")


@pytest.fixture
def config(configs: Configs) -> Path:
    return configs("adam in batches", ENDLESS)


@contextmanager
def started(*words: object, ignored: int | None = None) -> Iterator["subprocess.Popen[str]"]:
    """Start the command, and see that it has ended at the end."""

    def ignore() -> None:
        # Whatever started these tests may ignore them.
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN if number == ignored else signal.SIG_DFL)

    with subprocess.Popen(
        [*COMMAND, *map(str, words)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=ignore,  # noqa: PLW1509
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def wait_for(path: Path) -> None:
    until = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.01)


def hold_saved(out: Path, said: str) -> None:
    """Hold that a folder is whole, and where it says that the run stopped."""
    steps = Checkpoint.read(out / "checkpoint", setup_in(out)).position.steps
    assert said.splitlines()[-1] == (
        f"backprop: interrupted after step {steps:,} of 30,000,000; go on with: backprop train --resume --out {out}"
    )
    run = json.loads((out / "run.json").read_text())
    assert (run["outcome"], run["done"]["steps"]) == ("interrupted", steps)
    assert sorted(path.name for path in out.iterdir()) == [
        "checkpoint", "config.yaml", "history.csv", "metrics.jsonl", "run.json",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_is_obeyed_once_all_is_saved(number: int, config: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with started(config, "--out", out) as process:
        wait_for(out / "checkpoint")
        process.send_signal(number)
        said = process.communicate(timeout=60)[1]

    assert process.returncode == SIGNALS[signal.Signals(number)]
    assert "backprop: finishing this step and saving; once more leaves at once\n" in said
    hold_saved(out, said)


@pytest.mark.slow
def test_the_second_signal_is_obeyed_at_once_and_the_folder_is_whole(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with started(config, "--out", out) as process:
        wait_for(out / "checkpoint")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[1]

    assert process.returncode in {130, 143}
    assert said.splitlines()[-1].startswith("backprop: interrupted")
    assert Checkpoint.read(out / "checkpoint", setup_in(out)).position.steps > 0


@pytest.mark.slow
def test_without_a_folder_the_program_ends_with_a_sentence(config: Path) -> None:
    with started(config, "--format", "json") as process:
        time.sleep(2.0)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]

    assert process.returncode == 130
    assert said.splitlines()[-1] == "backprop: interrupted"
    assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_is_ignored_stays_ignored(number: int, config: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with started(config, "--out", out, ignored=number) as process:
        wait_for(out / "checkpoint")
        process.send_signal(number)
        before = (out / "checkpoint").stat().st_mtime_ns
        until = time.monotonic() + 30
        while (out / "checkpoint").stat().st_mtime_ns == before:
            assert time.monotonic() < until
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[1]

    assert process.returncode == 143
    hold_saved(out, said)


@pytest.mark.slow
def test_a_terminal_that_is_closed_ends_a_run_as_sighup_does(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    child, terminal = pty.fork()
    if not child:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.execv(sys.executable, [*COMMAND, str(config), "--out", str(out)])  # noqa: S606
    while not (out / "checkpoint").exists():
        with suppress(OSError):
            os.read(terminal, 4096)
    os.close(terminal)
    os.waitpid(child, 0)

    run = json.loads((out / "run.json").read_text())
    assert run["outcome"] == "interrupted"
    assert Checkpoint.read(out / "checkpoint", setup_in(out)).position.steps == run["done"]["steps"]


@pytest.mark.slow
def test_a_signal_while_the_program_starts_leaves_no_traceback(config: Path, tmp_path: Path, is_long: bool) -> None:
    moments = [0.15 + 0.02 * number for number in range(50)] if is_long else [0.3, 0.5]
    for number, moment in enumerate(moments):
        out = tmp_path / str(number)
        with started(config, "--out", out) as process:
            time.sleep(moment)
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=60)[1]

        if re.search("backprop", said):
            assert process.returncode == 130, (moment, said)
            assert not re.search("Traceback|Aborted", said), (moment, said)
        # Else nothing of ours was loaded yet, and Python itself was interrupted.
