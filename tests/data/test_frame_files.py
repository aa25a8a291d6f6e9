"""Parquet, Arrow and JSON Lines come through the same door, where polars is installed."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_cli.config.loader import load
from backprop_cli.data.frame_files import SCANS
from backprop_cli.data.frames import Numbers, Texts
from backprop_cli.data.opening import open_frame
from backprop_cli.errors import DataError, MissingExtra

CONTENT: dict[str, list[Any]] = {
    "whole": [1, 2, 3],
    "gap": [1.5, None, float("nan")],
    "count": [7, None, 9],
    "yes": [True, False, True],
    "kind": ["b", " a", None],
}


@pytest.fixture
def polars() -> Any:
    return pytest.importorskip("polars", reason="polars is not installed: pip install 'backprop-cli[tables]'")


def write(polars: Any, path: Path, content: dict[str, list[Any]]) -> Path:
    found = polars.DataFrame(content)
    ways = {"scan_parquet": found.write_parquet, "scan_ipc": found.write_ipc, "scan_ndjson": found.write_ndjson}
    ways[SCANS[path.suffix]](path)
    return path


@pytest.mark.parametrize("suffix", SCANS)
def test_columns_are_numbers_or_texts_and_null_is_missing(suffix: str, polars: Any, tmp_path: Path) -> None:
    frame = open_frame(write(polars, tmp_path / f"t{suffix}", CONTENT))

    whole, gap, count, yes, kind = frame.read(frame.names)

    assert frame.names == tuple(CONTENT)
    for column, expected in (
        (whole, [1, 2, 3]),
        (gap, [1.5, np.nan, np.nan]),
        (count, [7, np.nan, 9]),
        (yes, [1, 0, 1]),
    ):
        assert isinstance(column, Numbers)
        np.testing.assert_array_equal(column.values, np.array(expected)[:, None])
    assert kind == Texts("kind", ["b", "a", ""])


@pytest.mark.usefixtures("polars")
def test_integers_beyond_64_bits_are_read_as_floats(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(f'{{"x": {2**100}}}\n{{"x": -{2**70}}}\n')

    (found,) = open_frame(tmp_path / "t.jsonl").read(["x"])

    assert isinstance(found, Numbers)
    np.testing.assert_array_equal(found.values, [[2.0**100], [-(2.0**70)]])


def test_a_damaged_file_is_told_of_in_our_words_alone(
    polars: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write(polars, tmp_path / "t.arrow", {"x": [1, 2, 3]})
    whole = path.read_bytes()
    refused = 0
    # Some of these make polars panic, which writes its stack to standard error.
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
        try:
            list(open_frame(path).read(["x"]))
        except DataError:
            refused += 1

    assert refused > 20
    assert capfd.readouterr() == ("", "")


def test_a_table_trains_as_its_csv_does(polars: Any, tmp_path: Path) -> None:
    write(polars, tmp_path / "t.parquet", CONTENT)
    (tmp_path / "t.csv").write_text("whole,gap,count,yes,kind\n1,1.5,7,1,b\n2,,NA,0,a\n3,NaN,9,1,\n")
    config = (
        "network: {inputs: 2, layers: [{units: 2, activation: sigmoid}]}\n"
        "data: {file: FILE, inputs: [whole, yes], targets: kind, missing: drop}\n"
    )
    both = []
    for name in ("t.parquet", "t.csv"):
        (tmp_path / "c.yaml").write_text(config.replace("FILE", name))
        both.append(load(tmp_path / "c.yaml").dataset.training)

    np.testing.assert_array_equal(both[0].inputs, both[1].inputs)
    assert both[0].targets is not None
    assert both[1].targets is not None
    np.testing.assert_array_equal(both[0].targets, both[1].targets)


@pytest.mark.parametrize("suffix", SCANS)
@pytest.mark.usefixtures("polars")
def test_a_damaged_file_is_refused(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_bytes(b'{"a": 1}\n{"a": ' if "json" in suffix else b"PAR1")

    with pytest.raises(DataError, match=r"t\.\w+: this is no such table, or a damaged one \(.*\); get it again$"):
        open_frame(path)


def test_other_columns_and_empty_tables_are_refused(polars: Any, tmp_path: Path) -> None:
    dates = write(polars, tmp_path / "d.parquet", {"day": [date(2020, 1, 1)], "x": [1], "many": [[1, 2]]})
    empty = write(polars, tmp_path / "e.parquet", {"x": []})
    frame = open_frame(dates)

    with pytest.raises(DataError) as caught:
        frame.read(["day", "x", "many"])
    with pytest.raises(DataError) as none:
        open_frame(empty)

    assert str(caught.value) == (
        f"{dates}: column 'day' holds Date; save it as numbers or as text\n"
        f"{dates}: column 'many' holds List(Int64); save it as numbers or as text"
    )
    assert str(none.value) == f"{empty}: the table has no rows; write one row per sample"


def test_a_table_that_unpacks_to_too_much_is_refused(
    polars: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backprop_cli.data.frame_files.MOST_BYTES", 2**30)
    path = tmp_path / "bomb.parquet"
    polars.select(polars.repeat(0, 20_000_000, dtype=polars.UInt8).alias("c0")).with_columns(
        *(polars.col("c0").alias(f"c{at}") for at in range(1, 7))
    ).write_parquet(path)

    with pytest.raises(DataError) as caught:
        open_frame(path)

    assert str(caught.value) == (
        f"{path}: 20,000,000 rows are 1.0 GiB as float64; at most 1 GiB are read; split the file"
    )


@pytest.mark.usefixtures("polars")
def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such file; check the name and the folder"):
        open_frame(tmp_path / "none.parquet")


@pytest.mark.parametrize("suffix", SCANS)
def test_without_polars_the_extra_is_named(suffix: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)

    with pytest.raises(MissingExtra) as caught:
        open_frame(tmp_path / f"t{suffix}")

    assert str(caught.value) == "this needs polars: pip install 'backprop-cli[tables]'"
    assert caught.value.exit_code == 2


def test_a_text_may_hold_any_character(polars: Any, tmp_path: Path) -> None:
    (texts,) = open_frame(write(polars, tmp_path / "t.jsonl", {"a": ["1\x002", "3", "b"]})).read(["a"])
    assert isinstance(texts, Texts)
    np.testing.assert_array_equal(texts.values, [np.nan, 3.0, np.nan])
