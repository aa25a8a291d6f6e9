"""What the header of a file of numbers declares, held to limits and to the file before anything is allocated."""

import math
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.documents.files import Unreadable
from backprop_cli.documents.tree import listed
from backprop_cli.immutable import immutable

# As float64, which is what is trained on.
MOST_BYTES = 4 * 2**30
_GIB = 2**30
_MOST_LISTED = 8
_LAST_CHARACTER, _SURROGATES = 0x10FFFF, (0xD800, 0xDFFF)
# What deflate can blow up, at the very most: one byte to so many.
MOST_INFLATION = 1032


@immutable
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

    @property
    def memory(self) -> int:
        """How many bytes they take where they are trained on."""
        return self.count * max(self.dtype.itemsize, np.dtype(np.float64).itemsize)

    @property
    def is_by_column(self) -> bool:
        """Whether the items of a row lie apart in the file."""
        return self.is_fortran and sum(size > 1 for size in self.shape) > 1

    def fits(self, most: float) -> bool:
        """Say whether the array is read whole: where it is small enough, or cannot be read by rows."""
        return self.memory <= most or self.is_by_column or self.dtype.kind == "U"

    def check(self, room: int, advice: str = "split the file") -> None:
        """Refuse what is empty, too large to be read whole, or more than the file can hold.

        Args:
            room: bytes that can follow the header, at most.
            advice: what to do about an array that is too large.

        Raises:
            Unreadable: which of these it is.
        """
        self._check_shape()
        if self.memory > MOST_BYTES:
            much = f"{self._size()} numbers, {self.memory / _GIB:,.1f} GiB as float64"
            if self.is_by_column:
                advice = "save it row by row (numpy.ascontiguousarray), to be read some rows at a time"
            raise Unreadable(f"the header declares {much}; at most {MOST_BYTES // _GIB} GiB are read; {advice}")
        self._check_room(room)

    def check_span(self, room: int) -> None:
        """Refuse what is empty, or not as long as what follows the header.

        Args:
            room: bytes that follow the header.

        Raises:
            Unreadable: which of these it is.
        """
        self._check_shape()
        self._check_room(room)
        if self.span < room:
            raise self._goes_on()

    def _check_shape(self) -> None:
        if not self.shape:
            raise Unreadable("this is a single number, not an array; write one row per sample")
        if not self.count:
            raise Unreadable(f"an array of {self._size()} holds nothing; write one row per sample")

    def _check_room(self, room: int) -> None:
        if self.span > room:
            raise self._cut_off(f"no more than {room:,} can follow")

    def read(self, stream: IO[bytes]) -> NDArray[Any]:
        """Read the array, which was checked, to the end of the stream; items are in the byte order of the machine.

        Raises:
            Unreadable: the stream ends before the array, or after it, or the array holds what only looks like text.
        """
        data = stream.read(self.span)
        if len(data) < self.span:
            raise self._cut_off(f"{len(data):,} follow")
        if stream.read(1):
            raise self._goes_on()
        flat = np.frombuffer(data, self.dtype)
        values = flat.reshape(self.shape[::-1]).T if self.is_fortran else flat.reshape(self.shape)
        values = values.astype(self.dtype.newbyteorder("="), copy=False)
        _check_text(values)
        return values

    def _cut_off(self, found: str) -> Unreadable:
        need = f"{self._size()} numbers take {self.span:,} bytes"
        return Unreadable(f"the file is cut off: {need}, but {found} the header; get it again")

    def _goes_on(self) -> Unreadable:
        declared = f"the {self.span:,} bytes of {self._size()} numbers that its header declares"
        return Unreadable(f"the file goes on after {declared}; is it damaged?")

    def _size(self) -> str:
        return listed([f"{size:,}" for size in self.shape], _MOST_LISTED, " × ")


def _check_text(values: NDArray[Any]) -> None:
    """Refuse what only looks like text: Python would, but too late."""
    if values.dtype.kind == "U":
        codes = np.ascontiguousarray(values).reshape(-1).view(np.uint32)
        if ((codes > _LAST_CHARACTER) | ((codes >= _SURROGATES[0]) & (codes <= _SURROGATES[1]))).any():
            raise Unreadable("the text in the array is damaged: it has characters that do not exist; save it again")
