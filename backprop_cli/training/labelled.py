"""All parameters of a network by name, named when somebody asks."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from backprop_cli.engine.layout import Layout
from backprop_cli.quantities.names import NameTable
from backprop_cli.rules.base import Array


class Labelled(Mapping[str, float]):
    """Parameters by name, in reading order; naming millions would take longer than many a run."""

    def __init__(self, theta: Array, layout: Layout, names: NameTable) -> None:
        self._theta, self._layout, self._names = theta, layout, names

    def __getitem__(self, name: str) -> float:
        return self._numbers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return self._layout.size

    def __repr__(self) -> str:
        return repr(self._numbers)

    @cached_property
    def _numbers(self) -> dict[str, float]:
        label = self._names.label
        return {label(name): float(self._theta[at]) for name, at in self._layout.parameters()}
