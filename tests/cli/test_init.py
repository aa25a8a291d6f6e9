"""`backprop init` writes starters that train, and never overwrites by accident."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backprop_cli.cli.app import app
from backprop_cli.cli.init import STARTERS


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_trains_and_tells_editors_its_schema(name: str) -> None:
    made = CliRunner().invoke(app, ["init", name])
    trained = CliRunner().invoke(app, ["train", f"{name}.yaml", "--quiet"])
    lines = Path(f"{name}.yaml").read_text(encoding="utf-8").splitlines()

    assert made.exit_code == 0, made.output
    assert trained.exit_code == 0, trained.output
    assert lines[0] == "# yaml-language-server: $schema=backprop.schema.json"
    assert any(f"backprop train {name}.yaml" in line for line in lines)
    assert json.loads(Path("backprop.schema.json").read_text(encoding="utf-8"))["title"] == "backprop config"


def test_nothing_is_overwritten_without_force() -> None:
    Path("xor.yaml").write_text("mine")
    refused = CliRunner().invoke(app, ["init", "xor"])
    kept = Path("xor.yaml").read_text()
    forced = CliRunner().invoke(app, ["init", "xor", "--force"])

    assert refused.exit_code == 6
    assert refused.stderr == "backprop: xor.yaml exists; choose another name, or replace it with --force\n"
    assert kept == "mine"
    assert forced.exit_code == 0
    assert "network:" in Path("xor.yaml").read_text()


def test_an_unknown_starter_is_a_usage_error_with_a_suggestion() -> None:
    result = CliRunner().invoke(app, ["init", "xro"])

    assert result.exit_code == 2
    assert "did you mean 'xor'?" in result.stderr


def test_the_list_names_every_starter() -> None:
    text = CliRunner().invoke(app, ["init", "--list"]).stdout

    assert [line.split()[0] for line in text.splitlines()] == list(STARTERS)
