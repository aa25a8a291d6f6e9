"""What a reader of files is to a fuzzer."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from random import Random

from mutations import mutated


class Target(ABC):
    """A reader, which is given a file in the working directory.

    Attributes:
        name: on the command line of `run.py`.
        file: that the reader is given.
        codes: exit codes that its errors may have.
        tokens: that mean something in its format.
    """

    name: str
    file: str
    codes: frozenset[int]
    tokens: tuple[bytes, ...] = ()

    @abstractmethod
    def seeds(self) -> list[bytes]:
        """Give inputs that are right, the shortest first."""

    @abstractmethod
    def read(self) -> None:
        """Read the file, and do with it what the product does next."""

    def crafted(self) -> list[bytes]:
        """Give inputs that were made to do harm, and those that once did."""
        return []

    def vary(self, draw: Random) -> bytes:
        """Draw an input."""
        seeds = self.seeds()
        return mutated(draw.choice(seeds), draw, self.tokens, seeds)

    def inputs(self, draw: Random, count: int) -> Iterator[bytes]:
        """Give the inputs of a run: the right ones, the crafted ones, cuts of the shortest, and some that are drawn.

        Args:
            draw: makes the run.
            count: how many are drawn; where it is small, a few cuts stand for those of every length.
        """
        shortest = self.seeds()[0]
        ends = range(len(shortest))
        yield from self.seeds()
        yield from self.crafted()
        yield from (shortest[:end] for end in (ends if len(ends) <= count else sorted(draw.sample(ends, count // 3))))
        yield from (self.vary(draw) for _ in range(count))

    def run(self, data: bytes) -> None:
        """Let the reader read an input."""
        Path(self.file).write_bytes(data)
        self.read()
