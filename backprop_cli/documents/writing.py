"""Files are written in one go: at any instant the old file or the new one is there, whole."""

import errno
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from backprop_cli.errors import StorageError

_ADVICE = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room within your quota",
    errno.EFBIG: "the disk or a limit takes no file of this size",
    errno.EACCES: "check the permissions of its folder, or choose another place",
    errno.EPERM: "check the permissions of its folder, or choose another place",
    errno.EROFS: "choose a place that can be written to",
    errno.ENOENT: "its folder is not there",
    errno.ENOTDIR: "a part of its path is a file, not a folder",
}
_NO_WAITING = {errno.EINVAL, errno.ENOTSUP}


def unwritable(path: Path, error: OSError) -> StorageError:
    """Say why a file or a folder cannot be written, and what to do."""
    advice = _ADVICE.get(error.errno or 0, "choose another place")
    return StorageError(f"{path}: cannot be written: {error.strerror or error}; {advice}")


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file as `put_whole` does.

    Raises:
        StorageError: it cannot be written; what stood there before is kept, and nothing is left beside it.
    """
    try:
        put_whole(path, pieces)
    except OSError as error:
        raise unwritable(path, error) from error


def put_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file beside its place, and put it there once the disk has all of it.

    Args:
        path: where it is to be.
        pieces: what it holds, one after the other.

    Raises:
        OSError: it cannot be written; what stood there before is kept, and nothing is left beside it.
    """
    beside = _beside(path)
    try:
        with beside.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def remove_leftovers(folder: Path, names: Iterable[str]) -> None:
    """Remove what writers of these files left beside them when they were killed."""
    known = "|".join(re.escape(name) for name in names)
    with suppress(OSError):
        for path in folder.iterdir():
            if re.fullmatch(rf"\.({known})\.\d+\.tmp", path.name):
                path.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def _sync_folder(folder: Path) -> None:
    """Let the disk have the new name, too, where the system can do that."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        # It may be written to, but not read.
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems have folders that are never waited for.
        if error.errno not in _NO_WAITING:
            raise
    finally:
        os.close(descriptor)
