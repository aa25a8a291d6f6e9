"""Parquet, Arrow and JSON Lines, read by polars where it is installed."""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np

from backprop_cli.data.declared import MOST_BYTES
from backprop_cli.data.frames import Column, Frame, Numbers, Texts
from backprop_cli.documents.files import Unreadable
from backprop_cli.documents.tree import shortened
from backprop_cli.errors import DataError, MissingExtra

# What scans each kind of file, by suffix.
SCANS = {
    ".parquet": "scan_parquet", ".pq": "scan_parquet",
    ".arrow": "scan_ipc", ".feather": "scan_ipc", ".ipc": "scan_ipc",
    ".jsonl": "scan_ndjson", ".ndjson": "scan_ndjson",
}  # fmt: skip
_EIGHT = 8
_STDERR = 2
_GIB = 2**30

_Found = TypeVar("_Found")
# Opens the file, and turns what is wrong with it into an error that names it.
Opens = Callable[[Callable[[IO[bytes]], Any]], Any]


class PolarsFrame(Frame):
    """A file that polars reads: each column when it is wanted."""

    def __init__(self, name: str, suffix: str, opens: Opens) -> None:
        """Look at the names and types of the columns.

        Raises:
            MissingExtra: polars is not installed.
            DataError: the file is damaged, or too large.
        """
        self._polars, self._scan, self._opens = _polars(), SCANS[suffix], opens
        self.name = name
        self._types = self._asked(self._look_at)
        self.names = tuple(self._types)

    def read(self, names: Sequence[str]) -> Iterator[Column]:
        """Give each column as numbers or as text; what is null is missing."""
        unfit = [problem for name in names if (problem := self._unfit(name))]
        if unfit:
            raise DataError([self.header_problem(message) for message in unfit])
        found = self._asked(lambda lazy: lazy.select(names).collect())
        return (self._column(name, found[name]) for name in names)

    def _column(self, name: str, series: Any) -> Column:
        if not self._is_number(name):
            return Texts(name, [(cell or "").strip() for cell in series.cast(self._polars.String).to_list()])
        # NumPy has no integers of 128 bits.
        plain = self._types[name].is_integer() and not series.null_count() and "128" not in str(self._types[name])
        values = series if plain else series.cast(self._polars.Float64).fill_null(math.nan)
        return Numbers((name,), np.ascontiguousarray(values.to_numpy())[:, None])

    def _is_number(self, name: str) -> bool:
        kind = self._types[name]
        return bool(kind.is_numeric() or kind == self._polars.Boolean)

    def _unfit(self, name: str) -> str:
        kind, polars = self._types[name], self._polars
        if self._is_number(name) or kind in {polars.String, polars.Categorical, polars.Enum, polars.Null}:
            return ""
        return f"column {shortened(name)!r} holds {shortened(str(kind))}; save it as numbers or as text"

    def _look_at(self, lazy: Any) -> dict[str, Any]:
        """Give the type of each column of a table of a fair size."""
        types = dict(lazy.collect_schema())
        rows = int(lazy.select(self._polars.len()).collect().item())
        if not rows:
            raise Unreadable("the table has no rows; write one row per sample")
        memory = rows * _EIGHT * max(1, len(types))
        if memory > MOST_BYTES:
            much = f"{rows:,} rows are {memory / _GIB:,.1f} GiB as float64"
            raise Unreadable(f"{much}; at most {MOST_BYTES // _GIB} GiB are read; split the file")
        return types

    def _asked(self, ask: Callable[[Any], _Found]) -> _Found:
        """Scan the file and ask something of it."""
        errors = (OSError, self._polars.exceptions.PolarsError, self._polars.exceptions.PanicException)

        def scanned(file: IO[bytes]) -> _Found:
            try:
                with _silence():
                    return ask(getattr(self._polars, self._scan)(file))
            except errors as error:
                said = shortened(str(error).partition("\n")[0])
                raise Unreadable(f"this is no such table, or a damaged one ({said}); get it again") from error

        found: _Found = self._opens(scanned)
        return found


@contextmanager
def _silence() -> Iterator[None]:
    """Keep from the user what polars says of a damaged file on standard error, pages of it, beside what it raises."""
    try:
        before = os.dup(_STDERR)
    except OSError:
        # There is no standard error to keep anything from.
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), _STDERR)
        yield
    finally:
        os.dup2(before, _STDERR)
        os.close(before)


def _polars() -> Any:
    try:
        import polars as pl
    except ImportError as error:
        raise MissingExtra("polars", "tables") from error
    return pl
