"""Whatever a reader is given, it accepts it or says what is wrong with it: in time, in bounds, in plain sentences."""

import json
import subprocess
import sys
from pathlib import Path

import guided
import pytest
from registry import TARGETS

RUN = Path(__file__).parent / "run.py"
# Inputs that are drawn for each reader, beside those that stand fast.
FEW, MANY = 80, 1500
# The readers of one group share a process, because starting one takes as long as a hundred inputs.
GROUPS = {
    group: [name for name in TARGETS if name.startswith(group)]
    for group in dict.fromkeys(name.partition("-")[0] for name in TARGETS)
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "readers" in metafunc.fixturenames:
        each = {name: [name] for name in TARGETS}
        groups = each if metafunc.config.getoption("long") else GROUPS
        metafunc.parametrize("readers", groups.values(), ids=groups)


def test_no_reader_fails_at_hostile_input(readers: list[str], *, is_long: bool) -> None:
    count = MANY if is_long else FEW
    # A reader that hangs where no alarm reaches it is ended from outside.
    found = subprocess.run(
        [sys.executable, RUN, *readers, "--count", str(count)],
        capture_output=True, text=True, check=False, timeout=3000 if is_long else 300,
    )  # fmt: skip

    reports = [json.loads(line) for line in found.stdout.splitlines()]
    print(found.stdout)  # noqa: T201  the numbers of the run, with -rP
    assert [fault for report in reports for fault in report["faults"]] == []
    assert (found.returncode, found.stderr) == (0, "")
    assert [report["reader"] for report in reports] == readers
    for report in reports:
        assert report["inputs"] >= count
        # A run that never gets past the door, or is never stopped at it, tests nothing.
        assert 0 < report["ends"].get("0", 0) < report["inputs"], report


def test_guided_fuzzing_says_how_it_is_installed() -> None:
    # Without the packages of this environment there is no atheris either.
    script = "import sys; sys.modules['atheris'] = None; import guided; guided.main()"
    found = subprocess.run([sys.executable, "-c", script], cwd=RUN.parent, capture_output=True, text=True, check=False)

    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == guided.INSTALL
    assert "pip install atheris" in guided.INSTALL
