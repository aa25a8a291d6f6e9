"""`backprop export`, as a user meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.numpy import load_file
from typer.testing import CliRunner

from backprop_cli.cli.app import app

CONFIG = Path(__file__).parents[2] / "configs" / "iris.yaml"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("export") / "run"
    told = CliRunner().invoke(app, ["train", str(CONFIG), "--set", "training.epochs=1", "--out", str(run), "-q"])
    assert told.exit_code == 0, told.output
    return run


@pytest.fixture
def run(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(trained.parent)
    return Path("run")


def export(*words: str) -> tuple[int, str, str]:
    told = CliRunner().invoke(app, ["export", *words])
    return told.exit_code, told.stdout, told.stderr


@pytest.mark.parametrize("source", ["run", "run/model.safetensors"])
@pytest.mark.usefixtures("run")
def test_the_suffix_says_the_format(source: str, tmp_path: Path) -> None:
    for name in ("m.onnx", "m.pt.safetensors", "M.JSON"):
        assert export(source, "--output", str(tmp_path / name)) == (0, "", "")

    assert b"backprop" in (tmp_path / "m.onnx").read_bytes()[:20]
    assert load_file(tmp_path / "m.pt.safetensors")["2.weight"].shape == (3, 8)
    assert json.loads((tmp_path / "M.JSON").read_text())["classes"] == ["setosa", "versicolor", "virginica"]


@pytest.mark.usefixtures("run")
def test_the_format_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "network"
    assert export("run", "--format", "state_dict", "-o", str(path)) == (0, "", "")

    assert load_file(path)["0.bias"].shape == (8,)
    code, shown, _ = export("run", "--format", "json")
    assert (code, json.loads(shown)["topology"]) == (0, [4, 8, 3])


@pytest.mark.usefixtures("run")
def test_the_network_alone_is_another_file(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "whole.onnx", ()), (tmp_path / "raw.onnx", ("--raw",))):
        assert export("run", "-o", str(path), *words) == (0, "", "")

    assert b"shift" in (tmp_path / "whole.onnx").read_bytes()
    assert b"shift" not in (tmp_path / "raw.onnx").read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["run"], 2, "which form? name one with --format: onnx, state_dict, json"),
        (
            ["run", "-o", "m.pb"],
            2,
            "m.pb: no form has this suffix; there are .onnx, .safetensors, .json, or name a form with --format",
        ),
        (
            ["run", "-o", "m.json", "--raw"],
            2,
            "--raw is for --format onnx; json leaves the preparation of inputs to its reader",
        ),
        (
            ["run", "-o", "run/model.safetensors"],
            2,
            "run/model.safetensors is the model itself; choose another name for what is made of it",
        ),
        (["none", "-o", "m.json"], 6, "none: there is no such file; check the name and the folder"),
        (
            ["run", "-o", "none/m.json"],
            6,
            "none/m.json: cannot be written: No such file or directory; its folder is not there",
        ),
    ],
)
@pytest.mark.usefixtures("run")
def test_what_cannot_be_is_said_in_one_sentence(words: list[str], code: int, message: str) -> None:
    assert export(*words) == (code, "", f"backprop: {message}\n")


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals")
def test_bytes_are_not_shown_on_a_screen(run: Path) -> None:
    command = [sys.executable, "-m", "backprop_cli", "export", str(run), "--format"]
    screen, terminal = os.openpty()
    try:
        refused = subprocess.run([*command, "onnx"], stdout=terminal, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(terminal)
        os.close(screen)
    piped = subprocess.run([*command, "onnx"], capture_output=True, check=True).stdout

    message = "backprop: onnx is not text, so it is not shown; name a file with --output\n"
    assert (refused.returncode, refused.stderr) == (2, message)
    assert b"yhat" in piped


@pytest.mark.usefixtures("run")
def test_onnx_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)

    told = export("run", "-o", "m.onnx")
    assert told == (2, "", "backprop: this needs onnx: pip install 'backprop-cli[onnx]'\n")
    assert not Path("m.onnx").exists()
