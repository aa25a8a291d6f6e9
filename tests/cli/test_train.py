"""`backprop train` as a user meets it: tables at every width, JSON, files, exit codes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backprop_cli.cli.app import app

ROOT = Path(__file__).parent.parent.parent


def backprop(*words: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backprop_cli", *words],
        capture_output=True, text=True, check=False, cwd=cwd, env={**os.environ, **environment},
    )  # fmt: skip


def in_process(*words: str, **environment: str) -> Any:
    kept = Path.cwd()
    os.chdir(ROOT)
    try:
        return CliRunner().invoke(app, list(words), env=environment)
    finally:
        os.chdir(kept)


@pytest.mark.parametrize("width", ["20", "40", "80", "200"])
@pytest.mark.parametrize("config", ["two-neurons", "mazur", "two-in-a-layer", "one-neuron"])
def test_no_digit_is_clipped_at_any_width(config: str, width: str) -> None:
    words = ("train", f"configs/{config}.yaml", "--set", "report.significant=12", "--set", "report.digits={}")
    wide = set(re.findall(r"-?\d\.\d{6,}", in_process(*words, COLUMNS="200").stdout))
    found = in_process(*words, COLUMNS=width)

    assert found.exit_code == 0
    assert len(wide) > 5
    assert set(re.findall(r"-?\d\.\d{6,}", found.stdout)) == wide
    assert "…" not in found.stdout


def test_the_gradient_table_matches_the_hand_calculation() -> None:
    text = in_process("train", "configs/two-neurons.yaml", COLUMNS="80").stdout

    rows = [line.split("   ") for line in text.splitlines()]
    w1 = next(row for row in rows if row[0].strip() == "w1")

    assert [cell.strip() for cell in w1 if cell.strip()][3:] == ["-0.005", "0.3", "0.3005"]
    assert re.search(r"b2 +∂L/∂ŷ · ∂ŷ/∂z³ +\(−0\.875\) · 0\.234 +-0\.205 +0\.4 +0\.4205\n +· ∂z³/∂b² +· 1", text)
    assert "loss 0.38" in text


@pytest.mark.parametrize("columns", [40, 60, 79, 80, 81, 90, 100, 120])
@pytest.mark.parametrize(
    "settings",
    [
        ["training.epochs=1"],
        ["training.epochs=1", "optimizer.penalty={l2: 0.1}", "training.batch_size=3"],
        ["training.epochs=1", "names={weight_of_the_first_input_to_the_first_neuron: w1_1_1}"],
    ],
)
def test_no_gradient_table_is_cut_at_any_width(settings: list[str], columns: int) -> None:
    words = [word for setting in settings for word in ("--set", setting)]
    wide = in_process("train", "configs/xor.yaml", "--trace", "1", *words, COLUMNS="400").stdout
    narrow = in_process("train", "configs/xor.yaml", "--trace", "1", *words, COLUMNS=str(columns)).stdout
    table = wide.partition("parameter ")[2].partition("\n\n")[0]

    assert "gradient" in narrow
    assert all(narrow.split().count(word) >= table.split().count(word) for word in re.findall(r"\S*\d\S*", table))


def test_a_large_batch_of_a_small_net_is_trained_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        "network: {inputs: 1, layers: [{units: 1}]}\n"
        f"data: {{inputs: {[n / 1500 for n in range(1500)]}, targets: {[n % 2 for n in range(1500)]}}}\n"
    )
    result = in_process("train", str(path), COLUMNS="80")

    assert result.exit_code == 0, result.output
    assert re.search(r"^parameter +gradient +before +after$", result.stdout, re.MULTILINE)


def test_gradients_of_larger_nets_are_shown_without_their_chains() -> None:
    wider = ("--trace", "1", "--set", "network.layers.0.units=9")
    text = in_process("train", "configs/iris.yaml", *wider, COLUMNS="80").stdout

    assert re.search(r"^parameter +gradient +before +after$", text, re.MULTILINE)


def test_names_of_the_readers_own_stand_in_the_table() -> None:
    mazur = in_process("train", "configs/mazur.yaml", "--set", "names={w5: w2_1_1}", COLUMNS="80").stdout
    single = in_process("train", "configs/one-neuron.yaml", COLUMNS="100").stdout

    assert re.search(r"^w5 .* 0\.08217", mazur, re.MULTILINE)
    assert "∂z³₁/∂w5" in mazur
    assert re.search(r"^w1_1_1 .* 0\.0004386", mazur, re.MULTILINE)
    assert re.search(r"^w +∂L/∂ŷ · ∂ŷ/∂z · ∂z/∂w .* -0\.115", single, re.MULTILINE)


def test_decimals_are_what_is_shown() -> None:
    digits = ("--set", "report.digits={dL/dw2: 4}", "--set", "report.decimals=2")
    text = in_process("train", "configs/two-neurons.yaml", *digits, COLUMNS="200").stdout

    assert re.search(r"w2 +∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂w² +\(−0\.87\) · 0\.23 · 0\.56 +-0\.1152 +0\.20 +0\.21", text)
    assert re.search(r"w1 .* · 0\.50 +-0\.01 +0\.30 +0\.30", text)


def test_json_is_one_document_at_full_precision() -> None:
    result = in_process("train", "configs/two-neurons.yaml", "--format", "json")
    document = json.loads(result.stdout)

    assert document["schema"] == 1
    assert document["outcome"] == "finished"
    assert document["experiment"]["optimizer"]["learning_rate"] == 0.1
    (step,) = document["steps"]
    assert step["parameters"][0] == {
        "name": "w1_1_1",
        "label": "w1_1_1",
        "gradient": pytest.approx(-0.005043462628309418, rel=1e-14),
        "applied": pytest.approx(-0.005043462628309418, rel=1e-14),
        "before": 0.3,
        "change": pytest.approx(0.0005043462628309418),
        "after": 0.30050434626283096,
    }
    assert document["parameters"]["w1_1_1"] == 0.30050434626283096
    assert len(document["history"]) == 1


def test_the_resolved_experiment_is_a_config_again(tmp_path: Path) -> None:
    document = json.loads(in_process("train", "configs/mazur.yaml", "--format", "json").stdout)
    (tmp_path / "again.yaml").write_text(json.dumps(document["experiment"]))
    again = json.loads(in_process("train", str(tmp_path / "again.yaml"), "--format", "json").stdout)

    assert again["experiment"] == document["experiment"]
    assert again["parameters"] == document["parameters"]


def test_the_same_config_and_seed_give_the_same_bytes_in_two_processes() -> None:
    def document() -> str:
        found = json.loads(backprop("train", "configs/iris.yaml", "--format", "json", "--quiet").stdout)
        del found["timing"]
        return json.dumps(found)

    assert document() == document()


def test_a_number_that_is_not_finite_is_null_and_the_exit_code_is_5() -> None:
    words = ["--set", "optimizer.learning_rate=1e308", "--set", "network.layers.1.activation=identity"]
    words += ["--set", "training.steps=50"]
    result = in_process("train", "configs/two-neurons.yaml", *words, "--format", "json")

    assert result.exit_code == 5
    assert json.loads(result.stdout)["outcome"] == "diverged"
    assert re.match(r"backprop: .* is -?(inf|nan) in step \d+; training stopped before the update", result.stderr)
    assert "optimizer.learning_rate" in result.stderr


def test_results_and_progress_go_their_own_ways() -> None:
    result = backprop("train", "configs/iris.yaml")
    quiet = backprop("train", "configs/iris.yaml", "--quiet")

    line = r"^epoch \d+/60 · loss .* · accuracy .* · validation loss .* · [\d,]+ samples/s · .* left$"
    assert len(re.findall(line, result.stderr, re.MULTILINE)) == 10
    assert "epoch 60/60" not in result.stdout
    assert quiet.stderr == ""
    assert "\x1b" not in result.stdout + result.stderr


def test_trace_shows_as_many_steps_as_it_says() -> None:
    many = in_process("train", "configs/xor.yaml", "--trace", "2", "--quiet").stdout
    none = in_process("train", "configs/two-neurons.yaml", "--trace", "0").stdout

    assert many.count("Step ") == 2
    assert "Step " not in none


def test_a_dry_run_trains_nothing() -> None:
    result = in_process("train", "configs/iris.yaml", "--dry-run")

    assert result.exit_code == 0
    assert "67 parameters" in result.stdout
    assert "accuracy" not in result.stdout


def test_output_goes_to_a_file_and_a_folder_that_is_not_there_is_exit_6(tmp_path: Path) -> None:
    good = in_process("train", "configs/xor.yaml", "--format", "json", "-o", str(tmp_path / "run.json"), "--quiet")
    bad = in_process("train", "configs/xor.yaml", "-o", str(tmp_path / "none" / "run.txt"), "--quiet")

    assert good.exit_code == 0
    assert good.stdout == ""
    assert json.loads((tmp_path / "run.json").read_text())["schema"] == 1
    assert bad.exit_code == 6
    assert "cannot be written" in bad.stderr


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="this system has no full device")
@pytest.mark.parametrize("words", ["> /dev/full", "--output /dev/full", "--format json > /dev/full"])
def test_a_full_disk_is_exit_6_and_a_device_is_never_replaced(words: str) -> None:
    command = f"{sys.executable} -m backprop_cli train configs/xor.yaml --quiet {words}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, cwd=ROOT)

    assert result.returncode == 6
    assert "No space left on device" in result.stderr
    assert "Traceback" not in result.stderr
    assert Path("/dev/full").is_char_device()


def test_a_config_is_read_from_standard_input() -> None:
    text = (ROOT / "configs" / "xor.yaml").read_text()
    result = subprocess.run(
        [sys.executable, "-m", "backprop_cli", "train", "-", "--quiet"],
        input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert result.returncode == 0
    assert "2-4-1" in result.stdout


def test_a_closed_pipe_is_quiet() -> None:
    command = f"{sys.executable} -m backprop_cli train configs/xor.yaml --trace 500 --quiet | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, cwd=ROOT)

    assert "2-4-1" in result.stdout
    assert result.stderr == ""


def test_a_run_in_a_folder_goes_on_when_nobody_reads_its_output(tmp_path: Path) -> None:
    words = f"train configs/xor.yaml --trace 500 --quiet --out {tmp_path / 'run'} --expect 'epochs > 500'"
    command = f"set -o pipefail; {sys.executable} -m backprop_cli {words} | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, cwd=ROOT)

    assert (result.returncode, result.stderr) == (1, "")
    assert "2-4-1" in result.stdout
    report = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (report["outcome"], report["done"]["epochs"]) == ("finished", 500)


def test_no_targets_is_exit_3(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("network: {inputs: 1, layers: [{units: 1}]}\ndata: {inputs: [1]}\n")
    result = in_process("train", str(tmp_path / "c.yaml"))

    assert result.exit_code == 3
    assert "there is no loss to make small; add targets" in result.stderr
    assert in_process("validate", str(tmp_path / "c.yaml")).exit_code == 0


def test_a_usage_error_is_exit_2() -> None:
    assert in_process("train").exit_code == 2
    assert in_process("train", "configs/xor.yaml", "--set", "nothing").exit_code == 2
    assert in_process("train", "configs/xor.yaml", "--format", "pdf").exit_code == 2
