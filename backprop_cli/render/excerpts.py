"""Excerpts from our own modules: definitions with all that they use, to stand in a script of their own."""

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import TypeAlias

from backprop_cli.immutable import immutable

Import: TypeAlias = tuple[str, str]


@immutable
class Excerpt:
    """Part of a module.

    Attributes:
        imports: what it needs of the standard library: module and name, or a whole module and ''.
        definitions: the source of each definition, in the order of the module.
    """

    imports: frozenset[Import]
    definitions: tuple[str, ...]


def excerpt(module: ModuleType, wanted: Iterable[str]) -> Excerpt:
    """Take definitions out of a module, with everything of it that they use, however far down.

    Raises:
        KeyError: what is wanted, or used, is neither defined there nor imported from the standard library.
    """
    source, defined, imported = _contents(module)
    needed: dict[str, None] = {}
    pending = list(wanted)
    while pending:
        name = pending.pop()
        if name in needed:
            continue
        needed[name] = None
        if name in defined:
            pending += [each for each in _mentioned(defined[name]) if each in defined or each in imported]
        elif name not in imported:
            raise KeyError(name)
    nodes = sorted({defined[name] for name in needed if name in defined}, key=lambda node: node.lineno)
    imports = frozenset(imported[name] for name in needed if name in imported)
    return Excerpt(imports, tuple(_text(source, node) for node in nodes))


def names_in(module: ModuleType) -> frozenset[str]:
    """Give every name that an excerpt of a module may bring along."""
    _, defined, imported = _contents(module)
    return frozenset([*defined, *imported])


def import_statements(imports: Iterable[Import]) -> list[str]:
    """Write imports, one statement for each module, whole modules first."""
    names: dict[str, list[str]] = {}
    for module, name in sorted(imports, key=lambda pair: (pair[1] != "", *pair)):
        names.setdefault(f"from {module} import " if name else f"import {module}", []).append(name)
    return [start + ", ".join(listed) for start, listed in names.items()]


@cache
def _contents(module: ModuleType) -> tuple[str, Mapping[str, ast.stmt], Mapping[str, Import]]:
    """Give a module's source, its definitions by name, and what it imports from the standard library."""
    source = inspect.getsource(module)
    defined: dict[str, ast.stmt] = {}
    imported: dict[str, Import] = {}
    for node in ast.parse(source).body:
        defined |= dict.fromkeys(_defined(node), node)
        imported |= _imported(node)
    return source, defined, imported


def _defined(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign():
            return [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
        case _:
            return []


def _imported(node: ast.stmt) -> dict[str, Import]:
    match node:
        case ast.Import():
            return {each.name: (each.name, "") for each in node.names if _is_standard(each.name)}
        case ast.ImportFrom(module=str(module)) if _is_standard(module):
            return {each.name: (module, each.name) for each in node.names}
        case _:
            return {}


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def _mentioned(node: ast.AST) -> Iterator[str]:
    return (each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def _text(source: str, node: ast.stmt) -> str:
    """Give the lines of a definition, its decorators included."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])
