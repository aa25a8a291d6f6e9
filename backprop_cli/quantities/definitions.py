"""In which order names of the reader's own can be understood, as one may be defined by others."""

import re
from collections.abc import Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

from backprop_cli.quantities.problem import NameProblem
from backprop_cli.quantities.spelling import take_apart

# How many names of a long circle a message shows.
SHOWN_OF_CIRCLE = 5
_NAME = re.compile(r"[^\W\d_][\w/@:]*")


def in_order(definitions: Mapping[str, str]) -> tuple[list[str], dict[str, NameProblem]]:
    """Order names so that each follows those it is defined by.

    Returns:
        The names that can be ordered, and a problem for each that cannot: those that are defined in a circle, and
        those that rest on one.
    """
    needs = {name: _mentions(text, definitions) for name, text in definitions.items()}
    sorter = TopologicalSorter(needs)
    # The sorter still gives what does not depend on a circle.
    with suppress(CycleError):
        sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        order += ready
        sorter.done(*ready)
    return order, _explain_rest({name: needs[name] for name in definitions.keys() - set(order)})


def _mentions(text: str, names: Mapping[str, str]) -> list[str]:
    """List the names among some that a definition mentions."""
    found: dict[str, None] = {}
    for word in _NAME.findall(text):
        with suppress(NameProblem):
            found |= {part.core: None for part in take_apart(word).parts if part.core in names}
    return list(found)


def _explain_rest(needs: Mapping[str, list[str]]) -> dict[str, NameProblem]:
    # Each name that is left needs another one that is left; following those leads into a circle.
    following = {name: next(need for need in needed if need in needs) for name, needed in needs.items()}
    circular = _on_circles(following)
    return {name: _explain(name, following, circular) for name in following}


def _on_circles(following: Mapping[str, str]) -> set[str]:
    """Find the names that are reached again from themselves."""
    circular: set[str] = set()
    seen: set[str] = set()
    for start in following:
        path: dict[str, None] = {}
        name = start
        while name not in seen:
            seen.add(name)
            path[name] = None
            name = following[name]
        if name in path:
            walked = list(path)
            circular.update(walked[walked.index(name) :])
    return circular


def _explain(name: str, following: Mapping[str, str], circular: set[str]) -> NameProblem:
    if name not in circular:
        return unusable(following[name])
    circle = [name, following[name]]
    while circle[-1] != name and len(circle) < SHOWN_OF_CIRCLE:
        circle.append(following[circle[-1]])
    if circle[-1] != name:
        circle += [name] if following[circle[-1]] == name else ["...", name]
    return NameProblem(f"names are defined in a circle: {' -> '.join(circle)}")


def unusable(name: str) -> NameProblem:
    """Report that a name cannot be used because its own definition has a problem."""
    return NameProblem(f"the definition of {name} under 'names' has a problem of its own")
