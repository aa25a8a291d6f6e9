"""NumPy's `.npz` archives, written piece by piece: no array is ever whole in memory."""

import math
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO, RawIOBase
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from backprop_cli.immutable import immutable

# Of every member, so that the same arrays are the same bytes; ZIP knows no earlier day.
_DAY = (1980, 1, 1, 0, 0, 0)


@immutable
class Member:
    """An array of an archive.

    Attributes:
        name: of the array.
        shape: of the whole of it.
        dtype: of its items.
        pieces: its rows, in order, some at a time.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    pieces: Iterable[NDArray[Any]]

    @classmethod
    def of(cls, name: str, values: NDArray[Any]) -> "Member":
        """Give an array that is at hand."""
        return cls(name, values.shape, values.dtype, (values,))

    def header(self) -> bytes:
        """Give what `.npy` data begins with."""
        text = BytesIO()
        described = {"descr": npy.dtype_to_descr(self.dtype), "fortran_order": False, "shape": self.shape}
        npy.write_array_header_1_0(text, described)
        return text.getvalue()


def archive(members: Iterable[Member]) -> Iterator[bytes]:
    """Give the bytes of an archive, as `numpy.savez` would write it; members are asked for in their order."""
    room = _Room()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_STORED) as packed:
        for member in members:
            size = math.prod(member.shape) * member.dtype.itemsize
            info = zipfile.ZipInfo(f"{member.name}.npy", _DAY)
            info.file_size = size
            with packed.open(info, "w", force_zip64=size >= zipfile.ZIP64_LIMIT) as file:
                file.write(member.header())
                for piece in member.pieces:
                    file.write(np.ascontiguousarray(piece, member.dtype).tobytes())
                    yield from room.taken()
            yield from room.taken()
    yield from room.taken()


class _Room(RawIOBase):
    """Holds what was written until it is taken; it cannot go back, so the archive is written straight on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> list[bytes]:
        """Give what was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return pieces
