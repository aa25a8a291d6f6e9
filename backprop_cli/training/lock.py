"""A lock on a run folder: the system lets go of it when its holder ends, however that happens."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from backprop_cli.documents.writing import unwritable
from backprop_cli.errors import StorageError

NAME = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is there.

    Raises:
        StorageError: another process holds it, or it cannot be written.
    """
    path = folder / NAME
    try:
        descriptor = _open(path)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        # Removed while it is still held, so that nobody can hold a lock that others do not see.
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


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
    """Open and take a lock, and write down who has it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _require(descriptor, path)
            if _is_at(descriptor, path):
                _sign(descriptor)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        # Its last holder removed the file after we opened it.
        os.close(descriptor)


def _require(descriptor: int, path: Path) -> None:
    if not _take(descriptor):
        raise StorageError(f"{path.parent} is being written by {_who(path)}; wait for it, or choose another folder")


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    text = json.dumps({"process": os.getpid(), "machine": socket.gethostname(), "since": since})
    os.truncate(descriptor, 0)
    os.write(descriptor, text.encode())


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
