"""The house: which package may import which, and what may stand where."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backprop_cli.rules.activations import Activation
from backprop_cli.rules.base import members
from backprop_cli.rules.initializers import Initializer
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.metrics import Metric
from backprop_cli.rules.optimizers import Optimizer
from backprop_cli.rules.schedules import Schedule

PACKAGE = Path(__file__).parent.parent / "backprop_cli"
# What each package may import of ours, and of others; everyone may import errors and immutable.
MAY: dict[str, tuple[set[str], set[str]]] = {
    "errors": (set(), set()),
    "immutable": (set(), set()),
    "documents": (set(), {"yaml"}),
    "algebra": (set(), {"numpy"}),
    "quantities": ({"algebra"}, set()),
    "rules": ({"algebra"}, {"numpy", "pydantic", "pydantic_core"}),
    "engine": ({"rules", "quantities"}, {"numpy"}),
    "data": ({"rules", "documents"}, {"numpy", "polars"}),
    "config": ({"rules", "data", "quantities", "documents", "algebra"}, {"numpy", "pydantic", "pydantic_core"}),
    "training": (
        {"documents", "config", "data", "engine", "rules", "quantities", "algebra", "worksheet"},
        {"numpy", "pydantic", "safetensors", "threadpoolctl"},
    ),
    "worksheet": ({"algebra", "rules", "quantities", "engine"}, set()),
    "grading": ({"algebra", "quantities", "worksheet", "documents"}, set()),
    "oracles": ({"algebra", "quantities", "engine", "rules", "training"}, {"numpy", "mpmath", "torch"}),
    "exchange": (
        {"algebra", "documents", "rules", "engine", "data", "training"},
        {"numpy", "safetensors", "onnx"},
    ),
    "render": (
        {"documents", "algebra", "quantities", "rules", "worksheet", "grading", "oracles", "training", "engine"},
        {"rich", "plotext"},
    ),
    "cli": (
        {
            "documents", "algebra", "quantities", "rules", "engine", "data", "config", "training", "worksheet",
            "grading", "oracles", "exchange", "render", "api",
        },
        {"typer", "rich"},
    ),
    "api": (
        {
            "algebra", "quantities", "rules", "engine", "data", "documents", "config", "training", "worksheet",
            "grading", "oracles", "render",
        },
        set(),
    ),
    "__main__": ({"cli"}, set()),
    "__init__": (set(), set()),
}  # fmt: skip
# The version is all that the package root has; these show it.
SHOW_THE_VERSION = {"cli", "exchange", "render", "training"}
# Third parties that one module of a package keeps to itself.
ONE_MODULE = {
    ("algebra", "numpy"): "algebra/functions.py",
    ("data", "polars"): "data/frame_files.py",
    ("render", "rich"): "render/to_console.py",
    ("render", "plotext"): "render/plot.py",
}
# Extras, and what only one command needs: imported inside the functions that use them.
LAZY = {"mpmath", "onnx", "plotext", "polars", "torch"}
FAMILIES = (Activation, Loss, Optimizer, Schedule, Initializer, Metric)
# Names of rules that are everyday words, too, and mean something else where they stand.
EVERYDAY = {"constant", "exponential", "identity", "normal", "plateau", "step", "uniform", "zeros"}
NAMED_ON_PURPOSE = {
    ("algebra/functions.py", "tanh"),  # the function, which is older than the activation
    ("algebra/arrays.py", "tanh"),
    ("algebra/operators.py", "tanh"),
    ("algebra/decimals.py", "tanh"),
    ("algebra/sizes.py", "tanh"),
    ("render/notation.py", "tanh"),
    ("exchange/graph.py", "tanh"),
    ("config/measures.py", "accuracy"),  # the metric of classes, where a config names none
}
# Runs code that it writes itself, of nothing but names and numbers of its own.
COMPILES_ITS_OWN = {"engine/script.py", "immutable.py", "training/scalar.py"}
MODULES = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
TREES = {name: ast.parse(text) for name, text in MODULES.items()}

every_module = pytest.mark.parametrize("module", sorted(MODULES))


def owner(module: str) -> str:
    return module.partition("/")[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    """Walk the dotted names that a module imports, function bodies included; `from a import b` gives both."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs when a module is loaded."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from outside_functions(node)


def tops(tree: ast.AST) -> set[str]:
    return {name.split(".")[0] for name in imports(tree)}


@every_module
def test_a_module_imports_only_what_its_package_may(module: str) -> None:
    own = owner(module)
    ours, others = MAY[own]
    roots = {own, "errors", "immutable", *ours}
    for name in imports(TREES[module]):
        assert not name.startswith("."), f"{name}: relative"
        assert not name.endswith(".*"), f"{name}: wildcard"
        top, *rest = name.split(".")
        if top == "backprop_cli":
            shown = rest in ([], ["__version__"]) and own in SHOW_THE_VERSION
            assert shown or (rest and rest[0] in roots), f"{own} may not import {name}"
        else:
            assert top in sys.stdlib_module_names or top in others, f"{own} may not import {name}"


@every_module
def test_the_package_root_gives_its_version_and_nothing_else(module: str) -> None:
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            assert all(alias.name != "backprop_cli" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "backprop_cli":
            assert [alias.name for alias in node.names] == ["__version__"]


@every_module
def test_third_parties_keep_to_their_module(module: str) -> None:
    for (package, name), home in ONE_MODULE.items():
        assert owner(module) != package or module == home or name not in tops(TREES[module])


@every_module
def test_extras_are_imported_where_they_are_used(module: str) -> None:
    for node in outside_functions(TREES[module]):
        assert not isinstance(node, ast.Import | ast.ImportFrom) or not tops(node) & LAZY


@every_module
def test_nothing_prints_outside_the_command_line_and_the_console_renderer(module: str) -> None:
    prints = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        for node in ast.walk(TREES[module])
    )

    assert not prints or owner(module) == "cli" or module == "render/to_console.py"


@every_module
def test_no_rule_is_told_apart_by_its_name(module: str) -> None:
    names = {name for family in FAMILIES for name in members(family)} - EVERYDAY
    literals = {node.value for node in ast.walk(TREES[module]) if isinstance(node, ast.Constant)}
    found = {name for name in names if name in literals and (module, name) not in NAMED_ON_PURPOSE}

    assert not found or owner(module) == "rules"


@every_module
def test_nothing_is_ever_unpickled(module: str) -> None:
    assert not tops(TREES[module]) & {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve"}
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False


@every_module
def test_nothing_that_is_read_is_ever_run(module: str) -> None:
    called = [node for node in ast.walk(TREES[module]) if isinstance(node, ast.Call)]
    names = {ast.unparse(call.func) for call in called}
    loads = [call for call in called if ast.unparse(call.func) in {"np.load", "numpy.load"}]

    assert not names & {"eval", "__import__", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load", "np.loadtxt"}
    assert "exec" not in names or module in COMPILES_ITS_OWN
    assert "yaml.load" not in names, "documents has a loader of its own"
    assert all(any(key.arg == "allow_pickle" for key in call.keywords) for call in loads)


def test_every_package_has_its_place_in_the_table() -> None:
    assert {owner(module) for module in MODULES} <= set(MAY)


def test_no_package_is_imported_by_one_that_it_imports() -> None:
    order: list[str] = []
    waiting = {package: set(ours) for package, (ours, _) in MAY.items()}
    while waiting:
        ready = [package for package, ours in waiting.items() if ours <= set(order)]
        assert ready, f"these import each other: {sorted(waiting)}"
        order += ready
        waiting = {package: ours for package, ours in waiting.items() if package not in ready}
