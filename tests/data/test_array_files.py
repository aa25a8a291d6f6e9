"""Arrays are read as they were written, and every way in which such a file can be wrong has its sentence."""

import gzip
import io
import random
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_cli.data.frames import Column, Frame, Numbers, Texts
from backprop_cli.data.opening import open_frame
from backprop_cli.documents.tree import shortened
from backprop_cli.errors import DataError

NPY = b"\x93NUMPY\x01\x00"


def npy(header: str, payload: bytes = b"") -> bytes:
    """Write a .npy file with a header of one's own."""
    return NPY + struct.pack("<H", len(header)) + header.encode("latin-1") + payload


def described(descr: object, shape: object, *, fortran_order: object = False) -> str:
    return repr({"descr": descr, "fortran_order": fortran_order, "shape": shape})


def saved(values: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def npz(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def idx(values: np.ndarray[Any, Any], code: int = 8) -> bytes:
    sizes = struct.pack(f">{values.ndim}I", *values.shape)
    return bytes([0, 0, code, values.ndim]) + sizes + values.tobytes()


def opened(tmp_path: Path, name: str, content: bytes) -> Frame:
    (tmp_path / name).write_bytes(content)
    return open_frame(tmp_path / name)


def matrix(frame: Frame) -> np.ndarray[Any, Any]:
    (column,) = frame.read(frame.names)
    assert isinstance(column, Numbers)
    return column.values


def read_all(path: Path) -> list[Column]:
    frame = open_frame(path)
    return list(frame.read(frame.names))


NUMBERS = np.arange(12).reshape(4, 3)


@pytest.mark.parametrize(
    "dtype", ["u1", "i1", "<i2", ">i2", "<u4", ">i8", "<u8", "<f2", "<f4", ">f4", "<f8", ">f8", "?"]
)
@pytest.mark.parametrize("arrange", [np.ascontiguousarray, np.asfortranarray])
def test_numbers_of_any_size_and_order_are_read(dtype: str, arrange: Callable[..., Any], tmp_path: Path) -> None:
    values = arrange(NUMBERS.astype(dtype))

    found = matrix(opened(tmp_path, "a.npy", saved(values)))

    np.testing.assert_array_equal(found, values)
    assert found.dtype.isnative


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_each_version_of_the_format_is_read(version: tuple[int, int], tmp_path: Path) -> None:
    with (tmp_path / "a.npy").open("wb") as file:
        np.lib.format.write_array(file, NUMBERS, version)

    np.testing.assert_array_equal(matrix(open_frame(tmp_path / "a.npy")), NUMBERS)


@pytest.mark.parametrize("arrange", [np.ascontiguousarray, np.asfortranarray])
def test_images_are_flattened_row_by_row(arrange: Callable[..., Any], tmp_path: Path) -> None:
    images = arrange(np.arange(24).reshape(2, 3, 4))

    frame = opened(tmp_path, "a.npy", saved(images))

    np.testing.assert_array_equal(matrix(frame), np.arange(24).reshape(2, 12))
    assert frame.names == tuple(str(number) for number in range(1, 13))


def test_columns_of_an_array_are_numbered_from_1(tmp_path: Path) -> None:
    frame = opened(tmp_path, "a.npy", saved(NUMBERS))

    (column,) = frame.read(["3", "1"])

    assert isinstance(column, Numbers)
    assert column.names == ("3", "1")
    np.testing.assert_array_equal(column.values, NUMBERS[:, [2, 0]])


def test_text_is_read_column_by_column(tmp_path: Path) -> None:
    frame = opened(tmp_path, "a.npy", saved(np.array([["a", " ä"], ["b", ""]])))

    assert list(frame.read(frame.names)) == [Texts("1", ["a", "b"]), Texts("2", ["ä", ""])]


def test_an_archive_gives_its_arrays_by_name_and_reads_only_those_wanted(tmp_path: Path) -> None:
    content = npz(X=saved(NUMBERS), y=saved(np.array([1, 2, 3, 4])), meta=saved(np.array([{}], dtype=object)))
    frame = opened(tmp_path, "a.npz", content)

    x, y = frame.read(["X", "y"])

    assert frame.names == ("X", "y", "meta")
    assert (x.names, y.names) == (("X[1]", "X[2]", "X[3]"), ("y",))
    with pytest.raises(DataError):
        list(frame.read(["meta"]))


IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
IDX_NAMES = ["x.idx", "x.idx2", "x-idx2-ubyte", "x.idx2-ubyte", "x.idx2-float", "x-ubyte", "X.IDX", "x.bin", "x"]


@pytest.mark.parametrize(("code", "dtype"), IDX_TYPES.items())
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_idx_is_read_packed_or_not(code: int, dtype: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    found = matrix(opened(tmp_path, "a.idx", pack(idx(NUMBERS.astype(dtype), code))))

    np.testing.assert_array_equal(found, NUMBERS)


@pytest.mark.parametrize("name", [*IDX_NAMES, *(f"{name}.gz" for name in IDX_NAMES)])
def test_the_name_or_the_first_bytes_tell_idx(name: str, tmp_path: Path) -> None:
    content = idx(NUMBERS.astype("u1"))

    found = matrix(opened(tmp_path, name, gzip.compress(content) if name.endswith(".gz") else content))

    np.testing.assert_array_equal(found, NUMBERS)


@pytest.mark.parametrize("content", [saved(NUMBERS), npz(a=saved(NUMBERS))])
def test_without_a_known_suffix_the_first_bytes_tell_the_format(content: bytes, tmp_path: Path) -> None:
    np.testing.assert_array_equal(matrix(opened(tmp_path, "samples", content)), NUMBERS)


GOOD, DIGITS = saved(NUMBERS), idx(NUMBERS.astype("u1"))
CUT = "the file is cut off"
BIG = 10**9
MUCH = "at most 4 GiB are read; split the file"
DAMAGED = "is the file damaged?"
AFTER = "can follow the header; get it again"
BAD_NPY = {
    "empty": (b"", "this is no .npy data: it begins with b'', not b'\\x93NUMPY'"),
    "a table": (b"a,b\n1,2\n", "this is no .npy data: it begins with b'a,b\\n1,', not b'\\x93NUMPY'"),
    "no version": (b"\x93NUMPY", "version ? of the .npy format is not known"),
    "version 9": (b"\x93NUMPY\x09\x00abc", "version 09.00 of the .npy format is not known"),
    "a long header": (
        b"\x93NUMPY\x02\x00\xff\xff\xff\x7f",
        "a header of 2,147,483,647 bytes is too long; is the file damaged?",
    ),
    "cut in the header": (GOOD[:50], f"{CUT} in its header; get it again"),
    "no header": (npy("[1, 2"), "the header says '[1, 2', not the type and shape of an array"),
    "a call": (npy("open('x')"), "the header says \"open('x')\", not the type and shape of an array"),
    "an odd escape": (npy("'\\d'"), "the header says \"'\\\\d'\", not the type and shape of an array"),
    "a missing key": (
        npy("{'descr': '<f8'}"),
        "the header says \"{'descr': '<f8'}\", not the type and shape of an array",
    ),
    "objects": (
        npy(described("|O", (2,))),
        "the array (dtype |O) holds Python objects, which are never unpickled here; save plain numbers",
    ),
    "complex": (
        npy(described("<c16", (2,))),
        "the array (dtype <c16) holds complex numbers; save real and imaginary parts as columns of their own",
    ),
    "records": (
        npy(described([("a", "<f8"), ("b", "<i4")], (2,))),
        "the array (dtype structured) holds records; save a table of numbers",
    ),
    "raw": (npy(described("|V8", (2,))), "the array (dtype |V8) holds records; save a table of numbers"),
    "dates": (npy(described("<M8[ns]", (2,))), "the array (dtype <M8[ns]) holds dates; save them as numbers"),
    "spans": (npy(described("<m8[s]", (2,))), "the array (dtype <m8[s]) holds spans of time; save them as numbers"),
    "bytes": (
        npy(described("|S3", (2,))),
        "the array (dtype |S3) holds bytes; save them as text (dtype U) or as numbers",
    ),
    "long double": (
        npy(described("<f16", (2,))),
        "the array (dtype <f16) holds floats of a size that differs between machines; save them as float64",
    ),
    "an unknown type": (
        npy(described("<q7", (2,))),
        "the array (dtype <q7) holds what is not known here; save numbers",
    ),
    "a single number": (saved(np.array(3.5)), "this is a single number, not an array; write one row per sample"),
    "no rows": (saved(np.empty((0, 3))), "an array of 0 × 3 holds nothing; write one row per sample"),
    "no columns": (saved(np.empty((3, 0))), "an array of 3 × 0 holds nothing; write one row per sample"),
    "too large for any file": (
        npy(described("<f8", (BIG, 784))),
        f"{CUT}: 1,000,000,000 × 784 numbers take 6,272,000,000,000 bytes, but no more than 0 {AFTER}",
    ),
    "too large to be read by column": (
        npy(described("<f8", (BIG, 784), fortran_order=True)),
        (
            "the header declares 1,000,000,000 × 784 numbers, 5,841.3 GiB as float64; at most 4 GiB are read; "
            "save it row by row (numpy.ascontiguousarray), to be read some rows at a time"
        ),
    ),
    "too much text": (
        npy(described("<U9", (BIG, 2))),
        "the header declares 1,000,000,000 × 2 numbers, 67.1 GiB as float64; at most 4 GiB are read; split the file",
    ),
    "larger than the file": (
        npy(described("<f8", (10, 10)), b"\0" * 16),
        f"{CUT}: 10 × 10 numbers take 800 bytes, but no more than 16 {AFTER}",
    ),
    "cut off": (
        GOOD[:-1],
        f"{CUT}: 4 × 3 numbers take 96 bytes, but no more than 95 {AFTER}",
    ),
    "too long": (
        GOOD + b"\0",
        "the file goes on after the 96 bytes of 4 × 3 numbers that its header declares; is it damaged?",
    ),
    "no characters": (
        npy(described("<U1", (1,)), b"\xff\xff\xff\xff"),
        "the text in the array is damaged: it has characters that do not exist; save it again",
    ),
}
SHAPES = [3, (-1,), (True,), ("2",), (2.0,), None, (1,) * 33]
BAD_NPY |= {
    f"the shape {shape}": (
        npy(described("<f8", shape)),
        f"the header says {shortened(described('<f8', shape))!r}, which is no shape of an array",
    )
    for shape in SHAPES
}


def packed_so(content: bytes, **fields: int) -> bytes:
    """Change what an archive of one array declares of it, in its directory."""
    at = content.index(b"PK\x01\x02")
    offsets = {"flags": (8, "<H"), "method": (10, "<H"), "size": (24, "<I")}
    changed = bytearray(content)
    for key, value in fields.items():
        offset, form = offsets[key]
        struct.pack_into(form, changed, at + offset, value)
    return bytes(changed)


ONE = npz(x=GOOD)
PACKED_SIZE = zipfile.ZipFile(io.BytesIO(ONE)).getinfo("x.npy").compress_size
UNUSUAL = "array 'x': it is encrypted or packed in an unusual way; save it with numpy.savez"
BAD_NPZ = {
    "a table": (b"a,b\n", "this is no .npz archive, or a damaged one; get it again"),
    "no arrays": (
        npz(),
        "the archive holds no .npy arrays; save some with numpy.savez",
    ),
    "cut off": (ONE[:-30], "this is no .npz archive, or a damaged one; get it again"),
    "encrypted": (packed_so(ONE, flags=1), UNUSUAL),
    "an odd method": (packed_so(ONE, method=14), UNUSUAL),
    "a bomb": (
        packed_so(ONE, size=2**31),
        f"array 'x': 2,147,483,648 bytes are declared, more than {PACKED_SIZE} packed bytes can hold; {DAMAGED}",
    ),
    "objects": (
        npz(x=npy(described("|O", (2,)))),
        "array 'x': the array (dtype |O) holds Python objects, which are never unpickled here; save plain numbers",
    ),
    "too large": (
        npz(x=npy(described("|u1", (BIG, 784)))),
        f"array 'x': the header declares 1,000,000,000 × 784 numbers, 5,841.3 GiB as float64; {MUCH}",
    ),
    "damaged": (
        ONE[:60] + b"\0\0\0\0" + ONE[64:],
        "this is no .npz archive, or a damaged one; get it again",
    ),
}
PACKED = gzip.compress(DIGITS)
MAGIC = "is not that of an IDX file: 0x0000, a type from 08 to 0e, and the number of dimensions"
BAD_IDX = {
    "empty": (b"", f"magic number 0x {MAGIC}"),
    "a table": (b"a,b\n", f"magic number 0x612c620a {MAGIC}"),
    "an unknown type": (b"\0\0\x0a\x01\0\0\0\x01\0", f"magic number 0x00000a01 {MAGIC}"),
    "no dimensions": (b"\0\0\x08\0\0", f"magic number 0x00000800 {MAGIC}"),
    "packed twice": (gzip.compress(PACKED), f"magic number 0x1f8b0800 {MAGIC}"),
    "cut in the header": (DIGITS[:10], f"{CUT} in its header; get it again"),
    "cut off": (
        DIGITS[:-1],
        f"{CUT}: 4 × 3 numbers take 12 bytes, but no more than 11 {AFTER}",
    ),
    "cut off inside": (
        gzip.compress(DIGITS[:-1]),
        f"{CUT}: 4 × 3 numbers take 12 bytes, but 11 follow the header; get it again",
    ),
    "too long": (
        DIGITS + b"\0",
        "the file goes on after the 12 bytes of 4 × 3 numbers that its header declares; is it damaged?",
    ),
    "a bomb": (
        gzip.compress(DIGITS + b"\0" * 5_000_000),
        "the file goes on after the 12 bytes of 4 × 3 numbers that its header declares; is it damaged?",
    ),
    "no rows": (b"\0\0\x08\x02\0\0\0\0\0\0\0\x03", "an array of 0 × 3 holds nothing; write one row per sample"),
    "too large for any file": (
        b"\0\0\x08\x02\xff\xff\xff\xff\xff\xff\xff\xff",
        (
            f"{CUT}: 4,294,967,295 × 4,294,967,295 numbers take 18,446,744,065,119,617,025 bytes, "
            f"but no more than 0 {AFTER}"
        ),
    ),
    "too large to be unpacked": (
        gzip.compress(b"\0\0\x08\x02\xff\xff\xff\xff\xff\xff\xff\xff"),
        (
            "the header declares 4,294,967,295 × 4,294,967,295 numbers, 137,438,953,408.0 GiB as float64; "
            "at most 4 GiB are read; unpack it, to have it read by parts"
        ),
    ),
    "more than gzip can hold": (
        gzip.compress(b"\0\0\x08\x01\x1f\xff\xff\xff", mtime=0),
        f"{CUT}: 536,870,911 numbers take 536,870,911 bytes, but no more than 28,888 {AFTER}",
    ),
    "a cut gzip": (
        PACKED[:-9],
        "this is no gzip file, or a damaged one; get it again",
    ),
    "a damaged gzip": (
        PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:],
        "this is no gzip file, or a damaged one; get it again",
    ),
}
REFUSALS = [
    pytest.param(f"a.{suffix}", content, message, id=f"{suffix}: {what}")
    for suffix, cases in (("npy", BAD_NPY), ("npz", BAD_NPZ), ("idx", BAD_IDX))
    for what, (content, message) in cases.items()
]


@pytest.mark.parametrize(("name", "content", "message"), REFUSALS)
def test_what_is_wrong_is_said_before_anything_large_is_made(
    name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(DataError) as caught:
            read_all(tmp_path / name)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert str(caught.value) == f"{tmp_path / name}: {message}"
    assert caught.value.exit_code == 4
    assert most < 2**21


def test_two_arrays_of_one_name_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", GOOD)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("x.npy", GOOD)

    with pytest.raises(DataError, match="the archive holds two arrays named 'x'; save it again"):
        open_frame(tmp_path / "a.npz")


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.idx", "a.idx.gz", "a.bin"])
def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        open_frame(tmp_path / name)

    assert str(caught.value) == f"{tmp_path / name}: there is no such file; check the name and the folder"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.npy", GOOD), ("a.npz", ONE), ("a.idx", DIGITS), ("a.gz", PACKED)],
    ids=["npy", "npz", "idx", "gz"],
)
def test_a_damaged_file_is_read_or_refused(name: str, content: bytes, tmp_path: Path) -> None:
    draw = random.Random(name)  # noqa: S311  damage is no secret
    for _ in range(200):
        damaged = bytearray(content)
        for _ in range(draw.randint(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        try:
            frame = opened(tmp_path, name, bytes(damaged[: draw.randint(1, len(damaged) * 2)]))
            list(frame.read(frame.names))
        except DataError as error:
            assert str(error)  # noqa: PT017  either end is right
