"""Every place where something is said to be wrong with data is reached by a test that holds what is said."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    [
        *(ROOT / "backprop_cli" / "data").glob("*.py"),
        ROOT / "backprop_cli" / "documents" / "table_reader.py",
        ROOT / "backprop_cli" / "config" / "reading.py",
        ROOT / "backprop_cli" / "config" / "fitness.py",
    ]
)
# Their tables give for each broken file or setting the exact message.
TESTS = (
    "tests/data", "tests/documents/test_table_problems.py", "tests/config/test_data_files.py",
    "tests/config/test_bad_configs.py", "tests/config/test_data_refusals.py", "tests/config/test_weights.py",
    "tests/training/test_large_files.py", "tests/training/test_using.py",
)  # fmt: skip
# One process in one order; what memory it takes says nothing while it is watched.
PLUGINS = ("-p", "reached", "-p", "no:xdist", "-p", "no:randomly")
SAYS = {"Unreadable", "Problem", "problem", "row_problem", "header_problem", "_add", "_stop", "refuse"}


def sites(tree: ast.AST) -> Iterator[ast.stmt]:
    """Walk the statements that make a problem: by a call, or in the checks of a config by what they yield."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and any(map(_says, ast.walk(node))):
            yield node


def _says(node: ast.AST) -> bool:
    if isinstance(node, ast.Yield):
        return isinstance(node.value, ast.Tuple) and any(isinstance(part, ast.JoinedStr) for part in ast.walk(node))
    called = node.func if isinstance(node, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in SAYS


@pytest.mark.long
def test_every_place_that_says_what_is_wrong_is_reached(tmp_path: Path) -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "REACHED_IN": os.pathsep.join(map(str, MODULES)),
        "REACHED_TO": str(tmp_path / "lines.json"),
    }

    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *PLUGINS, "-k", "not memory", *TESTS],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert found.returncode == 0, found.stdout[-2000:]
    reached = {Path(file): set(lines) for file, lines in json.loads((tmp_path / "lines.json").read_text()).items()}
    missed = [
        f"{path.relative_to(ROOT)}:{site.lineno}: {ast.unparse(site)[:100]}"
        for path, tree in trees.items()
        for site in sites(tree)
        if not reached[path] & set(range(site.lineno, (site.end_lineno or site.lineno) + 1))
    ]
    assert missed == [], "\n".join(missed)
    assert sum(1 for tree in trees.values() for _ in sites(tree)) > 50
