"""Ways to spoil what was right: of any bytes, and of documents."""

import copy
import re
import struct
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

# Longer inputs would say nothing more, and a packed one could unfold into more than a test may take.
LONGEST = 1 << 16
BYTES = (
    b"\x00",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\n",
    b"\r",
    b'"',
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\x1b[2J",
)
WORDS = (
    b"1e999", b"-1e999", b"nan", b"inf", b"-0", b"0x1F", b"1_000", b"9" * 400, b"1e-400", b"0.1.2", b"true", b"null",
    "١٢".encode(), "½".encode(), "\u202e".encode(), "\u2028".encode(), "\U000e0001".encode(), b"x" * 300,
)  # fmt: skip
SIZES = (0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 20, 1 << 31)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")


def mutated(data: bytes, draw: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """Spoil bytes in one place, or in up to four.

    Args:
        data: what is right.
        draw: chooses what and where.
        tokens: that mean something in this format.
        others: further inputs, to take pieces from.
    """
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        data = draw.choice(_WAYS)(data, draw, tokens, others)
    return data[:LONGEST]


def _span(data: bytes, draw: Random) -> tuple[int, int]:
    start = draw.randrange(len(data) + 1)
    return start, min(len(data), start + draw.choice((1, 1, 2, 4, 8, 40, 200)))


def _put(data: bytes, draw: Random, tokens: Sequence[bytes], *_: object) -> bytes:
    start, end = _span(data, draw)
    return data[:start] + draw.choice((*tokens, *BYTES, *WORDS)) + data[draw.choice((start, end)) :]


def _drop(data: bytes, draw: Random, *_: object) -> bytes:
    start, end = _span(data, draw)
    return data[:start] + data[end:]


def _double(data: bytes, draw: Random, *_: object) -> bytes:
    start, end = _span(data, draw)
    return data[:start] + data[start:end] * draw.choice((2, 2, 3, 100)) + data[end:]


def _flip(data: bytes, draw: Random, *_: object) -> bytes:
    if not data:
        return data
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]


def _cut(data: bytes, draw: Random, *_: object) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def _size(data: bytes, draw: Random, *_: object) -> bytes:
    """Overwrite what may be a size or an offset."""
    field = struct.pack(draw.choice("<>") + draw.choice("HIQ"), draw.choice(SIZES) & 0xFFFF)
    at = draw.randrange(len(data) + 1)
    return data[:at] + field + data[at + len(field) :]


def _number(data: bytes, draw: Random, *_: object) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    match = draw.choice(found)
    return data[: match.start()] + draw.choice(WORDS) + data[match.end() :]


def _line(data: bytes, draw: Random, *_: object) -> bytes:
    """Drop, double or move a line."""
    lines = data.splitlines(keepends=True) or [b""]
    line = draw.choice(lines) if draw.random() < 0.5 else lines.pop(draw.randrange(len(lines)))
    lines[draw.randrange(len(lines) + 1) : 0] = [line] * draw.randrange(3)
    return b"".join(lines)


def _splice(data: bytes, draw: Random, _tokens: object, others: Sequence[bytes]) -> bytes:
    other = draw.choice(others)
    return data[: draw.randrange(len(data) + 1)] + other[draw.randrange(len(other) + 1) :]


_WAYS = (_put, _put, _drop, _double, _flip, _flip, _cut, _size, _number, _number, _line, _splice)

VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1, 3, 10**12, 10**400, 1e308, -1e308, 1e-320, 0.5, "", "x", "0.1", "full", [], {}, [1], [[1]],
    [[1, 2], [3]], [["a"]], [None], {"a": 1}, {"name": "x"}, {"name": "adam", "eps": 1e-3}, {"per": "connection"},
    {"per": "layer", "values": [1]}, "z2", "dL/dw1", "w1_1_1 + b1_1", {"norm": 1}, {"value": 1}, {"l1": 1}, "<= 0.1",
    {"name": "linear_warmup", "length": 2, "then": "cosine"}, {"final.loss": "<= 0.1"}, {"epochs": ["> 0"]},
    "validation.loss", "training.accuracy", "x" * 5000, "\u202e", "../../../../etc/passwd", "/dev/zero", "\x00",
    "é\u0301",
    "1" + "0" * 5000, [[[[[[[[[[1]]]]]]]]]], {"": 1}, {"\n": 1},
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Walk the paths of everything in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def spoil(document: Any, draw: Random, keys: Sequence[str], words: Sequence[Any]) -> None:
    """Change one thing in a document: drop a key, move a value, or put another one in.

    Args:
        document: a mapping, changed in place.
        draw: chooses what and where.
        keys: that a document may have.
        words: that mean something in one.
    """
    everything = list(places(document))
    if not everything:
        return
    *way, last = draw.choice(everything)
    holder = document
    for key in way:
        holder = holder[key]
    if draw.random() < 0.15:
        del holder[last]
        return
    if isinstance(holder[last], dict) and draw.random() < 0.4:
        holder, last = holder[last], draw.choice(keys)
    holder[last] = copy.deepcopy(draw.choice(words) if draw.random() < 0.4 else draw.choice(VALUES))
