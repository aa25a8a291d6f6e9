"""Help is fast because it loads nothing heavy."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"numpy", "pydantic", "yaml", "rich", "torch"}
# Typer itself loads pydantic to understand the options of a command.
OF_TYPER = {"pydantic"}


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
    script = (
        "import sys\n"
        f"sys.argv = ['backprop', *{arguments!r}]\n"
        "from backprop_cli.cli.app import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        f"print('loaded:', sorted({HEAVY - allowed!r} & set(sys.modules)))\n"
    )

    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert output.splitlines()[-1] == "loaded: []"


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
