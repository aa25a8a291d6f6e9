"""Every broken config gives its exact message and exit code; beside each `NAME.yaml` lies the expected `NAME.txt`."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backprop_cli.cli.app import app

FOLDER = Path(__file__).parent.parent / "fixtures" / "bad_configs"
CASES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("case", CASES)
def test_a_broken_config_gives_its_message(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)

    result = CliRunner().invoke(app, ["validate", f"{case}.yaml"])

    assert f"exit {result.exit_code}\n{result.stderr}" == (FOLDER / f"{case}.txt").read_text(encoding="utf-8")
    assert result.stdout == ""


def test_every_expectation_has_its_config() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == CASES


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("big.yaml", b"a: 1\n" * 10_000_000, "big.yaml: this is more than 16,777,216 bytes"),
        ("binary.yaml", bytes(range(256)) * 4, "binary.yaml"),
        ("nul.yaml", b"network: {inputs: 1}\x00\n", "nul.yaml:1:21"),
    ],
)
def test_what_is_no_text_is_refused(
    name: str, content: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)

    result = CliRunner().invoke(app, ["validate", name])

    assert result.exit_code == 3
    assert result.stderr.startswith(message)
    assert "Traceback" not in result.stderr


def test_a_directory_and_a_missing_file_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()

    result = CliRunner().invoke(app, ["validate", "folder", "missing.yaml"])

    assert result.exit_code == 3
    assert re.match(r"folder: .*\nmissing.yaml: there is no such file; check the name and the folder\n", result.stderr)


def test_all_files_are_checked_and_the_config_error_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)

    result = CliRunner().invoke(app, ["validate", "no_file.yaml", "units_zero.yaml", "units_yes.yaml"])

    assert result.exit_code == 3
    assert result.stderr.count("units: must be") == 2
    assert "data/none.csv" in result.stderr


def test_numbers_and_words_are_read_as_yaml_1_2_says(tmp_path: Path) -> None:
    from backprop_cli.config.loader import load

    path = tmp_path / "c.yaml"
    path.write_text(
        "network: {inputs: 1, layers: [{units: 012}]}\n"
        "data: {inputs: [1], targets: [[1,1,1,1,1,1,1,1,1,1,1,1]]}\n"
        "optimizer: {name: sgd, learning_rate: 1e-4}\n"
    )

    experiment = load(path).experiment

    assert experiment.network.layers[0].units == 12
    assert experiment.optimizer.learning_rate == 1e-4


def test_a_set_value_is_checked_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER.parent.parent.parent)

    result = CliRunner().invoke(app, ["train", "configs/xor.yaml", "--set", "optimizer.learning_rate=-1"])

    assert result.exit_code == 3
    assert result.stderr == (
        "--set optimizer.learning_rate=-1: optimizer.learning_rate: must be greater than 0, not the number -1\n"
        "1 problem found\n"
    )
