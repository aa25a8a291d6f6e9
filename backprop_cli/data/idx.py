"""IDX files, the format of the MNIST digits, plain or packed with gzip."""

import gzip
import zlib
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.declared import MOST_INFLATION, Declared
from backprop_cli.documents.files import Unreadable

GZIP = b"\x1f\x8b"
_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_SIZE = 4


def is_idx(head: bytes) -> bool:
    """Say whether a file that begins so is an IDX file, packed or not: two zeros, a type, a number of dimensions."""
    return head.startswith(GZIP) or (head[:2] == b"\0\0" and len(head) >= _SIZE and head[2] in _TYPES and head[3] > 0)


def read_idx(file: IO[bytes], size: int) -> NDArray[Any]:
    """Read an array.

    Args:
        file: at its start.
        size: its bytes.

    Raises:
        Unreadable: it is no IDX file, or a damaged or too large one.
    """
    packed = file.read(len(GZIP)) == GZIP
    file.seek(0)
    if not packed:
        return _read(file, size)
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            return _read(cast("IO[bytes]", stream), size * MOST_INFLATION, "unpack it, to have it read by parts")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Unreadable("this is no gzip file, or a damaged one; get it again") from error


def _read(stream: IO[bytes], size: int, advice: str = "split the file") -> NDArray[Any]:
    declared, start = header(stream)
    declared.check(size - start, advice)
    return declared.read(stream)


def header(stream: IO[bytes]) -> tuple[Declared, int]:
    """Read what the header of an array that is not packed declares, which is to be checked, and how long it is.

    Raises:
        Unreadable: it is no IDX file, or a damaged one.
    """
    head = stream.read(_SIZE)
    if not is_idx(head) or head.startswith(GZIP):
        raise Unreadable(
            f"magic number 0x{head.hex()} is not that of an IDX file: 0x0000, a type from 08 to 0e, "
            "and the number of dimensions"
        )
    dimensions = head[3]
    sizes = stream.read(_SIZE * dimensions)
    if len(sizes) < _SIZE * dimensions:
        raise Unreadable("the file is cut off in its header; get it again")
    shape = tuple(int.from_bytes(sizes[at : at + _SIZE], "big") for at in range(0, len(sizes), _SIZE))
    return Declared(shape, np.dtype(_TYPES[head[2]])), len(head) + len(sizes)
