"""`backprop gradcheck` as a user meets it: what is shown, what is written, which code it ends with."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from backprop_cli.cli.app import Oracle, app
from backprop_cli.oracles.witnesses import WITNESSES
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.rules.base import Calls

ROOT = Path(__file__).parent.parent.parent
OWN = ("--against", "central", "--against", "complex")
KINK = """
network: {inputs: 1, layers: [{units: 1, activation: relu, weights: [[1]], bias: -1}]}
data: {inputs: [[1]], targets: [0.5]}
loss: half_sse
"""
DIVERGING = (
    "--set",
    "network.layers=[{units: 1, activation: identity}]",
    "--set",
    "loss=sse",
    "--set",
    "optimizer=sgd",
)
DIVERGING += ("--set", "optimizer.learning_rate=1e200")


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def gradcheck(*words: str, columns: int = 100, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["gradcheck", *words], env={"COLUMNS": str(columns)}, input=stdin)


def lines(result: Result) -> list[str]:
    return [line.rstrip() for line in result.stdout.splitlines()]


def break_tanh(monkeypatch: pytest.MonkeyPatch) -> None:
    def pull(_: Any, delta: Any, *__: Any) -> Calls:
        yield np.multiply, delta, 0.9, delta

    monkeypatch.setattr(Tanh, "pull", pull)


def test_the_worst_stands_first_and_the_verdict_last() -> None:
    # A wide step, so that what it cuts off outweighs rounding, which every machine has another of.
    result = gradcheck("configs/two-neurons.yaml", *OWN, "--h", "1e-3", "--show", "2")
    shown = lines(result)

    assert (result.exit_code, result.stderr) == (0, "")
    assert shown[1] == "Step 1 · epoch 1 · seed 0 · float64"
    assert shown[3].split() == ["parameter", "engine", "central", "complex", "error", "relative"]
    assert shown[5] == "b1          -0.0100869   -0.0100869   -0.0100869   7.9e-10    7.8e-08"
    assert shown[7] == "… and 2 more parameters"
    assert shown[-2] == "passed · central checked 4 of 4 to 1e-06 · complex checked 4 of 4 to 1e-09"
    assert shown[-1] == "worst: b1, off central by 7.9e-10, relative 7.8e-08"


def test_a_broken_engine_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    break_tanh(monkeypatch)
    result = gradcheck("configs/xor.yaml", *OWN)
    shown = lines(result)

    assert result.exit_code == 1
    assert shown[5].startswith("w1_")
    assert shown[5].endswith("wrong")
    assert "failed · 12 wrong · central checked 17 of 17" in result.stdout


def test_a_kink_says_what_is_on_its_two_sides() -> None:
    result = gradcheck("-", "--against", "central", stdin=KINK)

    assert result.exit_code == 0
    assert lines(result)[5].endswith("kink: -0.500000 to 0")
    assert "passed · 2 at a kink · central checked 2 of 2 to 1e-06" in result.stdout
    assert "inside the derivatives on both sides of a kink, -0.500000 to 0" in result.stdout


@pytest.mark.parametrize("columns", [40, 80])
def test_where_there_is_little_room_the_worst_oracle_stands_alone(columns: int) -> None:
    pytest.importorskip("mpmath", reason="mpmath is not installed: pip install '.[oracles]'")
    result = gradcheck("configs/xor.yaml", *OWN, "--against", "mpmath", "--show", "1", columns=columns)

    assert "against" in result.stdout
    assert "where there is more room, each oracle has a column" in " ".join(result.stdout.split())
    assert "its value" in result.stdout


def test_names_and_notation_are_those_of_the_config() -> None:
    result = gradcheck("configs/mazur.yaml", *OWN, "--set", "names={w5: w2_1_1}", "--set", "figures=[]")

    assert any(line.startswith("w5 ") for line in lines(result))


def test_a_later_step_is_checked_where_training_has_taken_it() -> None:
    assert lines(gradcheck("configs/xor.yaml", *OWN, "--step", "1000"))[1].startswith("Step 1,000 · epoch 1,000")


def test_a_sample_is_said_to_be_one() -> None:
    result = gradcheck("configs/iris.yaml", "--against", "central", "--most", "12")

    assert "passed · central checked 12 of 67 to 1e-06" in result.stdout


def test_what_is_left_out_is_said_once_and_not_at_all_when_quiet() -> None:
    words = ("configs/xor.yaml", *OWN, "--set", "network.layers.0.activation=relu")

    assert gradcheck(*words).stderr == "complex is left out: relu is not analytic\n"
    assert gradcheck(*words, "--quiet").stderr == ""


def test_what_is_not_installed_is_left_out_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mpmath", None)
    monkeypatch.setitem(sys.modules, "torch", None)
    default, asked = gradcheck("configs/xor.yaml"), gradcheck("configs/xor.yaml", "--against", "torch")

    assert default.exit_code == 0
    assert default.stderr == (
        "mpmath is left out: it is not installed: pip install 'backprop-cli[oracles]'\n"
        "torch is left out: it is not installed: pip install 'backprop-cli[oracles]'\n"
    )
    assert (asked.exit_code, asked.stdout) == (2, "")
    assert asked.stderr == "backprop: this needs PyTorch: pip install 'backprop-cli[oracles]'\n"


def test_the_json_is_one_document_with_every_parameter(tmp_path: Path) -> None:
    path = tmp_path / "check.json"
    result = gradcheck(
        "configs/two-neurons.yaml", *OWN, "--h", "1e-3", "--show", "1", "--format", "json", "--output", str(path)
    )
    document = json.loads(path.read_text(encoding="utf-8"))
    first = document["parameters"][0]

    assert (result.exit_code, result.stdout) == (0, "")
    assert (document["command"], document["passed"], document["trainable"]) == ("gradcheck", True, 4)
    assert document["oracles"][1] == {"name": "complex", "checked": 4, "tolerance": 1e-9}
    assert [row["label"] for row in document["parameters"]] == ["b1_1", "b2_1", "w1_1_1", "w2_1_1"]
    assert first["values"]["complex"] == pytest.approx(-0.010086925256618836, rel=1e-12)
    assert (first["against"], first["verdict"], first["kink"]) == ("central", "right", None)


def test_what_has_no_value_is_null_in_json() -> None:
    saturated = KINK.replace("relu", "sigmoid").replace("-1}", "45}").replace("half_sse", "binary_cross_entropy")
    result = gradcheck("-", "--against", "complex", "--format", "json", stdin=saturated)
    rows = json.loads(result.stdout)["parameters"]

    assert result.exit_code == 1
    assert [(row["values"], row["relative"], row["verdict"]) for row in rows] == [({}, None, "unknown")] * 2
    assert "worst: w, of which no oracle has a value" in gradcheck("-", "--against", "complex", stdin=saturated).stdout


def test_the_result_may_go_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "check.txt"
    gradcheck("configs/xor.yaml", *OWN, "--output", str(path), columns=30)

    assert path.read_text(encoding="utf-8") == gradcheck("configs/xor.yaml", *OWN, columns=100).stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--h", "0"], 2, "backprop: h must be above 0 and at most 1, not 0.0\n"),
        (["--tolerance", "7"], 2, "backprop: tolerance must be above 0 and at most 1, not 7.0\n"),
        (
            ["--set", "update_order=sequential"],
            2,
            (
                "backprop: with update_order: sequential, errors go back through weights that are already updated, "
                "which is not the gradient of the loss; check it with --set update_order=simultaneous\n"
            ),
        ),
        (
            ["--set", "network.layers.0.trainable=false", "--set", "network.layers.1.trainable=false"],
            2,
            "backprop: every parameter is frozen, so there is no gradient to check\n",
        ),
        (
            [*DIVERGING, "--step", "9"],
            5,
            None,
        ),
        (["--set", "loss=nope"], 3, None),
        (["--output", "/no/such/place", *OWN], 6, None),
    ],
)
def test_what_cannot_be_done_says_why(words: list[str], code: int, message: str | None) -> None:
    result = gradcheck("configs/xor.yaml", *words)

    assert (result.exit_code, result.stdout) == (code, "")
    assert message is None or result.stderr == message


def test_the_command_offers_every_oracle() -> None:
    assert [oracle.value for oracle in Oracle] == list(WITNESSES)


def test_a_bug_is_told_from_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sigmoid, "kernel", lambda *_: 1 / 0)

    assert gradcheck("configs/xor.yaml").exit_code == 70


def test_a_reader_who_hangs_up_is_no_failed_check() -> None:
    # Quiet, so that what is left out says nothing about it on stderr.
    command = f"{sys.executable} -m backprop_cli gradcheck configs/xor.yaml --against central --quiet"
    script = f"set -o pipefail; {command} | head -1 > /dev/null"
    found = subprocess.run(["bash", "-c", script], check=False, capture_output=True, text=True)

    assert (found.returncode, found.stderr) == (0, "")
