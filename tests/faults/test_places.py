"""Places that cannot be written to, are taken away, or belong to another process: exit code 6 and a sentence."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backprop_cli.cli.app import app
from backprop_cli.config.loader import load
from backprop_cli.errors import StorageError
from backprop_cli.training import lock
from backprop_cli.training.recording import record, resume, setup_in

Configs = Callable[[str, str], Path]
Backprop = Callable[..., "subprocess.CompletedProcess[str]"]


def entered(*words: object) -> "subprocess.CompletedProcess[str]":
    """Run a command in this process."""
    found = CliRunner().invoke(app, ["train", *map(str, words)])
    return subprocess.CompletedProcess("train", found.exit_code, found.stdout, found.stderr)


@pytest.fixture
def config(configs: Configs) -> Path:
    return configs("adam in batches", "epochs: 2, checkpoint_every: 0")


def sentence(ended: "subprocess.CompletedProcess[str]") -> str:
    """Give the one sentence that a command ended with."""
    assert ended.returncode == 6, ended.stderr
    (line,) = ended.stderr.splitlines()
    return line


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(place)]
    if not shutil.which("mount") or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.slow
def test_a_disk_that_is_full_keeps_the_last_checkpoint(
    small_disk: Path, config: Path, backprop: Backprop, contents: Callable[[Path], Any], tmp_path: Path
) -> None:
    out = small_disk / "run"
    assert backprop("train", config, "--out", tmp_path / "whole", "--trace", "0").returncode == 0
    text = sentence(backprop("train", config, "--out", out, "--quiet", "--trace", "0"))
    assert "cannot be written: No space left on device; make room on the disk; " in text
    assert not list(out.glob(".*"))
    assert not (out / "lock").exists()

    subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], check=True)
    ended = backprop("train", config, "--resume", "--out", out, "--trace", "0")
    assert ended.returncode == 0, ended.stderr
    found, wanted = contents(out), contents(tmp_path / "whole")
    for each in (found, wanted):
        # The path of the data, which the config has, may differ.
        each.pop("config.yaml")
    assert found == wanted


@pytest.mark.parametrize(("most", "name"), [(300, "config.yaml"), (2000, "checkpoint")])
def test_files_that_may_not_grow_are_named(
    most: int, name: str, config: Path, backprop: Backprop, tmp_path: Path
) -> None:
    out = tmp_path / "run"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    text = sentence(backprop("train", config, "--out", out, "--quiet", "--trace", "0", preexec_fn=limit))
    assert text.startswith(
        f"backprop: {out}/{name}: cannot be written: File too large; the disk or a limit takes no file of"
    )
    assert not list(out.glob(".*"))
    assert not (out / "lock").exists()


@pytest.fixture
def bound() -> tuple[str, ...]:
    """Give what makes the permissions of files count for whoever runs the tests."""
    if os.geteuid():
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("nothing stops root here")
    return ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


def test_a_folder_that_may_not_be_written_is_named(
    config: Path, backprop: Backprop, bound: tuple[str, ...], tmp_path: Path
) -> None:
    locked, closed = tmp_path / "locked", tmp_path / "closed"
    locked.mkdir(0o555)
    closed.mkdir(0o000)
    denied = "cannot be written: Permission denied; check the permissions of its folder, or choose another place"

    def say(*words: object) -> str:
        return sentence(backprop("train", *words, cwd=tmp_path, before=bound))

    assert say(config, "--out", "locked") == f"backprop: locked/lock: {denied}"
    assert say(config, "--out", "locked/a") == f"backprop: locked/a: {denied}"
    assert say("--resume", "--out", "closed") == (
        "backprop: closed cannot be looked into: Permission denied; check its permissions"
    )
    closed.chmod(0o755)


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("file", "file is a file, not a folder; choose another name"),
        ("file/run", "file/run: cannot be written: Not a directory; a part of its path is a file, not a folder"),
        ("x" * 300, f"{'x' * 300}: cannot be written: File name too long; choose another place"),
        ('"a\\0b"', "'a\\x00b' cannot be the name of a folder; choose another name"),
    ],
)
def test_a_place_that_can_be_no_folder_is_named(
    out: str, told: str, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(config, tmp_path / "c.yaml")
    (tmp_path / "file").write_text("")
    words = ("--set", f"training.out={out}") if out.startswith('"') else ("--out", out)
    assert sentence(entered("c.yaml", *words)) == f"backprop: {told}"


def held(config: Path, out: Path) -> "subprocess.Popen[bytes]":
    """Start a run that does not end by itself, and wait until it writes."""
    words = ["train", str(config), "--out", str(out), "--quiet", "--trace", "0"]
    process = subprocess.Popen([sys.executable, "-m", "backprop_cli", *words], stdout=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not (out / "checkpoint").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    return process


@pytest.mark.slow
def test_only_one_process_writes_to_a_folder(configs: Configs, tmp_path: Path) -> None:
    config, out = configs("adam in batches", "epochs: 10000000, checkpoint_every: 0.05"), tmp_path / "run"
    with held(config, out) as process:
        try:
            by = json.loads((out / "lock").read_text())
            told = (
                f"backprop: {out} is being written by process {process.pid} on {by['machine']} since {by['since']}; "
                "wait for it, or choose another folder"
            )
            for words in ((config, "--force"), (config,), (config, "--resume"), ("--resume",)):
                assert sentence(entered(*words, "--out", out)) == told
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 143
        finally:
            process.kill()
    assert not (out / "lock").exists()
    assert setup_in(out).experiment.training.epochs == 10_000_000


def test_a_lock_that_nobody_holds_is_none(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / "lock").write_text('{"process": 1, "machine": "m", "since": "s"}')
    list(record(load(config), out, ()))
    assert not (out / "lock").exists()


@pytest.mark.parametrize("removed", ["folder", "lock"])
def test_a_run_that_was_removed_leaves_the_next_one_alone(
    removed: str, config: Path, tmp_path: Path, contents: Callable[[Path], Any]
) -> None:
    out = tmp_path / "run"
    first = record(load(config), out, ())
    for _ in range(2):
        next(first)
    if removed == "folder":
        shutil.rmtree(out)
        second = record(load(config, ["training.seed=4"]), out, ())
    else:
        (out / "lock").unlink()
        second = resume(setup_in(out), out, ())
    next(second)
    owner = (out / "lock").stat().st_ino
    with pytest.raises(StorageError) as caught:
        list(first)

    assert str(caught.value) == (
        f"{out} was removed, or its lock was, while the run went on; "
        "the run ends, since another one may write there now"
    )
    assert (out / "lock").stat().st_ino == owner
    assert lock.holder(out) is not None
    list(second)
    list(record(setup_in(out), tmp_path / "whole", ()))
    assert contents(out) == contents(tmp_path / "whole") | {"config.yaml": contents(out)["config.yaml"]}
