"""Why a file cannot be opened or is not UTF-8 text, in plain words."""

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TypeAlias

Location: TypeAlias = "str | os.PathLike[str]"

# Longer byte order marks first: that of UTF-32 begins with that of UTF-16.
_FOREIGN = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)

# What the error handler 'surrogateescape' makes of the bytes 0x80 to 0xff.
ESCAPED_BYTES = range(0xDC80, 0xDD00)


class Unreadable(Exception):  # noqa: N818  readers turn it into the error of their own kind of file
    """Say why a file cannot be read; the message is for the user."""


@contextmanager
def open_bytes(path: Location) -> Iterator[BufferedReader]:
    """Open a file for reading.

    Raises:
        Unreadable: the file cannot be opened, or reading it fails.
    """
    try:
        file = Path(path).open("rb")  # noqa: SIM115  it is closed below
    except OSError as error:
        raise Unreadable(_why(path, error)) from error
    except ValueError as error:
        raise Unreadable("this cannot be the name of a file; check it for unusual characters") from error
    with file:
        try:
            yield file
        except OSError as error:
            raise Unreadable(_why(path, error)) from error


def _why(path: Location, error: OSError) -> str:
    """Say what an error of the operating system means for the user."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file; check the name and the folder"
    # Windows answers 'permission denied' for a folder.
    if isinstance(error, IsADirectoryError) or Path(path).is_dir():
        return "this is a folder, not a file; name a file in it"
    if isinstance(error, PermissionError):
        return "this file may not be read; check its permissions"
    return f"this file cannot be read: {error.strerror or error}"


def foreign_encoding(head: bytes) -> str | None:
    """Say that a text is UTF-16 or UTF-32 when its first bytes are such a byte order mark."""
    for mark, name in _FOREIGN:
        if head.startswith(mark):
            return f"this text is {name}, not UTF-8; save it as UTF-8"
    return None


def unfit_character(character: str) -> str:
    """Say why a character cannot stand in a text file; an undecodable byte is an escaped one."""
    code = ord(character)
    if code in ESCAPED_BYTES:
        return f"byte 0x{code - 0xDC00:02x} is not UTF-8; save the text as UTF-8"
    if code == 0:
        return "a NUL character: this is no text file, or not UTF-8; save it as UTF-8 text"
    return f"character U+{code:04X} cannot stand here; remove it"
