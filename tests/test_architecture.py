"""The house: which package may import which, and what may stand where."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "backprop_cli"
# What each package may import of ours, and of others; everyone may import errors.
MAY: dict[str, tuple[set[str], set[str]]] = {
    "errors": (set(), set()),
    "documents": (set(), {"yaml"}),
    "algebra": (set(), {"numpy"}),
    "quantities": ({"algebra"}, set()),
    "rules": ({"algebra"}, {"numpy", "pydantic"}),
    "engine": ({"rules", "quantities"}, {"numpy"}),
    "data": ({"rules", "documents"}, {"numpy"}),
    "config": ({"rules", "data", "quantities", "documents", "algebra"}, {"numpy", "pydantic", "pydantic_core"}),
    "training": ({"config", "data", "engine", "rules", "quantities"}, {"numpy"}),
    "oracles": ({"engine", "rules", "training", "algebra", "quantities"}, {"numpy", "mpmath", "torch"}),
    "render": ({"algebra", "quantities", "training", "engine"}, {"rich"}),
    "cli": (
        {"documents", "quantities", "rules", "engine", "data", "config", "training", "render"},
        {"typer", "rich"},
    ),
    "__main__": ({"cli"}, set()),
    "__init__": (set(), set()),
}
MODULES = sorted(PACKAGE.rglob("*.py"))
STANDARD = __import__("sys").stdlib_module_names


def owner(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert all(alias.name != "*" for alias in node.names), f"{path}: wildcard"
            yield node.module or ""
            if node.module == "backprop_cli":
                yield from (f"backprop_cli.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_package_may(path: Path) -> None:
    ours, others = MAY[owner(path)]
    for name in imports(path):
        top, _, rest = name.partition(".")
        if top == "backprop_cli":
            target = rest.split(".")[0]
            # The version is all that the package root has.
            assert target in {owner(path), "errors", "__version__", *ours} or (
                not rest and owner(path) in {"cli", "render"}
            )
        else:
            assert top in STANDARD or top in others, name


def test_rich_and_numpy_keep_to_their_modules() -> None:
    def users(name: str, package: str) -> list[str]:
        folder = PACKAGE / package
        return [
            path.name for path in sorted(folder.rglob("*.py")) if any(i.split(".")[0] == name for i in imports(path))
        ]

    assert users("numpy", "algebra") == ["functions.py"]
    assert users("rich", "render") == ["to_console.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_prints_outside_the_command_line(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prints = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        for node in ast.walk(tree)
    )

    assert not prints or owner(path) == "cli"


def test_nothing_is_ever_unpickled() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert "pickle" not in set(imports(path))
        assert "allow_pickle=True" not in text
