"""From the name of a file to its columns: the suffix, or how the file begins, tells the format."""

import os
import re
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path
from typing import Any, TypeVar

from numpy.typing import NDArray

from backprop_cli.data import idx, npy
from backprop_cli.data.array_file import ArrayFile, FileColumns
from backprop_cli.data.declared import Declared
from backprop_cli.data.frame_files import SCANS, PolarsFrame
from backprop_cli.data.frames import ArchiveFrame, ArrayFrame, Frame, TableFrame
from backprop_cli.data.idx import GZIP, is_idx, read_idx
from backprop_cli.data.npy import MAGIC, keys_of, read_member
from backprop_cli.documents.files import Location, Unreadable, open_bytes
from backprop_cli.documents.table_reader import read_table
from backprop_cli.errors import DataError, Problem

_Found = TypeVar("_Found")
_TEXT = {".csv", ".tsv", ".tab", ".txt"}
_IDX = re.compile(r"[.-]idx\d*([.-]\w+)?(\.gz)?$|[.-]ubyte(\.gz)?$", re.IGNORECASE)
_ZIP = b"PK\x03\x04"
# Arrays of more bytes than this, as float64, are read some rows at a time.
WINDOW = 256 * 2**20


def open_frame(path: Location, *, delimiter: str | None = None, window: float = WINDOW) -> Frame:
    """Open a file of samples.

    Args:
        path: a table (`.csv`, `.tsv`), an array or an archive of arrays (`.npy`, `.npz`), or IDX data as the MNIST
            digits come in, packed with gzip or not; Parquet, Arrow (Feather) or JSON Lines, with polars. A file of
            another name is what it begins as, or a table.
        delimiter: of a table; by default from its suffix.
        window: bytes, as float64, of the largest array that is read whole; the rows of a larger one, where they lie one
            after the other in the file, are read when they are wanted.

    Raises:
        MissingExtra: polars is not installed.
        DataError: it cannot be read; every problem of a table.
    """
    name = os.fspath(path)
    kind = _kind(name)
    if delimiter is not None and kind != "table":
        raise DataError([Problem("this is no table, so there is nothing for delimiter to separate", where=name)])
    if kind == "npy":
        return ArrayFrame(name, _reading(name, lambda file: _array(name, file, window, npy.header)))
    if kind == "npz":
        keys = _reading(name, keys_of)
        return ArchiveFrame(name, keys, lambda key: _reading(name, lambda file: read_member(file, key)))
    if kind == "idx":
        return ArrayFrame(name, _reading(name, lambda file: _idx(name, file, window)))
    if kind in SCANS:
        return PolarsFrame(name, kind, lambda read: _reading(name, read))
    return TableFrame(read_table(name, delimiter=delimiter))


def _idx(name: str, file: BufferedReader, window: float) -> NDArray[Any] | FileColumns:
    if file.peek(len(GZIP)).startswith(GZIP):
        return read_idx(file, _size(file))
    return _array(name, file, window, idx.header)


def _array(
    name: str, file: BufferedReader, window: float, header: Callable[[BufferedReader], tuple[Declared, int]]
) -> NDArray[Any] | FileColumns:
    """Read an array, or only its header where it is large."""
    declared, start = header(file)
    if declared.fits(window):
        declared.check(_size(file) - start)
        return declared.read(file)
    declared.check_span(_size(file) - start)
    return FileColumns.of(ArrayFile(name, declared, start), window)


def names_columns(name: str) -> bool:
    """Say whether a file, by its suffix, has names for its columns."""
    suffix = Path(name).suffix.lower()
    return suffix in _TEXT or suffix in SCANS


def _kind(name: str) -> str:
    """Tell the format."""
    suffix = Path(name).suffix.lower()
    if suffix in {".npy", ".npz"}:
        return suffix[1:]
    if suffix in SCANS:
        return suffix
    if _IDX.search(name):
        return "idx"
    return "table" if suffix in _TEXT else _reading(name, lambda file: _begins_as(file.peek(len(MAGIC))))


def _begins_as(head: bytes) -> str:
    if head.startswith(MAGIC):
        return "npy"
    if head.startswith(_ZIP):
        return "npz"
    return "idx" if head.startswith(GZIP) or is_idx(head) else "table"


def _reading(name: str, read: Callable[[BufferedReader], _Found]) -> _Found:
    try:
        with open_bytes(name) as file:
            return read(file)
    except Unreadable as error:
        raise DataError([Problem(str(error), where=name)]) from error


def _size(file: BufferedReader) -> int:
    return os.fstat(file.fileno()).st_size
