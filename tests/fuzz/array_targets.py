"""The readers of NumPy's `.npy` and `.npz` and of IDX files, given headers and archives that lie."""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any, ClassVar

import numpy as np
from data_targets import Composed
from mutations import mutated

MAGIC = b"\x93NUMPY"
X = np.array([[0.5, 1.5, 0], [1, -1, 1], [2, 0, 1], [3, 4, 0]])
DTYPES = (
    "<f8", ">f8", "<f4", "<f2", "|b1", "|u1", "<i8", ">i2", "<U3", ">U1", "<U9999999", "|S4", "|O", "O", "<c16",
    "<M8[D]",
    "<m8[s]", "<f16", "|V8", "V999999999999", "<i3", "", "f", "f8,f8", "(2,)f8", "U0", "<U1000000", "a8", "=f8",
    "@f8", "٨",
)  # fmt: skip
DESCRS: tuple[Any, ...] = (
    *DTYPES, [("a", "<f8")], [("a", "|O")], [("a", "<f8", (1000000, 1000000))], None, 8, ("<f8", (2,)),
    {"names": ["a"]}, b"<f8",
)  # fmt: skip
SHAPES: tuple[Any, ...] = (
    (4, 3), (4, 3), (4, 3), (4,), (), (0,), (4, 0), (12,), (1, 12), (2, 2, 3), (1 << 62, 2), (1 << 31, 1 << 31),
    (10**30,),
    (1 << 40,), (1 << 29,), (-1, 3), (True, 3), (4.0, 3), [4, 3], 4, None, (1,) * 32, (1,) * 33, (1,) * 2000,
    ("4", 3),
    (4, 3, 0, 1 << 63),
)  # fmt: skip
HEADERS = (
    "", " ", "{", "{}", "[]", "None", "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 3), 'x': 1}",
    "{'descr': '<f8', 'fortran_order': 1, 'shape': (4, 3)}", "(" * 4000, "[" * 9000, "-" * 9000 + "1", "{" * 3000,
    "'" * 9999,
    "__import__('os').getpid()", "1 if 1 else 2", "'\\d'", "9" * 9000, "{'descr': '<f8', 'shape': (4, 3)}", "\x00",
    "1" + " " * 9999,
    "0x" + "f" * 9000, "{[]: 1}", "{'a': {'b': []}, **{}}", "lambda: 0", "b'\\xff'",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (0x" + "f" * 5000 + ", 3)}", "1_0", "1__0", "4j", "f'{1}'",
    "1if 1else 2",
)  # fmt: skip


def npy(header: str, payload: bytes, version: bytes = b"\x01\x00", length: int | None = None) -> bytes:
    """Write a `.npy` file as it is told, right or not."""
    encoded = header.encode("utf-8")
    size = "<H" if version[:1] == b"\x01" else "<I"
    said = (len(encoded) if length is None else length) & (0xFFFF if size == "<H" else 0xFFFFFFFF)
    return MAGIC + version + struct.pack(size, said) + encoded + payload


def saved(values: Any) -> bytes:
    """Save an array as NumPy does."""
    file = io.BytesIO()
    np.save(file, values, allow_pickle=True)
    return file.getvalue()


def described(descr: Any, shape: Any, *, fortran_order: Any = False) -> str:
    """Write a header."""
    return repr({"descr": descr, "fortran_order": fortran_order, "shape": shape})


class Npy(Composed):
    """Arrays."""

    name, file, columns = "data-npy", "data.npy", "targets: 3"
    tokens = (MAGIC, b"'descr'", b"'shape'", b"(", b")", b",", b"'|O'", b"'<U3'", b"True", b"9999999999", b"'<f8'")

    def seeds(self) -> list[bytes]:
        return arrays()

    def crafted(self) -> list[bytes]:
        headers = [npy(header, X.tobytes()) for header in HEADERS]
        shapes = [npy(described("|u1", shape), bytes(12)) for shape in SHAPES]
        dtypes = [npy(described(descr, (4, 3)), X.tobytes()) for descr in DESCRS]
        pickled = [
            saved(np.array([print, {}], dtype=object)),
            npy(described("|O", (1,)), b"cos\nsystem\n(S'exit'\ntR."),
        ]
        texts = [npy(described("<U1", (2, 3)), struct.pack("<6I", *codes)) for codes in CODES]
        return [*headers, *shapes, *dtypes, *pickled, *texts]

    def compose(self, draw: Random) -> bytes:
        header = described(
            draw.choice(DESCRS), draw.choice(SHAPES), fortran_order=draw.choice((False, False, True, 0, None, "x"))
        )
        payload = draw.choice((X.tobytes(), bytes(12), b"", draw.randbytes(96), draw.randbytes(draw.randrange(400))))
        length = draw.choice((None, None, None, 0, 1, 5, len(header) + 16, 0xFFFF, 0xFFFFFFFF))
        return npy(header, payload, draw.choice((b"\1\0", b"\1\0", b"\2\0", b"\3\0", b"\0\0", b"\4\1")), length)


CODES = ((97, 0xD800, 98, 0, 32, 10), (0x110000,) * 6, (0xFFFFFFFF,) * 6, (0,) * 6, (0x202E, 0x1B, 7, 0xE0001, 0, 97))


@cache
def arrays() -> list[bytes]:
    """Give arrays that can be read, the smallest first."""
    words = np.array([["1", "2", "a"], ["3", "4", "b"], ["5", "", "a"], ["x", "NA", "b"]])
    kinds = [X.astype("u1"), X, X.astype(">f4"), np.asfortranarray(X), X.reshape(2, 2, 3), words, X.astype(bool)]
    gaps = np.where(X == 0, np.nan, X)
    return [saved(values) for values in [*kinds, gaps, X * 1e307, X.astype("<i8").astype("<u8")]]


class Npz(Composed):
    """Archives of arrays."""

    name, file, columns = "data-npz", "data.npz", "inputs: [a, b], targets: y"
    tokens = (
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"PK\x06\x06",
        b"PK\x06\x07",
        MAGIC,
        b"a.npy",
        b"y.npy",
        b"\x08\x00",
    )

    def seeds(self) -> list[bytes]:
        return [archive(_members(), zipfile.ZIP_STORED), archive(_members())]

    def crafted(self) -> list[bytes]:
        names = [archive([(name, saved(X[:, 0]))]) for name in NAMES]
        twice = archive([*_members(), _members()[0]])
        members = [archive([*_members()[1:], ("a.npy", content)]) for content in Npy().crafted()[:40]]
        packed = [archive(_members(), method) for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)]
        return [*names, twice, *members, *packed, *overlapping(), *bombs()]

    def compose(self, draw: Random) -> bytes:
        array = Npy()
        members = [(name, array.vary(draw) if draw.random() < 0.4 else content) for name, content in _members()]
        members += [(draw.choice((*NAMES, "a.npy")), draw.choice(arrays())) for _ in range(draw.randrange(2))]
        found = archive(members, draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
        return lying(found, draw) if draw.random() < 0.4 else found


NAMES = (
    "../../x.npy", "/etc/x.npy", "x.npy", ".npy", "\u202e.npy", "a\nb.npy", "x.txt", "é.npy", "a\x00b.npy",
    "n" * 5000 + ".npy",
    "a.npy/", "A.NPY", " .npy", "\x1b[2J.npy", "1.npy",
)  # fmt: skip


def _members() -> list[tuple[str, bytes]]:
    return [("a.npy", saved(X[:, 0])), ("b.npy", saved(X[:, 1])), ("y.npy", saved(X[:, 2].astype("u1")))]


def archive(members: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Put members into an archive, names that stand twice, too."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as found:
        for name, content in members:
            # writestr would warn of a name that stands twice.
            found.NameToInfo.pop(name, None)
            found.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


# Where the directory of an archive says a member's method, flags, sizes and offset.
FIELDS = ((8, "<H"), (10, "<H"), (16, "<I"), (20, "<I"), (24, "<I"), (28, "<H"), (30, "<H"), (32, "<H"), (42, "<I"))
LIES = (0, 1, 7, 8, 9, 12, 14, 0x40, 0xFF, 0xFFFF, 1 << 20, 1 << 29, 0x7FFFFFFF, 0xFFFFFFFF)
_ENTRY = b"PK\x01\x02"


def lying(content: bytes, draw: Random) -> bytes:
    """Let the directory of an archive lie."""
    entries = [at for at in range(len(content)) if content.startswith(_ENTRY, at)]
    offset, form = draw.choice(FIELDS)
    return overwritten(content, draw.choice(entries) + offset, form, draw.choice(LIES))


def overwritten(content: bytes, at: int, form: str, value: int) -> bytes:
    """Write a number over another."""
    field = struct.pack(form, value & (1 << 8 * struct.calcsize(form)) - 1)
    return content[:at] + field + content[at + len(field) :]


def overlapping() -> list[bytes]:
    """Let many members of an archive be the same bytes of the file."""
    one = archive([("a.npy", saved(np.zeros((1 << 20,), "u1")))])
    directory = one.index(_ENTRY)
    end = one.index(b"PK\x05\x06")
    count = 200
    renamed = [one[directory:end].replace(b"a.npy", b"%04d.npy" % at) for at in range(count)]
    entries = [overwritten(entry, 28, "<H", 8) for entry in renamed]
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(b"".join(entries)), directory, 0)
    return [one[:directory] + b"".join(entries) + tail, one[:directory] + one[directory:end] * 3 + one[end:]]


def bombs() -> list[bytes]:
    """Give archives that unfold into far more than their headers say, or say far more than they hold."""
    zeros = bytes(48 << 20)
    small, large = described("|u1", (4, 1)), described("|u1", (1 << 40, 1))
    return [archive([*_members()[1:], ("a.npy", npy(header, zeros))]) for header in (small, large)]


class Idx(Composed):
    """IDX files, plain."""

    name, file, columns = "data-idx", "data.idx", "targets: 3"
    pack: ClassVar[Callable[[bytes], bytes]] = bytes

    def seeds(self) -> list[bytes]:
        kinds = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
        return [self.pack(idx(code, X.shape, X.astype(kind).tobytes())) for code, kind in kinds.items()]

    def crafted(self) -> list[bytes]:
        shapes = [(), (0,), (4, 0), (0xFFFFFFFF,), (0xFFFFFFFF,) * 4, (1,) * 255, (4, 3, 0xFFFFFFFF), (1 << 29,), (12,)]
        return [self.pack(idx(8, shape, bytes(12))) for shape in shapes]

    def compose(self, draw: Random) -> bytes:
        shape = [
            draw.choice((4, 4, 3, 3, 1, 0, 12, 1 << 16, 1 << 29, 0xFFFFFFFF))
            for _ in range(draw.choice((1, 2, 2, 3, 200)))
        ]
        code = draw.choice((8, 9, 11, 12, 13, 14, 8, 0, 10, 255))
        content = idx(
            code, shape, draw.choice((X.astype("u1").tobytes(), draw.randbytes(12), draw.randbytes(96), X.tobytes()))
        )
        return self.pack(mutated(content, draw, (), [content]) if draw.random() < 0.3 else content)


class IdxGz(Idx):
    """IDX files, packed with gzip."""

    name, file = "data-idx-gz", "data.idx.gz"
    tokens = (b"\x1f\x8b\x08", b"\x1f\x8b\x08\x08name\x00", b"\x1f\x8b\x08\x04\xff\xff", b"\x03\x00\x00\x00")
    pack = staticmethod(lambda content: gzip.compress(content, mtime=0))

    def crafted(self) -> list[bytes]:
        zeros = bytes(48 << 20)
        large = [gzip.compress(idx(8, shape, zeros), mtime=0) for shape in ((4, 3), (1 << 29, 7), (48 << 20, 1))]
        twice, several = gzip.compress(self.seeds()[0]), self.seeds()[0] * 1000
        return [*super().crafted(), *large, twice, several, self.seeds()[0] + b"\x00" * 5000, gzip.compress(b"")]


def idx(code: int, shape: Sequence[int], payload: bytes) -> bytes:
    """Write an IDX file as it is told, right or not."""
    return bytes([0, 0, code, len(shape)]) + b"".join(struct.pack(">I", size) for size in shape) + payload
