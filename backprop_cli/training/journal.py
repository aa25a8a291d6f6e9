"""The history of a run, written to its folder line by line while it trains."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self, TextIO

from backprop_cli.documents.writing import unwritable, write_whole
from backprop_cli.training.events import EpochDone
from backprop_cli.training.folder import HISTORY, METRICS, RunFolder
from backprop_cli.training.history import Columns


class Journal:
    """Writes each epoch to `history.csv` and `metrics.jsonl`."""

    def __init__(self, folder: RunFolder, columns: Columns, past: Iterable[EpochDone]) -> None:
        """Write the epochs of the past in one go, and be ready to add to them; raises StorageError."""
        self._columns = columns
        events = list(past)
        head = columns.header()
        write_whole(folder / HISTORY, [(head + "".join(map(columns.csv, events))).encode()])
        write_whole(folder / METRICS, ["".join(map(columns.json, events)).encode()])
        self._paths = (folder / HISTORY, folder / METRICS)
        self._files: list[TextIO] = []

    def __enter__(self) -> Self:
        self._files = [_opened(path) for path in self._paths]
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            # A line that could not be written is tried again, and was told of before.
            with suppress(OSError):
                file.close()

    def add(self, event: EpochDone) -> None:
        """Write one more epoch; raises StorageError."""
        for path, file, line in zip(self._paths, self._files, self._lines(event), strict=True):
            with _telling(path):
                file.write(line)

    def settle(self) -> None:
        """Let the disk have all of it; raises StorageError."""
        for path, file in zip(self._paths, self._files, strict=True):
            with _telling(path):
                os.fsync(file.fileno())

    def _lines(self, event: EpochDone) -> tuple[str, str]:
        return self._columns.csv(event), self._columns.json(event)


def _opened(path: Path) -> TextIO:
    with _telling(path):
        # Line by line, so that whoever looks on sees whole epochs.
        return path.open("a", encoding="utf-8", newline="", buffering=1)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(path, error) from error
