"""A lock on a run folder: the system lets go of it when its holder ends, however that happens."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

from backprop_cli.documents.writing import unwritable
from backprop_cli.errors import StorageError
from backprop_cli.immutable import immutable

NAME = "lock"
# How often, and how many seconds apart, a lock is asked for.
_TRIES, _MOMENT = 5, 0.02


@immutable
class Lock:
    """A lock that this process holds.

    Attributes:
        path: of its file.
        descriptor: of the file that was locked; somebody may have removed it, or put another one in its place.
    """

    path: Path
    descriptor: int

    @property
    def is_in_place(self) -> bool:
        """Whether others still see it."""
        return _is_at(self.descriptor, self.path)

    def sign(self) -> None:
        """Write down who has it; raises StorageError."""
        since = datetime.now(UTC).isoformat(timespec="seconds")
        text = json.dumps({"process": os.getpid(), "machine": socket.gethostname(), "since": since})
        try:
            os.truncate(self.descriptor, 0)
            os.write(self.descriptor, text.encode())
        except OSError as error:
            raise unwritable(self.path, error) from error

    def release(self) -> None:
        """Let go of it, and remove its file unless that is another's."""
        try:
            # While it is still held, so that nobody can hold a lock that others do not see.
            with suppress(OSError):
                if self.is_in_place:
                    self.path.unlink()
        finally:
            os.close(self.descriptor)


@contextmanager
def locked(folder: Path) -> Iterator[Lock]:
    """Hold the lock of a folder, which is there.

    Raises:
        StorageError: another process holds it, or it cannot be written.
    """
    path = folder / NAME
    try:
        lock = Lock(path, _open(path))
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        lock.sign()
        yield lock
    finally:
        lock.release()


def holder(folder: Path) -> str | None:
    """Say who holds the lock of a folder; None where nobody does."""
    path = folder / NAME
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        return None if _take(descriptor) else _who(path)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    """Open and take a lock."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _require(descriptor, path)
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        # Its last holder removed the file after we opened it.
        os.close(descriptor)


def _require(descriptor: int, path: Path) -> None:
    """Take a lock, and give whoever only looks whether it is held the moment that takes."""
    for _ in range(_TRIES):
        if _take(descriptor):
            return
        sleep(_MOMENT)
    raise StorageError(f"{path.parent} is being written by {_who(path)}; wait for it, or choose another folder")


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _who(path: Path) -> str:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return f"process {found['process']} on {found['machine']} since {found['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            # Far behind the text, which others are to read.
            os.lseek(descriptor, 2**20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
