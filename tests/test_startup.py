"""Help is fast because it loads nothing heavy."""

import subprocess
import sys

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
