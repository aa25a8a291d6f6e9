"""Many short texts in little memory: thousands of them stand in one, and are taken apart when they are wanted."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import overload

# What no cell of a table holds.
_BETWEEN = "\0"
# Enough for the parts to be few, few enough for a part to stay in the cache of the processor.
_TOGETHER = 1024


class Packed(Sequence[str]):
    """Texts without NUL, in order."""

    def __init__(self, parts: list[str], count: int) -> None:
        """Take parts of 1,024 texts each, the last of fewer, with NUL between them; count says how many texts."""
        self._parts, self._count = parts, count
        # The part that was last looked into: who asks for one text after the other is not to take it apart each time.
        self._open: tuple[int, list[str]] = (-1, [])

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Packed":
        """Pack texts."""
        listed = list(texts)
        starts = range(0, len(listed), _TOGETHER)
        return cls([_BETWEEN.join(listed[at : at + _TOGETHER]) for at in starts], len(listed))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self.parts())

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(self._count))]
        part, at = divmod(range(self._count)[place], _TOGETHER)
        if self._open[0] != part:
            self._open = part, self._parts[part].split(_BETWEEN)
        return self._open[1][at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def parts(self) -> Iterator[list[str]]:
        """Give the texts, some at a time."""
        return (part.split(_BETWEEN) for part in self._parts)

    def stripped(self) -> "Packed":
        """Give the texts without blanks around them."""
        return Packed([part if _has_no_blanks(part) else _each(part, str.strip) for part in self._parts], self._count)


class Packer:
    """Takes rows of cells, and packs the columns."""

    def __init__(self, columns: int) -> None:
        self._columns: list[list[str]] = [[] for _ in range(columns)]
        self._waiting: list[Sequence[str]] = []
        self.lines = array("q")

    def add(self, row: Sequence[str], line: int) -> None:
        """Take a row, which has a cell for each column, and the line that it starts on."""
        self._waiting.append(row)
        self.lines.append(line)
        if len(self._waiting) == _TOGETHER:
            self._pack()

    def columns(self) -> tuple[Packed, ...]:
        """Give the columns of all rows."""
        if self._waiting:
            self._pack()
        return tuple(Packed(parts, len(self.lines)) for parts in self._columns)

    def _pack(self) -> None:
        for parts, cells in zip(self._columns, zip(*self._waiting, strict=True), strict=True):
            parts.append(_BETWEEN.join(cells))
        self._waiting.clear()


def _has_no_blanks(part: str) -> bool:
    return len(part) == len(next(iter(part.split(maxsplit=1)), ""))


def _each(part: str, change: Callable[[str], str]) -> str:
    return _BETWEEN.join(map(change, part.split(_BETWEEN)))
