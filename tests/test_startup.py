"""What starts is fast because it loads nothing that it does not use."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

import backprop_cli
from backprop_cli.cli.app import _app_for, app

HEAVY = {"numpy", "pydantic", "yaml", "rich", "torch"}
# Typer itself loads pydantic to understand the options of a command.
OF_TYPER = {"pydantic"}
# What other commands need, bars on terminals, and what only tests and other tools ask of libraries.
NOT_FOR_TRAINING = {
    "asyncio", "backprop_cli.api.explaining", "backprop_cli.cli.explain", "backprop_cli.exchange",
    "backprop_cli.data.opening", "backprop_cli.grading", "backprop_cli.oracles", "backprop_cli.quantities.suggestions",
    "backprop_cli.render.sheets", "backprop_cli.training.folder", "markdown_it", "mpmath", "numpy.ma",
    "numpy.polynomial", "numpy.random", "numpy.testing", "onnx", "polars", "pygments", "rich.markdown", "rich.progress",
    "rich.syntax", "rich.traceback", "safetensors", "ssl", "threadpoolctl", "torch", "unittest",
}  # fmt: skip
RULES = {
    f"backprop_cli.rules.{path.parent.name}.{path.stem}"
    for path in Path(backprop_cli.__file__).parent.glob("rules/*/*.py")
    if path.stem not in {"__init__", "base"}
}
# What two-neurons.yaml picks or leaves as it is, and what is asked of every config: whether there are plateaus, and
# whether targets are classes.
PICKED = {
    "activations.sigmoid", "initializers.zeros", "losses.half_sse", "metrics.accuracy", "optimizers.sgd",
    "schedules.constant", "schedules.plateau",
}  # fmt: skip
# What tells a step number by number.
OF_TABLES = {"backprop_cli.api.grounds", "backprop_cli.render.symbols", "backprop_cli.render.telling"}
TWO_NEURONS = str(Path(__file__).parent.parent / "configs/two-neurons.yaml")


def loaded(arguments: list[str], names: set[str]) -> list[str]:
    """Run the program with its output in a pipe, and give those of the modules that it has loaded."""
    script = (
        "import os, sys\n"
        f"sys.argv = ['backprop', *{arguments!r}]\n"
        # What is loaded is still to be told.
        "os._exit = sys.exit\n"
        "from backprop_cli.__main__ import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        f"print(*sorted({names!r} & set(sys.modules)))\n"
    )
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return output.splitlines()[-1].split()


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], set()),
        (["-h"], set()),
        (["--version"], set()),
        (["train", "--help"], OF_TYPER),
        (["init", "-h"], OF_TYPER),
    ],
)
def test_help_loads_nothing_heavy(arguments: list[str], allowed: set[str]) -> None:
    assert loaded(arguments, HEAVY - allowed) == []


def test_training_loads_nothing_of_other_commands() -> None:
    assert loaded(["train", TWO_NEURONS], NOT_FOR_TRAINING | OF_TABLES) == sorted(OF_TABLES)


def test_training_loads_the_rules_that_are_picked() -> None:
    assert loaded(["train", TWO_NEURONS], RULES) == sorted(f"backprop_cli.rules.{rule}" for rule in PICKED)


@pytest.mark.parametrize("words", [[], ["--help"], ["--version", "train"], ["trian"]])
def test_every_command_is_there_unless_one_is_named(words: list[str]) -> None:
    assert _app_for(words).registered_commands == app.registered_commands


def test_a_command_that_is_named_is_there_alone() -> None:
    named = _app_for(["train", "rules"]).registered_commands

    assert [one.callback.__name__ for one in named if one.callback] == ["train"]
    assert len(app.registered_commands) > 1


def test_a_run_that_shows_no_step_loads_nothing_that_tells_one() -> None:
    assert loaded(["train", TWO_NEURONS, "--set", "training.steps=1000"], NOT_FOR_TRAINING | OF_TABLES) == []


def test_a_config_builds_the_rules_that_it_picks() -> None:
    script = (
        "from backprop_cli.config.loader import load\n"
        "from backprop_cli.rules.activations import Activation\n"
        "from backprop_cli.rules.base import members\n"
        "from backprop_cli.rules.losses import Loss\n"
        "from backprop_cli.rules.optimizers import Optimizer\n"
        f"load({TWO_NEURONS!r})\n"
        "families = (Activation, Loss, Optimizer)\n"
        "rules = [rule for family in families for rule in members(family).values()]\n"
        "print(*(rule.__name__ for rule in rules if rule.__pydantic_complete__))\n"
    )

    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert output.split() == ["Sigmoid", "HalfSse", "Sgd"]


@pytest.mark.parametrize("case", ["unknown_keys", "unknown_names", "warmup_units"])
def test_a_config_is_corrected_where_it_picks_rules_that_nobody_has_loaded(case: str) -> None:
    folder = Path(__file__).parent / "fixtures" / "bad_configs"
    command = [sys.executable, "-m", "backprop_cli", "validate", f"{case}.yaml"]

    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    assert f"exit {done.returncode}\n{done.stderr}" == (folder / f"{case}.txt").read_text(encoding="utf-8")


def test_an_interrupt_in_a_text_that_is_run_while_the_program_starts_ends_with_the_code(tmp_path: Path) -> None:
    (tmp_path / "interrupting.py").write_text(
        "import runpy, sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'backprop_cli.cli.app':\n"
        "            exec('raise KeyboardInterrupt')\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "runpy.run_module('backprop_cli', run_name='__main__')\n"
    )

    done = subprocess.run(
        [sys.executable, "-m", "interrupting"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "backprop: interrupted\n")


def ended(command: str) -> tuple[int, str, str]:
    """Give the code of a command of the shell, and what it printed."""
    words = f"{sys.executable} -m backprop_cli {command}"
    done = subprocess.run(["/bin/sh", "-c", words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_all_that_was_printed_is_handed_over_before_the_program_leaves() -> None:
    code, printed, _ = ended(f"train {TWO_NEURONS} --set training.steps=3000 --format json")

    assert code == 0
    assert json.loads(printed)


@pytest.mark.parametrize(
    ("command", "code"), [("--version >&-", 0), ("--nothing 2>&-", 2), (f"train {TWO_NEURONS} > /dev/full", 6)]
)
def test_a_program_whose_output_is_closed_leaves_with_its_code(command: str, code: int) -> None:
    found, _, said = ended(command)

    assert (found, "Traceback" in said) == (code, False)


def test_who_measures_the_program_from_inside_is_told() -> None:
    command = [sys.executable, "-m", "cProfile", "-m", "backprop_cli", "--version"]

    assert "function calls" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_modules_that_are_not_to_be_loaded_exist() -> None:
    ours = [name for name in NOT_FOR_TRAINING | OF_TABLES if name.startswith("backprop_cli")]

    assert all(importlib.util.find_spec(name) for name in ours)
