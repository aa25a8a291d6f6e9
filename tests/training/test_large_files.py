"""Files that are read some rows at a time: training on them is training on the same file read whole."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from backprop_cli.config import fitness
from backprop_cli.config.loader import load
from backprop_cli.data.matrix import Stored
from backprop_cli.errors import ConfigError, DataError
from backprop_cli.training.events import EpochDone, RunStopped
from backprop_cli.training.loop import record_steps, train

ROWS = 150
# MiB: four rows of four columns, less than a batch, as float64; everything is read whole without it.
TINY = 128 / 2**20


def network(inputs: int, outputs: int, activation: str) -> dict[str, Any]:
    return {
        "inputs": inputs,
        "layers": [{"units": 3, "activation": "tanh"}, {"units": outputs, "activation": activation}],
    }


REGRESSION = {
    "network": network(3, 1, "identity"),
    "loss": "mse",
    "metrics": ["mae", "r2"],
    "optimizer": {"name": "adam", "learning_rate": 0.02},
    "training": {"epochs": 2, "batch_size": 7, "seed": 3},
    "data": {"file": "a.npy", "targets": 4},
}
CLASSES = {
    **REGRESSION,
    "network": network(4, 3, "softmax"),
    "loss": "cross_entropy",
    "metrics": ["accuracy"],
    "data": {"inputs": {"file": "a.npy"}, "targets": {"file": "labels-idx1-ubyte"}},
}
KINDS = {"float64": "<f8", "float32": "<f4", "bytes": "u1", "big-endian": ">f8"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write an array with an almost linear last column, and labels beside it."""
    write(tmp_path, "<f8")
    return tmp_path


def write(folder: Path, kind: str, values: np.ndarray[Any, Any] | None = None) -> None:
    if values is None:
        values = np.random.default_rng(5).integers(0, 200, (ROWS, 4)).astype(np.float64)
        values[:, 3] = (values[:, 0] + values[:, 1]) // 2
        values = values / (1.0 if kind == "u1" else 100.0)
    np.save(folder / "a.npy", values.astype(kind))
    labels = (values[:, 0] > values[:, 1]).astype(np.uint8) + (values[:, 2] > values[:, 1])
    (folder / "labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01" + len(values).to_bytes(4, "big") + labels.tobytes())


def outcome(folder: Path, config: dict[str, Any], window: float, **changes: Any) -> tuple[Any, ...]:
    """Give everything that a run says, seconds apart, and whether it read its samples when they were wanted."""
    config = {**config, "data": {**config["data"], "window": window}}
    (folder / "c.yaml").write_text(yaml.safe_dump(config))
    setup = load(folder / "c.yaml", [f"{key.replace('__', '.')}={value}" for key, value in changes.items()])
    events = list(train(setup, trace=()))
    epochs = [(event.training, event.validation) for event in events if isinstance(event, EpochDone)]
    (stopped,) = (event for event in events if isinstance(event, RunStopped))
    record = next(iter(record_steps(setup, [stopped.steps])))
    found = [dict(stopped.parameters), stopped.initial, stopped.final, stopped.validation, stopped.confusion, epochs]
    return [*found, record.samples, record.loss], isinstance(setup.dataset.training.inputs, Stored)


def check(folder: Path, config: dict[str, Any], **changes: Any) -> None:
    whole, by_rows = outcome(folder, config, 256.0, **changes)
    assert not by_rows
    some, by_rows = outcome(folder, config, TINY, **changes)
    assert by_rows
    assert some == whole


def ways() -> Iterator[dict[str, Any]]:
    for shuffle, size, share in product(("full", "blocks", "true", "false"), (1, 7, 64), (0, 0.3)):
        yield {"training__shuffle": shuffle, "training__batch_size": size, "data__validation": share}


@pytest.mark.parametrize("way", list(ways()), ids=lambda way: "-".join(str(value) for value in way.values()))
def test_the_result_is_the_same_to_the_last_digit(folder: Path, way: dict[str, Any]) -> None:
    check(folder, REGRESSION, **way)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("config", [REGRESSION, CLASSES], ids=["numbers", "classes"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_items_of_all_types_train_alike(kind: str, config: dict[str, Any], dtype: str, folder: Path) -> None:
    write(folder, kind)
    check(folder, config, training__dtype=dtype, data__divide=100, data__validation=0.2, training__shuffle="blocks")


def test_blocks_are_mixed_alike_beyond_the_first(folder: Path) -> None:
    """There are more samples than are mixed together."""
    write(folder, "<f8", np.random.default_rng(1).normal(size=(20_000, 4)))
    check(folder, REGRESSION, training__shuffle="blocks", training__batch_size=999)


def test_a_step_on_all_samples_and_an_order_of_ones_own_are_alike(folder: Path) -> None:
    check(folder, REGRESSION, training__batch_size="full", training__shuffle="blocks")
    ordered = {**REGRESSION, "training": {"epochs": 3}, "data": {**REGRESSION["data"], "order": [[3, 3, 150], [1]]}}
    check(folder, ordered)


def test_samples_in_a_file_of_their_own_are_alike(folder: Path) -> None:
    np.save(folder / "b.npy", np.random.default_rng(2).normal(size=(60, 4)))
    data = {**REGRESSION["data"], "validation_file": "b.npy", "test_file": "b.npy"}
    check(folder, {**REGRESSION, "data": data}, data__min_max="true")


@pytest.mark.parametrize("scale", ["standardize", "min_max"])
@pytest.mark.parametrize("missing", ["error", "drop", "mean"])
def test_what_is_learned_of_the_inputs_is_the_same(scale: str, missing: str, folder: Path) -> None:
    values = np.load(folder / "a.npy")
    if missing != "error":
        values[[3, 40, 41], [0, 2, 2]] = np.nan
        np.save(folder / "a.npy", values)
    way = {f"data__{scale}": "true", "data__missing": missing, "data__validation": 0.2}
    whole, some = (outcome(folder, REGRESSION, window, **way)[0] for window in (256.0, TINY))
    assert some[0] == whole[0]
    assert some[6] == whole[6]
    settings = [f"{key.replace('__', '.')}={value}" for key, value in way.items()]
    windows = (256.0, TINY)
    whole, some = (load(folder / "c.yaml", [*settings, f"data.window={window}"]).dataset for window in windows)
    assert isinstance(some.training.inputs, Stored)
    np.testing.assert_array_equal(some.training.inputs[:], whole.training.inputs[:])


SPOILED: dict[str, tuple[dict[str, Any], Any, str]] = {
    "not finite": ({}, np.inf, "a.npy: row 43, column '2': inf is not a finite number; correct it"),
    "missing": (
        {},
        np.nan,
        "a.npy: row 43, column '2': the value is missing (nan); correct it, or say with data.missing what to do",
    ),
    "median": (
        {"data.missing": "median"},
        np.nan,
        (
            "a.npy: data.missing: median needs all values of a column at once, and this file is read some rows at a "
            "time; use mean, or raise data.window"
        ),
    ),
    "no target": (
        {"loss": "binary_cross_entropy", "network.layers.1.activation": "sigmoid", "metrics": "null"},
        1.0,
        "a.npy: row 1, column '4': target 1.47 is outside binary_cross_entropy's domain, 0 to 1 (and so are 75 more)",
    ),
}


@pytest.mark.parametrize("window", [256.0, TINY])
@pytest.mark.parametrize(("settings", "value", "message"), SPOILED.values(), ids=SPOILED)
def test_what_is_wrong_is_found_wherever_it_stands(
    settings: dict[str, Any], value: float, message: str, window: float, folder: Path
) -> None:
    values = np.load(folder / "a.npy")
    values[42, 1] = value
    np.save(folder / "a.npy", values)
    (folder / "c.yaml").write_text(yaml.safe_dump(REGRESSION))
    chosen = [f"{key}={one}" for key, one in settings.items()]
    if window > 1 and "median" in settings.values():
        load(folder / "c.yaml", chosen)
        return
    with pytest.raises(DataError) as caught:
        load(folder / "c.yaml", [*chosen, f"data.window={window}"])
    assert str(caught.value) == f"{folder}{os.sep}{message}"


def test_a_file_full_of_nothing_is_not_told_of_row_by_row(folder: Path) -> None:
    np.save(folder / "a.npy", np.full((20_000, 4), np.inf))
    (folder / "c.yaml").write_text(yaml.safe_dump(REGRESSION))
    with pytest.raises(DataError) as caught:
        load(folder / "c.yaml", [f"data.window={TINY}"])
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1].message == "row 3,334: reading stops here: 10,000 values are wrong already"


def test_strange_labels_are_found_some_rows_at_a_time(folder: Path) -> None:
    labels = np.load(folder / "a.npy")[:, :1] // 1
    labels[77] = 9
    np.save(folder / "l.npy", labels)
    data = {"inputs": {"file": "a.npy"}, "targets": {"file": "l.npy"}, "labels": [0, 1], "window": TINY}
    config = {**CLASSES, "network": network(4, 2, "softmax"), "data": data}
    (folder / "c.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(DataError) as caught:
        load(folder / "c.yaml")
    message = "row 78, column '1': '9' is none of the classes (0, 1)"
    assert [problem.message for problem in caught.value.problems] == [message]


def test_a_step_that_cannot_fit_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitness, "MOST_BYTES", 1000)
    (folder / "c.yaml").write_text(yaml.safe_dump(REGRESSION))
    load(folder / "c.yaml", [f"data.window={TINY}"])
    for size, todo in (("full", "write a number of samples, such as 64"), (90, "write a smaller number")):
        with pytest.raises(ConfigError) as caught:
            load(folder / "c.yaml", [f"data.window={TINY}", f"training.batch_size={size}"])
        taken = f"{ROWS if size == 'full' else size} samples take 0.0 GiB as float64, all at once"
        message = f"training.batch_size: the inputs of {taken}; at most 0 GiB fit; {todo}"
        assert caught.value.problems[0].message == message


def test_a_file_that_is_cut_while_it_is_trained_on_is_told_of_in_a_sentence(folder: Path) -> None:
    """The run ends with the exit code of data."""
    (folder / "c.yaml").write_text(yaml.safe_dump(REGRESSION))
    setup = load(folder / "c.yaml", [f"data.window={TINY}"])
    events = train(setup, trace=())
    while not isinstance(next(events), EpochDone):
        pass
    with (folder / "a.npy").open("r+b") as file:
        file.truncate(2000)
    with pytest.raises(DataError, match="has changed since it was opened") as caught:
        list(events)
    assert caught.value.exit_code == 4


MEASURED = """
import re, sys
from pathlib import Path
from backprop_cli.config.loader import load
from backprop_cli.training.loop import train

setup = load(sys.argv[1], sys.argv[2:])
for event in train(setup, trace=()):
    pass
# What getrusage tells starts at the memory of the process that started this one.
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell of memory elsewhere")
@pytest.mark.parametrize("shuffle", ["full", "blocks"])
def test_memory_stays_flat(shuffle: str, tmp_path: Path) -> None:
    """A file of 62 MB is trained on within little more memory than one of 5 MB."""
    peaks = {}
    for rows in (20_000, 260_000):
        with (tmp_path / "a.npy").open("wb") as file:
            header = {"descr": "<f8", "fortran_order": False, "shape": (rows, 31)}
            np.lib.format.write_array_header_1_0(file, header)
            for _ in range(0, rows, 20_000):
                file.write(np.random.default_rng(1).normal(size=(20_000, 31)).tobytes())
        config = {
            **REGRESSION,
            "network": network(30, 1, "identity"),
            "data": {"file": "a.npy", "targets": 31, "standardize": True, "window": 4},
            "training": {"batch_size": 500, "shuffle": shuffle},
        }
        (tmp_path / "c.yaml").write_text(yaml.safe_dump(config))
        command = [sys.executable, "-c", MEASURED, str(tmp_path / "c.yaml")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks[rows] = int(done.stdout) / 1024
    small, large = peaks.values()
    # The order of an epoch takes 8 bytes a row, 2 MiB here; the file is 61 MiB.
    assert large - small < 12, peaks
    assert large < 128, peaks
