"""The README, the help texts and the configs say what is true."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backprop_cli.cli.app import app
from backprop_cli.rules.catalogue import entries

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block_after(marker: str) -> str:
    found = re.search(rf"<!-- {re.escape(marker)} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found, f"the README has no block after {marker!r}"
    return found[1]


def commands_in_readme() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("backprop ")]
    assert lines
    return [line.split(" #")[0].strip() for line in lines]


def help_examples() -> list[str]:
    texts = [command.epilog or "" for command in app.registered_commands] + [str(app.info.epilog)]
    return [text.removeprefix("Example: ") for text in texts]


# What examples of using a model start from.
TRAINING = next(command for command in commands_in_readme() if "--out runs/iris" in command)


@pytest.fixture(scope="session")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the run that the README trains."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "configs", folder / "configs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert CliRunner().invoke(app, shlex.split(TRAINING)[1:]).exit_code == 0
    return folder / "runs" / "iris"


@pytest.fixture
def checkout(tmp_path: Path, iris: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    shutil.copytree(iris, tmp_path / "runs" / "iris")
    for name, text in re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", README, re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", [*commands_in_readme(), *help_examples()])
def test_every_example_runs(command: str, checkout: Path) -> None:
    words = shlex.split(re.sub(r"(?<= )/tmp/", f"{checkout}/", command))
    assert words[0] == "backprop"
    if command == TRAINING:
        shutil.rmtree("runs")

    result = CliRunner().invoke(app, words[1:])

    assert result.exit_code == 0, result.output


def test_every_command_has_help_with_an_example() -> None:
    assert all(text.startswith("backprop ") for text in help_examples())
    assert all(command.callback is not None and command.callback.__doc__ for command in app.registered_commands)


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("command", re.findall(r"<!-- output of: (.*) -->", README))
def test_the_readme_shows_what_a_command_prints(command: str) -> None:
    result = CliRunner().invoke(app, shlex.split(command)[1:], env={"COLUMNS": "80"})

    def steady(text: str) -> list[str]:
        times = r"[\d.]+ m?s$|\d{4}-\d\d-\d\d \d\d:\d\d UTC"
        return [re.sub(times, "TIME", line.rstrip()) for line in text.rstrip().splitlines()]

    assert steady(result.stdout) == steady(block_after(f"output of: {command}"))


@pytest.mark.usefixtures("checkout")
def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for script in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(script, {})  # noqa: S102  the README's own words
        printed.append(capsys.readouterr().out)

    using, explaining = printed
    assert using == "True\n"
    assert explaining.startswith("0.000375996738551")


def test_the_readme_lists_every_rule() -> None:
    assert rules_table() in README


def rules_table() -> str:
    lines = ["| family | rule | formula |", "|---|---|---|"]
    for entry in entries():
        formula = entry.rule.formula_text.replace("|", "&#124;")
        lines.append(f"| {entry.family.many} | `{entry.name}` | {formula} |")
    return "\n".join(lines)


def test_every_command_is_in_the_readme() -> None:
    names = [command.callback.__name__ for command in app.registered_commands if command.callback]
    assert all(f"backprop {name}" in README for name in names)


def test_the_schema_block_is_json() -> None:
    assert json.loads(CliRunner().invoke(app, ["schema"]).stdout)["title"] == "backprop config"
