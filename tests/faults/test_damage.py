"""Files of a run folder that are damaged, gone or another's: a sentence or no difference, never anything between."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backprop_cli import __version__
from backprop_cli.config.loader import load
from backprop_cli.errors import BackpropError, StorageError
from backprop_cli.training.checkpoint import Checkpoint, Stored
from backprop_cli.training.events import RunStarted
from backprop_cli.training.model import Model
from backprop_cli.training.recording import record, resume, setup_in

Configs = Callable[[str, str], Path]
Contents = Callable[[Path], dict[str, Any]]
DAMAGED = (
    "{}: this checkpoint is damaged: its checksum does not match; put back a copy of it, or start the run again with "
    "--force"
)
NEWER = "{}: {} is a form that only a newer backprop reads; update backprop"


@pytest.fixture
def whole(configs: Configs, tmp_path: Path) -> Path:
    out = tmp_path / "whole"
    list(record(load(configs("momentum in single precision", "epochs: 3")), out, ()))
    return out


@pytest.fixture
def begun(configs: Configs, tmp_path: Path) -> Path:
    """Give the same run, which is not over."""
    return cut(configs, "momentum in single precision", "epochs: 3", tmp_path / "begun")


def cut(configs: Configs, case: str, more: str, out: Path) -> Path:
    events = record(load(configs(case, more)), out, ())
    for _ in range(3):
        next(events)
    events.close()
    return out


def cut_short(whole: bytes, stride: int) -> Iterator[bytes]:
    return (whole[:length] for length in range(0, len(whole), stride))


def flipped(whole: bytes, stride: int) -> Iterator[bytes]:
    """Give all that differ in one bit."""
    for bit in range(0, 8 * len(whole), stride):
        spoiled = bytearray(whole)
        spoiled[bit // 8] ^= 1 << bit % 8
        yield bytes(spoiled)


def said(error: type[Exception], act: Callable[[], object]) -> str:
    with pytest.raises(error) as caught:
        act()
    return str(caught.value)


@pytest.mark.slow
def test_no_damaged_checkpoint_is_taken_for_one(begun: Path, is_long: bool) -> None:
    path, setup = begun / "checkpoint", setup_in(begun)
    good = path.read_bytes()
    spoiled = begun / "spoiled"
    for bad in (*cut_short(good, 1 if is_long else 131), *flipped(good, 1 if is_long else 1021)):
        spoiled.write_bytes(bad)
        text = said(StorageError, lambda: Checkpoint.read(spoiled, setup))
        head = bad[:21].decode("latin-1")
        assert text in {DAMAGED.format(spoiled), NEWER.format(spoiled, repr(head))}
    path.write_bytes(good)
    assert Checkpoint.read(path, setup).position.steps > 0


def test_a_damaged_checkpoint_ends_the_command_and_stays_as_it_is(
    begun: Path, backprop: Callable[..., Any], contents: Contents
) -> None:
    (begun / "checkpoint").write_bytes((begun / "checkpoint").read_bytes()[:-1])
    before = contents(begun)
    ended = backprop("train", "--resume", "--out", begun)

    assert (ended.returncode, ended.stdout) == (6, "")
    assert ended.stderr == f"backprop: {DAMAGED.format(begun / 'checkpoint')}\n"
    assert contents(begun) == before


def seen(model: Model) -> tuple[object, ...]:
    return model.experiment, model.network.theta.tobytes(), model.preparation.description(), model.classes


@pytest.mark.slow
def test_no_damaged_model_is_taken_for_another(whole: Path, is_long: bool) -> None:
    path = whole / "model.safetensors"
    good, wanted = path.read_bytes(), seen(Model.read(path))
    refused = total = 0
    for bad in (*cut_short(good, 1 if is_long else 131), *flipped(good, 1 if is_long else 1021)):
        path.write_bytes(bad)
        total += 1
        try:
            # A letter of an escape may change without changing what is said.
            assert seen(Model.read(path)) == wanted
        except StorageError as error:
            assert str(error).startswith(f"{path}: this ")  # noqa: PT017
            assert "\n" not in str(error)  # noqa: PT017
            refused += 1
    assert refused > 0.99 * total


@pytest.mark.slow
def test_a_damaged_report_is_written_anew(begun: Path, whole: Path, contents: Contents, is_long: bool) -> None:
    good, kept = (begun / "run.json").read_bytes(), (begun / "checkpoint").read_bytes()
    wanted = contents(whole)
    nameless = good.replace(b'"backprop"', b'"cackprop"')
    others = [b"", b"[]", b"{", b"5", b"\xff", b'{"times": 5}', b'{"times": {"seconds": "x"}, "circumstances": {}}',
              b'{"times": {"started": "", "seconds": 1e999, "resumed": 0}, "circumstances": {}}']  # fmt: skip
    for bad in (*others, nameless, *flipped(good, 11 if is_long else 8009)):
        (begun / "run.json").write_bytes(bad)
        (begun / "checkpoint").write_bytes(kept)
        first, *_ = resume(setup_in(begun), begun, ())
        assert isinstance(first, RunStarted)
        assert contents(begun) == wanted
        if bad == nameless:
            assert first.notices[0] == f"backprop is {__version__}, was not told; the last digits may differ"
        if bad in others:
            assert first.notices == (
                f"{begun / 'run.json'} was damaged or gone, and is written anew; its times start over",
            )


def test_a_report_that_is_gone_is_written_anew(begun: Path, whole: Path, contents: Contents) -> None:
    (begun / "run.json").unlink()
    first, *_ = resume(setup_in(begun), begun, ())
    assert isinstance(first, RunStarted)
    assert first.notices == (f"{begun / 'run.json'} was damaged or gone, and is written anew; its times start over",)
    assert contents(begun) == contents(whole)


@pytest.mark.parametrize("name", ["history.csv", "metrics.jsonl"])
@pytest.mark.parametrize("bad", [None, b"", b"epoch\n\xff\x00", b"x" * 100_000])
def test_a_history_that_is_damaged_or_gone_is_written_anew(
    name: str, bad: bytes | None, begun: Path, whole: Path, contents: Contents
) -> None:
    if bad is None:
        (begun / name).unlink()
    else:
        (begun / name).write_bytes(bad)
    list(resume(setup_in(begun), begun, ()))
    assert contents(begun) == contents(whole)


@pytest.mark.slow
def test_a_damaged_config_is_refused_or_means_the_same(
    begun: Path, whole: Path, contents: Contents, is_long: bool
) -> None:
    good, kept = (begun / "config.yaml").read_bytes(), (begun / "checkpoint").read_bytes()
    wanted = {**contents(whole), "config.yaml": None}
    for bad in (*cut_short(good, 7 if is_long else 401), *flipped(good, 7 if is_long else 1999)):
        (begun / "config.yaml").write_bytes(bad)
        (begun / "checkpoint").write_bytes(kept)
        try:
            list(resume(setup_in(begun), begun, ()))
        except BackpropError as error:
            assert error.exit_code in {3, 4, 6}  # noqa: PT017
            assert (begun / "checkpoint").read_bytes() == kept
        else:
            assert {**contents(begun), "config.yaml": None} == wanted


def test_the_change_is_named_where_a_checkpoint_is_of_another_network(begun: Path) -> None:
    config = begun / "config.yaml"
    config.write_text(config.read_text().replace("units: 3", "units: 4"))
    assert said(BackpropError, lambda: list(resume(setup_in(begun), begun, ()))) == (
        f"{config}: the config is not as it was when the run began: network.layers[0].units is 4, was 3; put it back, "
        "or start another run"
    )


def test_a_checkpoint_of_another_run_is_refused(begun: Path, configs: Configs, tmp_path: Path) -> None:
    other = cut(configs, "momentum in single precision", "epochs: 3, seed: 9", tmp_path / "other")
    shutil.copy(other / "checkpoint", begun / "checkpoint")
    before = (begun / "checkpoint").read_bytes()
    assert said(BackpropError, lambda: list(resume(setup_in(begun), begun, ()))) == (
        f"{begun / 'config.yaml'}: the config is not as it was when the run began: training.seed is 0, was 9; "
        "put it back, or start another run"
    )
    assert (begun / "checkpoint").read_bytes() == before


def test_arrays_of_another_network_under_the_same_config_are_refused(begun: Path, configs: Configs) -> None:
    stored = Stored.read(begun / "checkpoint")
    other = load(configs("adam in batches", "epochs: 3"))
    assert said(StorageError, lambda: stored.checkpoint(other)) == (
        f"{begun / 'checkpoint'}: this checkpoint is of another run than the config beside it"
    )


def test_without_a_checkpoint_a_run_starts_at_its_beginning_and_says_so(
    begun: Path, whole: Path, backprop: Callable[..., Any], contents: Contents
) -> None:
    (begun / "checkpoint").unlink()
    ended = backprop("train", "--resume", "--out", begun)

    assert ended.returncode == 0
    assert "backprop: there is no checkpoint yet, so the run starts at its beginning\n" in ended.stderr
    assert contents(begun) == contents(whole)


def test_a_newer_form_is_named(begun: Path) -> None:
    path = begun / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"checkpoint 1\n", b"checkpoint 12\n", 1))
    assert said(StorageError, lambda: Stored.read(path)) == (
        f"{path}: 'backprop checkpoint 12' is a form that only a newer backprop reads; update backprop"
    )


def test_a_folder_in_place_of_a_file_is_named(begun: Path) -> None:
    (begun / "checkpoint").unlink()
    (begun / "checkpoint").mkdir()
    assert said(StorageError, lambda: list(resume(setup_in(begun), begun, ()))) == (
        f"{begun / 'checkpoint'}: this is a folder, not a file; name a file in it"
    )
    assert json.loads((begun / "run.json").read_text())["outcome"] == "interrupted"
