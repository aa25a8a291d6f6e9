"""NumPy's `.npy` files and `.npz` archives, by their published format; nothing in them is ever unpickled."""

import ast
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.declared import MOST_INFLATION, Declared
from backprop_cli.documents.files import Unreadable
from backprop_cli.documents.tree import shortened
from backprop_cli.errors import DataError, Problem

MAGIC = b"\x93NUMPY"
# Bytes of the header's length, by version of the format.
_LENGTHS = {1: 2, 2: 4, 3: 4}
# As NumPy: what is longer is not parsed.
_LONGEST_HEADER = 10_000
_MOST_DIMENSIONS = 32
_LARGEST_SIZE = 2**63 - 1
_KEYS = {"descr", "fortran_order", "shape"}
_PLAIN = re.compile(r"[<>|=]?(b1|i[1248]|u[1248]|f[248]|U[1-9][0-9]{0,6})")
_KIND = re.compile(r"[<>|=]?([A-Za-z])")
_REFUSED = {
    "O": "Python objects, which are never unpickled here; save plain numbers",
    "c": "complex numbers; save real and imaginary parts as columns of their own",
    "V": "records; save a table of numbers",
    "M": "dates; save them as numbers",
    "m": "spans of time; save them as numbers",
    "S": "bytes; save them as text (dtype U) or as numbers",
    "f": "floats of a size that differs between machines; save them as float64",
}


def read_npy(stream: IO[bytes], size: int) -> NDArray[Any]:
    """Read an array.

    Args:
        stream: positioned at the start of the `.npy` data, which goes to its end.
        size: bytes of that data.

    Returns:
        Whole numbers, floats, booleans or text, of any shape with at least one item.

    Raises:
        Unreadable: it is damaged, too large, or holds something else.
    """
    declared, start = header(stream)
    declared.check(size - start)
    return declared.read(stream)


def header(stream: IO[bytes]) -> tuple[Declared, int]:
    """Read what the header declares, which is to be checked, and give the bytes that it takes.

    Raises:
        Unreadable: it is damaged, or declares what cannot be trained on.
    """
    head = stream.read(len(MAGIC) + 2)
    if not head.startswith(MAGIC):
        raise Unreadable(f"this is no .npy data: it begins with {head[: len(MAGIC)]!r}, not {MAGIC!r}")
    if len(head) < len(MAGIC) + 2 or head[-2] not in _LENGTHS:
        raise Unreadable(f"version {head[len(MAGIC) :].hex('.') or '?'} of the .npy format is not known")
    field = stream.read(_LENGTHS[head[-2]])
    length = int.from_bytes(field, "little")
    if length > _LONGEST_HEADER:
        raise Unreadable(f"a header of {length:,} bytes is too long; is the file damaged?")
    text = stream.read(length)
    if len(text) < length:
        raise Unreadable("the file is cut off in its header; get it again")
    return _declared(text.decode("utf-8", "replace")), len(head) + len(field) + length


def _declared(text: str) -> Declared:
    try:
        # A damaged header may look like Python that earns a warning.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = ast.literal_eval(text.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        found = None
    if not isinstance(found, dict) or set(found) != _KEYS:
        raise Unreadable(f"the header says {shortened(text.strip())!r}, not the type and shape of an array")
    shape = found["shape"]
    if not _is_shape(shape) or not isinstance(found["fortran_order"], bool):
        raise Unreadable(f"the header says {shortened(text.strip())!r}, which is no shape of an array")
    return Declared(shape, _dtype(found["descr"]), found["fortran_order"])


def _is_shape(shape: object) -> bool:
    sizes = shape if isinstance(shape, tuple) and len(shape) <= _MOST_DIMENSIONS else (None,)
    return all(isinstance(size, int) and not isinstance(size, bool) and 0 <= size <= _LARGEST_SIZE for size in sizes)


def _dtype(descr: object) -> np.dtype[Any]:
    """Give a type that can be trained on."""
    if isinstance(descr, str) and _PLAIN.fullmatch(descr):
        return np.dtype(descr)
    kind = _KIND.match(descr) if isinstance(descr, str) else None
    what = _REFUSED.get(kind[1] if kind else "V", "what is not known here; save numbers")
    shown = descr if isinstance(descr, str) else "structured"
    raise Unreadable(f"the array (dtype {shortened(shown)}) holds {what}")


def plain_array(values: object) -> NDArray[Any]:
    """Give numbers or texts that a program has at hand as an array like one that is read from a file.

    Raises:
        DataError: they are neither, or there are none.
    """
    try:
        found = np.asarray(values)
    except ValueError as error:
        raise DataError([Problem("its rows differ in length; give each the same", where="the array")]) from error
    try:
        Declared(found.shape, _dtype(found.dtype.str)).check(found.nbytes)
    except Unreadable as error:
        raise DataError([Problem(str(error), where="the array")]) from error
    return found


def keys_of(file: IO[bytes]) -> tuple[str, ...]:
    """Give the names of the arrays of an archive, in its order.

    Raises:
        Unreadable: it is no archive, or a damaged one, or without arrays, or one has two arrays of one name.
    """
    with _archive(file) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    if not names:
        raise Unreadable("the archive holds no .npy arrays; save some with numpy.savez")
    for name in names:
        if names.count(name) > 1:
            raise Unreadable(f"the archive holds two arrays named {shortened(name)!r}; save it again")
    return tuple(names)


def read_member(file: IO[bytes], key: str) -> NDArray[Any]:
    """Read one array of an archive.

    Raises:
        Unreadable: as `read_npy`, the key of the array first.
    """
    with _archive(file) as archive:
        info = archive.getinfo(f"{key}.npy")
        try:
            _check_member(info)
            with archive.open(info) as stream:
                return read_npy(stream, info.file_size)
        except Unreadable as error:
            raise Unreadable(f"array {shortened(key)!r}: {error}") from error


def _check_member(info: zipfile.ZipInfo) -> None:
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or info.flag_bits & 1:
        raise Unreadable("it is encrypted or packed in an unusual way; save it with numpy.savez")
    if info.file_size > info.compress_size * MOST_INFLATION:
        declared = f"{info.file_size:,} bytes are declared"
        raise Unreadable(f"{declared}, more than {info.compress_size:,} packed bytes can hold; is the file damaged?")


@contextmanager
def _archive(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open an archive; what it says of its members is not yet believed."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, KeyError) as error:
        raise Unreadable("this is no .npz archive, or a damaged one; get it again") from error
