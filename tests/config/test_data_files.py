"""Samples come from tables, arrays and IDX files, in one file or two, and what is wrong with them is said."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from typer.testing import CliRunner

from backprop_cli.cli.app import app
from backprop_cli.cli.schema import text
from backprop_cli.config.loader import Setup, load
from backprop_cli.documents.yaml_reader import read_yaml
from backprop_cli.errors import ConfigError, DataError

X = np.array([[0.5, 1.5], [1.0, -1.0], [2.0, 0.0], [3.0, 4.0]])
Y = np.array([2, 0, 1, 2])
CLASSES = np.eye(3)[Y]
SCHEMA: dict[str, Any] = json.loads(text())


def idx(values: np.ndarray[Any, Any]) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    return bytes([0, 0, 8, values.ndim]) + sizes + values.astype("u1").tobytes()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    np.save("X.npy", X)
    np.save("y.npy", Y)
    np.save("words.npy", np.array(["c", "a", "b", "c"]))
    np.save("both.npy", np.column_stack([X, Y]))
    np.save("three.npy", Y[:3])
    np.save("gaps.npy", np.array([[1.0, np.nan], [np.inf, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    np.save("halves.npy", np.array([0.5, 1, 1, 1]))
    np.savez("all.npz", X=X, y=Y, short=Y[:3], objects=np.array([None], dtype=object))
    Path("images.idx3-ubyte").write_bytes(idx(np.arange(8).reshape(4, 1, 2)))
    Path("labels.idx1-ubyte").write_bytes(idx(Y))
    Path("table.csv").write_text("a,b,kind\n0.5,1.5,2\n1,-1,0.0\n2,0,1\n3,4,2\n")
    Path("X.csv").write_text("a,b\n0.5,1.5\n1,-1\n2,0\n3,4\n")
    return tmp_path


def loaded(data: str, *, inputs: int = 2, units: int = 3) -> Setup:
    Path("c.yaml").write_text(
        f"network: {{inputs: {inputs}, layers: [{{units: {units}, activation: sigmoid}}]}}\ndata: {data}\n"
    )
    jsonschema.validate(read_yaml("c.yaml").plain(), SCHEMA)
    return load("c.yaml")


SAME = {
    "two arrays": "{inputs: {file: X.npy}, targets: {file: y.npy}}",
    "words": "{inputs: {file: X.npy}, targets: {file: words.npy}}",
    "one archive": "{file: all.npz, inputs: X, targets: y}",
    "one archive, twice": "{inputs: {file: all.npz, columns: X}, targets: {file: all.npz, columns: y}}",
    "columns by number": "{file: both.npy, targets: 3}",
    "columns by number, listed": '{file: both.npy, inputs: [1, "2"], targets: [3]}',
    "a table": "{file: table.csv, targets: kind}",
    "a table and labels": "{inputs: {file: X.csv}, targets: {file: labels.idx1-ubyte}}",
    "an array and a column": "{inputs: {file: X.npy}, targets: {file: table.csv, columns: kind}}",
}


@pytest.mark.parametrize("data", SAME.values(), ids=SAME)
def test_every_format_gives_the_same_samples(data: str) -> None:
    training = loaded(data).dataset.training

    assert training.targets is not None
    np.testing.assert_array_equal(training.inputs, X)
    np.testing.assert_array_equal(training.targets, CLASSES)
    assert training.classes in {("0", "1", "2"), ("a", "b", "c")}
    assert training.inputs.dtype == training.targets.dtype == np.float64


def test_images_are_flattened_and_labels_become_classes() -> None:
    training = loaded("{inputs: {file: images.idx3-ubyte}, targets: {file: labels.idx1-ubyte}}").dataset.training

    assert training.targets is not None
    np.testing.assert_array_equal(training.inputs, np.arange(8).reshape(4, 2))
    np.testing.assert_array_equal(training.targets, CLASSES)


@pytest.mark.parametrize(("file", "units"), [("y.npy", 1), ("X.npy", 2), ("halves.npy", 1)])
def test_what_counts_nothing_stays_a_number(file: str, units: int) -> None:
    training = loaded(f"{{inputs: {{file: X.npy}}, targets: {{file: {file}}}}}", units=units).dataset.training

    assert training.classes == ()
    np.testing.assert_array_equal(training.targets, np.load(file, allow_pickle=False).reshape(4, -1))


def test_without_targets_the_inputs_are_read_all_the_same() -> None:
    assert loaded("{inputs: {file: X.npy}}").dataset.training.targets is None


OBJECTS = "which are never unpickled here; save plain numbers"
TODO = "correct it, or say with data.missing what to do"
REFUSED = {
    "a column beyond the array": (
        "{file: both.npy, targets: 4}",
        ["both.npy: there is no column '4'; columns: 1, 2, 3"],
    ),
    "no such key": (
        "{file: all.npz, inputs: x, targets: y}",
        ["all.npz: there is no column 'x'; columns: X, y, short, objects"],
    ),
    "objects": (
        "{file: all.npz, inputs: objects, targets: y}",
        [f"all.npz: array 'objects': the array (dtype |O) holds Python objects, {OBJECTS}"],
    ),
    "keys of unequal length": (
        "{file: all.npz, inputs: [X, short], targets: y}",
        ["all.npz: 'short' has 3 rows, but 'X[1]' has 4; each needs one row per sample"],
    ),
    "fewer targets": (
        "{inputs: {file: X.npy}, targets: {file: three.npy}}",
        ["three.npy: 3 rows of targets for 4 rows of inputs in X.npy; each sample needs one of both"],
    ),
    "both files": (
        "{inputs: {file: none.npy}, targets: {file: nothing.npy}}",
        [
            "none.npy: there is no such file; check the name and the folder",
            "nothing.npy: there is no such file; check the name and the folder",
        ],
    ),
    "what is not finite": (
        "{inputs: {file: gaps.npy}, targets: {file: y.npy}}",
        [
            f"gaps.npy: row 1, column '2': the value is missing (nan); {TODO}",
            "gaps.npy: row 2, column '1': inf is not a finite number; correct it",
        ],
    ),
    "too many columns": (
        "{inputs: {file: both.npy}, targets: {file: y.npy}}",
        ["both.npy: 3 input columns (1, 2, 3), but network.inputs is 2"],
    ),
    "targets that do not fit": (
        "{inputs: {file: X.npy}, targets: {file: X.npy}}",
        ["X.npy: 2 target columns, but the last layer has 3 units"],
    ),
    "targets that are no classes": (
        "{inputs: {file: X.npy}, targets: {file: halves.npy}}",
        ["halves.npy: 1 target column, but the last layer has 3 units"],
    ),
    "fewer classes": (
        "{inputs: {file: X.npy}, targets: {file: all.npz, columns: y}}",
        ["all.npz: column 'y' has 3 classes (0, 1, 2), but the last layer has 4 units; give it 3"],
    ),
    "nothing but targets": (
        "{file: y.npy, targets: 1}",
        ["y.npy: every column is a target, so no inputs are left; name fewer targets"],
    ),
    "both an input and a target": (
        "{file: all.npz, inputs: [X, y], targets: y}",
        ["all.npz: column 'y' is both an input and a target"],
    ),
    "a delimiter": (
        '{inputs: {file: X.npy, delimiter: ";"}}',
        ["X.npy: this is no table, so there is nothing for delimiter to separate"],
    ),
}


@pytest.mark.parametrize(("data", "messages"), REFUSED.values(), ids=REFUSED)
def test_data_that_does_not_fit_is_refused(data: str, messages: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        loaded(data, units=4 if "columns: y" in data else 3)

    assert str(caught.value).split("\n") == messages
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{inputs: {fil: X.npy}}", "data.inputs.file: is required and missing; add it"),
        ("{inputs: {fil: X.npy}}", "data.inputs.fil: unknown key; did you mean 'file'?"),
        ("{inputs: [[1, 2]], targets: {file: y.npy}}", "data.inputs: must be a mapping"),
        ("{file: both.npy, targets: 1.5}", "data.targets: must be a list"),
        ("{file: both.npy, targets: [true]}", "data.targets[0]: must be text"),
        ("{file: both.npy, targets: []}", "data.targets: needs at least 1 item, and is empty"),
        ("{file: both.npy, targets: 3, labels: [a]}", "data.labels: needs at least 2 items, and has 1"),
        ("{file: both.npy, targets: 3, order: [[]]}", "data.order[0]: needs at least 1 item, and is empty"),
    ],
)
def test_a_section_of_the_wrong_form_is_refused(data: str, message: str) -> None:
    Path("c.yaml").write_text(f"network: {{inputs: 2, layers: [{{units: 3}}]}}\ndata: {data}\n")

    with pytest.raises(ConfigError) as caught:
        load("c.yaml")

    assert message in str(caught.value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(read_yaml("c.yaml").plain(), SCHEMA)


def write_parts() -> None:
    np.save("X2.npy", X[:2] + 1)
    np.save("y2.npy", Y[:2])
    np.save("both2.npy", np.column_stack([X[:2] + 1, Y[:2]]))
    Path("table2.csv").write_text("more,kind,b,a\nx,2,2.5,1.5\nx,0.0,0,2\n")
    np.savez("all2.npz", more=X, X=X[:2] + 1, y=Y[:2])
    np.save("wide.npy", np.ones((2, 3)))
    np.save("strange.npy", np.array([2, 7]))
    Path("strange.csv").write_text("a,b,kind\n1,2,2\n1,x,one\n")


OTHER_FILES = {
    "two arrays": "inputs: {file: X.npy, ROLE: X2.npy}, targets: {file: y.npy, ROLE: y2.npy}",
    "an archive": "file: all.npz, ROLE: all2.npz, inputs: X, targets: y",
    "an array": "file: both.npy, ROLE: both2.npy, targets: 3",
    "a table with more columns": "file: table.csv, ROLE: table2.csv, targets: kind",
    "tables": "inputs: {file: X.csv, ROLE: table2.csv}, targets: {file: table.csv, columns: kind, ROLE: table2.csv}",
    "a table of an array": "file: table.csv, ROLE: all3.npz, inputs: [a, b], targets: kind",
}


@pytest.mark.parametrize("data", OTHER_FILES.values(), ids=OTHER_FILES)
@pytest.mark.parametrize("role", ["validation_file", "test_file"])
def test_another_file_is_read_as_the_training_samples_are(data: str, role: str) -> None:
    write_parts()
    np.savez("all3.npz", a=X[:2, 0] + 1, b=X[:2, 1] + 1, kind=Y[:2])

    dataset = loaded(f"{{{data.replace('ROLE', role)}, standardize: true}}").dataset

    found, other = (
        (dataset.validation, dataset.test) if role == "validation_file" else (dataset.test, dataset.validation)
    )
    assert other is None
    assert found is not None
    assert found.targets is not None
    np.testing.assert_allclose(found.inputs, (X[:2] + 1 - X.mean(axis=0)) / X.std(axis=0))
    np.testing.assert_array_equal(found.targets, CLASSES[:2])
    assert len(dataset.training) == 4


BAD_PARTS = {
    "more columns": (
        "{inputs: {file: X.npy, test_file: wide.npy}, targets: {file: y.npy, test_file: y2.npy}}",
        ["wide.npy: 3 input columns, but training has 2; both need the same"],
    ),
    "missing files": (
        "{file: table.csv, validation_file: v.csv, test_file: t.csv, targets: kind}",
        [
            "v.csv: there is no such file; check the name and the folder",
            "t.csv: there is no such file; check the name and the folder",
        ],
    ),
    "a label that training does not have": (
        "{inputs: {file: X.npy, test_file: X2.npy}, targets: {file: y.npy, test_file: strange.npy}}",
        ["strange.npy: row 2, column '1': '7' is none of the classes (0, 1, 2)"],
    ),
    "cells": (
        "{file: table.csv, test_file: strange.csv, targets: kind}",
        [
            "strange.csv:3: row 2, column 'b': 'x' is not a finite number; correct it",
            "strange.csv:3: row 2, column 'kind': 'one' is none of the classes (0, 1, 2)",
        ],
    ),
    "columns that are not there": (
        "{file: table.csv, test_file: X.csv, targets: kind}",
        ["X.csv:1: there is no column 'kind'; columns: a, b"],
    ),
}


@pytest.mark.parametrize(("data", "messages"), BAD_PARTS.values(), ids=BAD_PARTS)
def test_another_file_that_does_not_fit_is_refused(data: str, messages: list[str]) -> None:
    write_parts()

    with pytest.raises(DataError) as caught:
        loaded(data)

    assert str(caught.value).split("\n") == messages


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            "{file: table.csv, validation_file: table.csv, validation: 0.2, targets: kind}",
            "data.validation: validation_file already gives validation samples; keep one",
        ),
        (
            "{inputs: {file: X.npy, test_file: X2.npy}, targets: {file: y.npy}}",
            "data.inputs.test_file: give data.targets a test_file, too",
        ),
    ],
)
def test_files_that_exclude_or_want_each_other_are_refused(data: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(data)

    assert message in str(caught.value)


def test_a_test_file_is_measured_once_at_the_end_and_shown() -> None:
    write_parts()
    Path("c.yaml").write_text(
        "network: {inputs: 2, layers: [{units: 3, activation: sigmoid}]}\ntraining: {epochs: 20}\n"
        "data: {file: both.npy, validation_file: both2.npy, test_file: both.npy, targets: 3}\n"
    )

    console = CliRunner().invoke(app, ["train", "c.yaml"]).stdout
    found = json.loads(CliRunner().invoke(app, ["train", "c.yaml", "--format", "json"]).stdout)

    assert found["test"] == {key: found["final"][key] for key in ("loss", "metrics")}
    assert (found["run"]["validation_samples"], found["run"]["test_samples"]) == (2, 4)
    assert "4 samples + 2 for validation + 4 for the test" in console
    (heading,) = (line for line in console.splitlines() if "validation" in line and "first" in line)
    assert heading.split() == ["first", "last", "validation", "test"]
