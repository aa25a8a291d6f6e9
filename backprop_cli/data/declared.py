"""What the header of a file of numbers declares, held to limits and to the file before anything is allocated."""

import math
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.documents.files import Unreadable
from backprop_cli.documents.tree import listed

# As float64, which is what is trained on.
MOST_BYTES = 4 * 2**30
_GIB = 2**30
_MOST_LISTED = 8
# What deflate can blow up, at the very most: one byte to so many.
MOST_INFLATION = 1032


@dataclass(frozen=True, slots=True)
class Declared:
    """An array that a header promises.

    Attributes:
        shape: of the array, the samples first.
        dtype: of its items, in the byte order of the file.
        is_fortran: whether the first index changes fastest in the file.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_fortran: bool = False

    @property
    def count(self) -> int:
        """How many items there are."""
        return math.prod(self.shape)

    @property
    def span(self) -> int:
        """How many bytes they take in the file."""
        return self.count * self.dtype.itemsize

    def check(self, room: int) -> None:
        """Refuse what is empty, too large, or more than the file can hold.

        Args:
            room: bytes that can follow the header, at most.

        Raises:
            Unreadable: which of these it is.
        """
        if not self.shape:
            raise Unreadable("this is a single number, not an array; write one row per sample")
        if not self.count:
            raise Unreadable(f"an array of {self._size()} holds nothing; write one row per sample")
        memory = self.count * max(self.dtype.itemsize, np.dtype(np.float64).itemsize)
        if memory > MOST_BYTES:
            much = f"{self._size()} numbers, {memory / _GIB:,.1f} GiB as float64"
            raise Unreadable(f"the header declares {much}; at most {MOST_BYTES // _GIB} GiB are read; split the file")
        if self.span > room:
            raise self._cut_off(f"no more than {room:,} can follow")

    def read(self, stream: IO[bytes]) -> NDArray[Any]:
        """Read the array, which was checked, to the end of the stream; items are in the byte order of the machine.

        Raises:
            Unreadable: the stream ends before the array, or after it.
        """
        data = stream.read(self.span)
        if len(data) < self.span:
            raise self._cut_off(f"{len(data):,} follow")
        if stream.read(1):
            message = (
                f"the file goes on after the {self.span:,} bytes of {self._size()} numbers that its header declares"
            )
            raise Unreadable(f"{message}; is it damaged?")
        flat = np.frombuffer(data, self.dtype)
        values = flat.reshape(self.shape[::-1]).T if self.is_fortran else flat.reshape(self.shape)
        return values.astype(self.dtype.newbyteorder("="), copy=False)

    def _cut_off(self, found: str) -> Unreadable:
        need = f"{self._size()} numbers take {self.span:,} bytes"
        return Unreadable(f"the file is cut off: {need}, but {found} the header; get it again")

    def _size(self) -> str:
        return listed([f"{size:,}" for size in self.shape], _MOST_LISTED, " × ")
