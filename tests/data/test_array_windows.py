"""Arrays that are read some rows at a time: what is read is what the file holds."""

import gc
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.data import matrix
from backprop_cli.data.array_file import FileColumns
from backprop_cli.data.frames import Numbers
from backprop_cli.data.matrix import Stored, mapped, picked, windows
from backprop_cli.data.moments import means_of, moments_of
from backprop_cli.data.opening import open_frame
from backprop_cli.errors import DataError

TYPES = ("<f8", ">f8", "<f4", ">f2", "u1", "i1", ">i4", "<i8", "?")
TINY = 100.0


def as_idx(values: np.ndarray[Any, Any]) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    return bytes([0, 0, 0x0E, values.ndim]) + sizes + values.astype(">f8").tobytes()


def read(path: Path, columns: list[int] | None = None, window: float = TINY) -> Any:
    frame = open_frame(path, window=window)
    (column,) = frame.read([frame.names[at] for at in columns] if columns else frame.names)
    assert isinstance(column, Numbers)
    return column.values


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("arrays")


# Each example writes a file, and how long that takes says nothing.
@settings(deadline=None)
@given(
    kind=st.sampled_from(TYPES),
    shape=st.tuples(st.integers(20, 60), st.integers(1, 5), st.integers(1, 3)),
    seed=st.integers(0, 99),
    draw=st.data(),
)
def test_rows_are_those_of_the_file(
    folder: Path, kind: str, shape: tuple[int, ...], seed: int, draw: st.DataObject
) -> None:
    """In any order, some of them twice, of any columns, whatever the type of the items."""
    whole = np.random.default_rng(seed).integers(0, 100, shape).astype(kind)
    np.save(folder / "a.npy", whole)
    flat = whole.reshape(len(whole), -1).view("u1" if kind == "?" else kind)
    columns = draw.draw(st.lists(st.integers(0, flat.shape[1] - 1), min_size=1, unique=True))
    rows = np.array(draw.draw(st.lists(st.integers(0, len(flat) - 1), max_size=40)), dtype=np.int64)
    start, stop = sorted(draw.draw(st.tuples(st.integers(0, 80), st.integers(0, 80))))
    values = read(folder / "a.npy", columns)
    assert isinstance(values, Stored)
    assert values.shape == (len(flat), len(columns))
    assert values.dtype == flat.dtype.newbyteorder("=")
    for chosen in (rows, slice(start, stop), np.sort(rows)):
        np.testing.assert_array_equal(values[chosen], flat[chosen][:, columns])
        assert values[chosen].dtype == values.dtype
    np.testing.assert_array_equal(np.vstack([window for _, window in windows(values)]), flat[:, columns])
    np.testing.assert_array_equal(picked(picked(values, rows), np.arange(len(rows)))[:], flat[rows][:, columns])


@pytest.mark.parametrize("width", [1, 300, 1000])
def test_rows_far_apart_and_close_together_are_told_apart(width: int, tmp_path: Path) -> None:
    """Spans, gaps within them, and spans that are cut since they grow too long."""
    whole = np.arange(2000 * width, dtype=np.float64).reshape(2000, width)
    np.save(tmp_path / "a.npy", whole)
    rows = np.array([5, 3, 4, 4, 900, 902, 1999, 0, 1500, 901, 1501, *range(100, 800, 2)])
    np.testing.assert_array_equal(read(tmp_path / "a.npy")[rows], whole[rows])


def test_an_idx_file_is_read_by_rows_unless_it_is_packed(tmp_path: Path) -> None:
    whole = np.random.default_rng(1).normal(size=(50, 2, 3))
    (tmp_path / "a-idx3").write_bytes(as_idx(whole))
    values = read(tmp_path / "a-idx3")
    assert isinstance(values, FileColumns)
    np.testing.assert_array_equal(values[:], whole.reshape(50, 6))


@pytest.mark.parametrize(
    ("values", "window", "stored"),
    [
        (np.ones((50, 4)), 1600.0, False),
        (np.ones((50, 4)), 1599.0, True),
        (np.ones((50, 4), np.uint8), 1599.0, True),
        (np.ones(50), TINY, True),
        (np.asfortranarray(np.ones((50, 4))), TINY, False),
        (np.asfortranarray(np.ones((50, 1))), TINY, True),
    ],
    ids=["as large", "larger", "larger as float64", "one dimension", "by column", "a single column"],
)
def test_what_is_larger_than_the_window_is_read_by_rows(
    values: np.ndarray[Any, Any], window: float, stored: bool, tmp_path: Path
) -> None:
    np.save(tmp_path / "a.npy", values)
    found = read(tmp_path / "a.npy", window=window)
    assert isinstance(found, Stored) is stored
    np.testing.assert_array_equal(found[:], values.reshape(50, -1))


def test_no_more_rows_are_read_at_a_time_than_the_window_has_room_for(tmp_path: Path) -> None:
    """The columns that are not wanted count, too, for they are read."""
    np.save(tmp_path / "a.npy", np.ones((50, 4)))
    column = read(tmp_path / "a.npy", [2], window=320.0)
    assert {len(window) for _, window in windows(column)} == {10}
    wide = mapped(column, lambda rows: np.repeat(rows, matrix.PORTION_BYTES // 16, axis=1))
    assert {len(window) for _, window in windows(wide)} == {2}


def test_a_file_is_closed_with_the_last_that_reads_from_it(tmp_path: Path) -> None:
    """What is open is counted where the system tells."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not list open files")

    def count() -> int:
        gc.collect()
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  names are enough

    np.save(tmp_path / "a.npy", np.ones((50, 4)))
    before = count()
    values = read(tmp_path / "a.npy")
    assert count() == before + 1
    del values
    assert count() == before


def cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(1000)


def write(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(200)
        file.write(b"1")
    os.utime(path, ns=(1, 1))


@pytest.mark.parametrize("rows", [slice(0, 40), np.array([1, 49, 3])], ids=["some together", "some apart"])
@pytest.mark.parametrize(
    ("change", "what"), [(cut, "it had 1,728 bytes, and has 1,000"), (write, "it was written to")], ids=["cut", "write"]
)
def test_a_file_that_changes_is_told_of(change: Any, what: str, rows: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.ones((50, 4)))
    values = read(tmp_path / "a.npy")
    change(tmp_path / "a.npy")
    with pytest.raises(DataError) as caught:
        values[rows]
    todo = "leave it alone while it is in use, and start again"
    assert str(caught.value) == f"{tmp_path / 'a.npy'}: this file has changed since it was opened ({what}); {todo}"


def test_a_disk_that_fails_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "a.npy", np.ones((50, 4)))
    values = read(tmp_path / "a.npy")

    class Failing:
        def seek(self, _: int) -> None:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(values._file, "_file", Failing())
    with pytest.raises(DataError) as caught:
        values[:]
    assert str(caught.value) == f"{tmp_path / 'a.npy'}: this file cannot be read any more: Input/output error"


@pytest.mark.parametrize("extra", [-1, 1])
def test_a_file_of_another_length_than_it_declares_is_not_opened(extra: int, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.ones((50, 4)))
    content = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(content + b"0" if extra > 0 else content[:-1])
    words = "the file goes on after the 1,600 bytes" if extra > 0 else "the file is cut off: 50 × 4 numbers take 1,600"
    with pytest.raises(DataError, match=words):
        open_frame(tmp_path / "a.npy", window=TINY)


@given(
    base=st.floats(-1e6, 1e6),
    seed=st.integers(0, 99),
    size=st.integers(2, 200),
    window=st.integers(1, 50),
)
def test_moments_over_windows_are_those_of_all_rows(base: float, seed: int, size: int, window: int) -> None:
    """However far from 0 the values lie beside their spread."""
    rows = base + np.random.default_rng(seed).normal(size=(size, 2))
    some = matrix.Mapped(rows, lambda part: part, 2, rows.dtype, window)
    found = moments_of(some)
    np.testing.assert_allclose(found.mean, rows.mean(axis=0), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(found.variance, rows.var(axis=0), rtol=1e-9)
    np.testing.assert_array_equal(found.low, rows.min(axis=0))
    np.testing.assert_array_equal(found.high, rows.max(axis=0))
    rows[0, 0] = np.nan
    counts, means = means_of(some)
    np.testing.assert_array_equal(counts, [size - 1, size])
    np.testing.assert_allclose(means, np.nanmean(rows, axis=0), rtol=1e-13, atol=1e-13)


def test_a_column_that_never_varies_is_told_whatever_its_variance_is_rounded_to() -> None:
    rows = np.full((100_000, 3), 0.1)
    assert (rows.std(axis=0) > 0).all()
    assert not moments_of(rows).varies.any()
