"""Whole texts: a file or standard input, small enough to be held at once, in UTF-8 and without control characters."""

import os
import re
import sys
from typing import BinaryIO, TextIO

from yaml.reader import Reader

from backprop_cli.documents.files import Location, Unreadable, foreign_encoding, open_bytes, unfit_character
from backprop_cli.documents.source import Source
from backprop_cli.errors import ConfigError, Problem

MOST_BYTES = 16 * 2**20

_TOO_BIG = f"this is more than {MOST_BYTES:,} bytes, the most that is read; make it smaller"

# YAML's printable characters but for the byte order mark, which may only stand at the start.
_UNFIT = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


def read_whole(path: Location, *, stdin: TextIO | BinaryIO | None = None) -> tuple[bytes | str, str]:
    """Give what a file holds, or standard input for `-`, and the name that problems call it by.

    Raises:
        ConfigError: it cannot be read, or is too big.
    """
    name = os.fspath(path)
    if name == "-":
        return _read_stdin(stdin), "<stdin>"
    try:
        with open_bytes(path) as file:
            is_small = os.fstat(file.fileno()).st_size <= MOST_BYTES
            # What is no regular file has no size; one byte more than the limit shows that it is over.
            data = file.read(MOST_BYTES + 1) if is_small else None
    except Unreadable as error:
        raise _refusal(str(error), name) from error
    if data is None:
        raise _refusal(_TOO_BIG, name)
    return data, name


def _read_stdin(stdin: TextIO | BinaryIO | None) -> bytes | str:
    """Read standard input, as bytes where it has them."""
    stream = sys.stdin if stdin is None else stdin
    stream = getattr(stream, "buffer", stream)
    try:
        return b"" if stream is None else stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _refusal(f"standard input cannot be read: {error}", "<stdin>") from error


def decoded(data: bytes | str, name: str) -> str:
    """Give the text without its byte order mark.

    Args:
        data: the text; bytes are UTF-8.
        name: stands in every problem.

    Raises:
        ConfigError: it is too big, is not UTF-8, or holds what cannot stand in a text.
    """
    if len(data) > MOST_BYTES:
        raise _refusal(_TOO_BIG, name)
    if isinstance(data, bytes):
        foreign = foreign_encoding(data)
        if foreign is not None:
            raise _refusal(foreign, name)
        data = data.decode("utf-8", "surrogateescape")
    text = data.removeprefix("\ufeff")
    problem = unfit(text, name)
    if problem is not None:
        raise ConfigError([problem])
    return text


def unfit(text: str, name: str) -> Problem | None:
    """Point at the first character that cannot stand in a text."""
    # YAML's own pattern is compiled already; ours takes longer than reading a small file, and is for texts that fail.
    if Reader.NON_PRINTABLE.search(text) is None and "\ufeff" not in text:
        return None
    pattern = re.compile(_UNFIT)
    match = pattern.search(text)
    if match is None:
        return None
    lines = pattern.sub("\ufffd", text).splitlines()
    before = (text[: match.start()] + "|").splitlines()
    source = Source(name, tuple(lines))
    return source.problem(unfit_character(match[0]), len(before), len(before[-1]))


def _refusal(message: str, name: str) -> ConfigError:
    return ConfigError([Problem(message, where=name)])
