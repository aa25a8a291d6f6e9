"""A run folder: what a run was asked, what it did, and what came of it."""

import json
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from backprop_cli.documents.json_writer import write_json
from backprop_cli.documents.writing import remove_leftovers, unwritable, write_whole
from backprop_cli.errors import StorageError
from backprop_cli.training import lock

CONFIG, HISTORY, METRICS = "config.yaml", "history.csv", "metrics.jsonl"
CHECKPOINT, MODEL, RUN = "checkpoint", "model.safetensors", "run.json"
# What a config in a run folder begins with.
HEADING = "# What was trained here, with all that the config left to defaults.\n"
# The config first: a folder without it holds no run.
FILES = (CONFIG, RUN, HISTORY, METRICS, CHECKPOINT, MODEL)


class RunFolder:
    """A folder that one run writes to.

    Attributes:
        path: of the folder, as the user named it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: lock.Lock | None = None

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    @property
    def holds_run(self) -> bool:
        """Whether a run has begun here; raises StorageError where nobody may look."""
        try:
            with (self / CONFIG).open("rb") as file:
                return file.read(len(HEADING)) == HEADING.encode() or (self / RUN).is_file()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return False
        except OSError as error:
            why = f"{error.strerror or error}; check its permissions"
            raise StorageError(f"{self.path} cannot be looked into: {why}") from error

    @property
    def go_on(self) -> str:
        """The command that goes on with the run."""
        return f"backprop train --resume --out {self._quoted}"

    @property
    def _quoted(self) -> str:
        return shlex.quote(str(self.path))

    def require_run(self) -> None:
        """Raise StorageError where no run has begun here."""
        if not self.holds_run:
            there = "holds no run" if self.path.is_dir() else "is not there"
            raise StorageError(f"{self.path} {there}; start one: backprop train CONFIG --out {self._quoted}")

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Make the folder where it is not there, and be the only one to write to it.

        What a writer that was killed left beside its files is removed.

        Raises:
            StorageError: another process writes to it, or nobody can.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise StorageError(f"{self.path} is a file, not a folder; choose another name") from error
        except OSError as error:
            raise unwritable(self.path, error) from error
        except ValueError as error:
            raise StorageError(f"{str(self.path)!r} cannot be the name of a folder; choose another name") from error
        with lock.locked(self.path) as self._lock:
            remove_leftovers(self.path, FILES)
            yield

    @property
    def is_claimed(self) -> bool:
        """Whether this is still the only process that writes here."""
        return self._lock is not None and self._lock.is_in_place

    def require_claim(self) -> None:
        """Raise StorageError where another run may have begun in this place."""
        if not self.is_claimed:
            what = f"{self.path} was removed, or its lock was, while the run went on"
            raise StorageError(f"{what}; the run ends, since another one may write there now")

    def require_room(self, *, force: bool) -> None:
        """Find out whether a new run may be written here.

        Args:
            force: whether it may replace a run that is there.

        Raises:
            StorageError: there is something in the folder, and force is not given, or it is a config of the user's own.
        """
        if not force:
            self._refuse_what_is_there()
        elif (self / CONFIG).exists() and not self.holds_run:
            raise StorageError(f"{self / CONFIG} is of no run, and would be replaced; choose another folder")

    def clear(self) -> None:
        """Remove the files of a run; other files are never touched; raises StorageError."""
        for name in FILES:
            try:
                (self / name).unlink(missing_ok=True)
            except OSError as error:
                raise unwritable(self / name, error) from error

    def _refuse_what_is_there(self) -> None:
        if self.holds_run:
            ways = f"choose another folder, replace it with --force, or go on with it: {self.go_on}"
            raise StorageError(f"{self.path} holds a run; {ways}")
        try:
            there = sorted(path.name for path in self.path.iterdir() if path.name != lock.NAME)
        except OSError as error:
            raise unwritable(self.path, error) from error
        if there:
            raise StorageError(
                f"{self.path} is not empty: it holds {there[0]!r}; choose another folder, or add --force"
            )

    def write_json(self, name: str, plain: Mapping[str, Any]) -> None:
        """Write a file of JSON in one go; raises StorageError."""
        self.require_claim()
        write_whole(self / name, [write_json(plain).encode()])

    def read_json(self, name: str) -> dict[str, Any]:
        """Read a file of JSON; an empty mapping where it cannot be read."""
        with suppress(OSError, ValueError, RecursionError):
            found = json.loads((self / name).read_text(encoding="utf-8"))
            return found if isinstance(found, dict) else {}
        return {}
