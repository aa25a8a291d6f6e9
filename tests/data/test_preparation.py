"""What a training part teaches is applied to every part, and to files that come later."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from backprop_cli.cli.schema import text
from backprop_cli.config.loader import Setup, load
from backprop_cli.data.opening import open_frame
from backprop_cli.data.preparation import Preparation
from backprop_cli.data.samples import Samples
from backprop_cli.data.sources import from_one
from backprop_cli.documents.yaml_reader import read_yaml
from backprop_cli.errors import ConfigError, DataError

TABLE = "size,colour,kind\n1,red,b\nNA,blue,a\n4,red,a\n10, ?,b\n3,blue,\n"
SCHEMA: dict[str, Any] = json.loads(text())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(TABLE)
    Path("sizes.csv").write_text("size,kind\n1,b\n,a\n4,a\n10,b\n")
    Path("later.csv").write_text("size,colour,kind\nNaN,red,a\n7,blue,b\n")
    Path("empty.csv").write_text("size,kind\n,b\n?,a\n")
    np.savez("a.npz", x=np.array([[1.0, np.nan], [3.0, 4.0], [5.0, 8.0]]), y=np.array([0, 1, np.nan]))
    np.savez("bytes.npz", x=np.array([[0, 51], [255, 102], [51, 51]], dtype="u1"), y=np.array([0, 1, 0]))


def loaded(data: str, inputs: int = 1, units: int = 2) -> Setup:
    Path("c.yaml").write_text(
        f"network: {{inputs: {inputs}, layers: [{{units: {units}, activation: sigmoid}}]}}\ndata: {data}\n"
    )
    jsonschema.validate(read_yaml("c.yaml").plain(), SCHEMA)
    return load("c.yaml")


def test_rows_with_missing_values_are_dropped_and_the_others_keep_their_numbers() -> None:
    training = loaded("{file: t.csv, targets: kind, missing: drop}", inputs=3).dataset.training

    np.testing.assert_array_equal(training.numbers, [1, 3])
    np.testing.assert_array_equal(training.inputs, [[1, 0, 1], [4, 0, 1]])
    np.testing.assert_array_equal(training.targets, [[0, 1], [1, 0]])
    assert training.input_names == ("size", "colour=blue", "colour=red")


@pytest.mark.parametrize(("policy", "filled"), [("mean", 5.0), ("median", 4.0)])
def test_the_middle_of_the_training_part_takes_the_place_of_missing_values(policy: str, filled: float) -> None:
    training = loaded(f"{{file: sizes.csv, targets: kind, missing: {policy}}}").dataset.training

    np.testing.assert_array_equal(training.inputs[:, 0], [1, filled, 4, 10])


def test_missing_values_are_learned_from_the_training_part_only() -> None:
    dataset = loaded("{file: a.npz, inputs: x, missing: mean, validation: 0.34}", inputs=2).dataset

    assert dataset.validation is not None
    raw = np.array([[1.0, np.nan], [3.0, 4.0], [5.0, 8.0]])
    middle = np.nanmean(raw[dataset.training.numbers - 1], axis=0)
    whole = np.where(np.isnan(raw), middle, raw)
    np.testing.assert_array_equal(dataset.training.inputs, whole[dataset.training.numbers - 1])
    np.testing.assert_array_equal(dataset.validation.inputs, whole[dataset.validation.numbers - 1])


def test_a_missing_number_of_an_array_drops_its_row() -> None:
    training = loaded("{file: a.npz, inputs: x, targets: y, missing: drop}", inputs=2).dataset.training

    np.testing.assert_array_equal(training.numbers, [2])


def test_which_texts_count_as_missing_can_be_said() -> None:
    Path("n.csv").write_text("country,kind\nNA,a\nDE,b\n-,a\n")

    data = '{file: n.csv, targets: kind, missing: drop, missing_texts: ["-"]}'

    assert loaded(data, inputs=2).dataset.training.input_names == ("country=DE", "country=NA")


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("divide: 255", [[0, 0.2], [1, 0.4], [0.2, 0.2]]),
        ("min_max: true", [[0, 0], [1, 1], [0.2, 0]]),
        ("standardize: true", (np.array([[-102, -17], [153, 34], [-51, -17]]) / np.sqrt([[12138, 578]]))),
    ],
)
def test_bytes_are_scaled_to_floats(setting: str, expected: Any) -> None:
    training = loaded(f"{{file: bytes.npz, inputs: x, targets: y, {setting}}}", inputs=2).dataset.training

    assert training.inputs.dtype == np.float64
    np.testing.assert_allclose(training.inputs, expected, rtol=1e-6, atol=1e-15)


def test_an_input_that_never_varies_is_only_shifted() -> None:
    samples = Samples(np.array([[3.0, 1.0], [3.0, 2.0]]), None)

    for scale in ("standardize", "min_max"):
        prepared = Preparation.learn(samples, scale=scale).apply(samples)  # type: ignore[arg-type]
        np.testing.assert_array_equal(prepared.inputs[:, 0], [0, 0])


def test_labels_say_the_order_of_the_classes() -> None:
    training = loaded("{file: sizes.csv, targets: kind, labels: [b, a], missing: mean}").dataset.training

    assert training.classes == ("b", "a")
    np.testing.assert_array_equal(training.targets, [[1, 0], [0, 1], [0, 1], [1, 0]])


def test_labels_that_are_numbers_may_be_written_as_numbers() -> None:
    training = loaded("{file: bytes.npz, inputs: x, targets: y, labels: [1, 0]}", inputs=2).dataset.training

    np.testing.assert_array_equal(training.targets, [[0, 1], [1, 0], [0, 1]])


@pytest.mark.parametrize("setting", ["missing: mean", "missing: median, standardize: true", "missing: mean, divide: 3"])
def test_a_preparation_comes_back_from_json_bit_for_bit_and_reads_later_files(setting: str) -> None:
    Path("t.csv").write_text(TABLE.replace("?", "red").replace("blue,\n", "blue,a\n"))
    known = loaded(f"{{file: t.csv, targets: kind, {setting}, labels: [b, a]}}", inputs=3).dataset.preparation
    columns = from_one(open_frame("later.csv"), ("size", "colour"), ("kind",)).read()

    again = Preparation.restored(json.loads(json.dumps(known.description())))

    assert again.description() == known.description()
    assert again.encoding == known.encoding
    first, second = known.read(columns), again.read(columns)
    np.testing.assert_array_equal(first.inputs, second.inputs)
    np.testing.assert_array_equal(first.targets, [[0, 1], [1, 0]])
    assert known.fill is not None
    unscaled = np.array([[known.fill[0], 0, 1], [7, 1, 0]])
    scaled = unscaled if known.shift is None or known.scale is None else (unscaled - known.shift) / known.scale
    np.testing.assert_array_equal(first.inputs, scaled)


TODO = "with data.missing what to do"
COUNTS = "counts as missing (data.missing_texts)"
FILLS = "data.missing: median fills in inputs that are numbers; correct it, or use drop"
REFUSED = {
    "missing values": (
        "{file: t.csv, targets: kind}",
        [
            f"t.csv:3: row 2, column 'size': 'NA' {COUNTS}; correct it, or say {TODO}",
            f"t.csv:5: row 4, column 'colour': '?' {COUNTS}; correct it, or say {TODO}",
            f"t.csv:6: row 5, column 'kind': the cell is empty; fill it in, or say {TODO}",
        ],
    ),
    "what has no middle": (
        "{file: t.csv, targets: kind, missing: median}",
        [
            f"t.csv:5: row 4, column 'colour': '?' {COUNTS}; {FILLS}",
            f"t.csv:6: row 5, column 'kind': the cell is empty; {FILLS}",
        ],
    ),
    "a target that is missing": (
        "{file: a.npz, inputs: x, targets: y, missing: median}",
        [f"a.npz: row 3, column 'y': the value is missing (nan); {FILLS}"],
    ),
    "nothing left": (
        "{file: empty.csv, targets: kind, missing: drop}",
        ["empty.csv:1: data.missing: drop leaves no rows; something is missing in each"],
    ),
    "nothing to learn from": (
        "{file: empty.csv, targets: kind, missing: mean}",
        ["empty.csv: column 'size' has no value in the training part, so it has no mean; leave it out of inputs"],
    ),
    "another label": (
        "{file: sizes.csv, targets: kind, labels: [b, c], missing: mean}",
        [
            "sizes.csv:3: row 2, column 'kind': 'a' is none of the classes (b, c)",
            "sizes.csv:4: row 3, column 'kind': 'a' is none of the classes (b, c)",
        ],
    ),
    "labels of several columns": (
        "{file: bytes.npz, inputs: y, targets: x, labels: [a, b]}",
        ["bytes.npz: data.labels are of a single target column; leave them out"],
    ),
    "a word that training does not have": (
        "{file: t.csv, test_file: new.csv, targets: kind, missing: drop}",
        ["new.csv:2: row 1, column 'colour': 'blu' is not among the words of training; did you mean 'blue'?"],
    ),
    "numbers for words": (
        "{file: t.csv, test_file: new.npz, targets: kind, missing: drop}",
        ["new.npz: column 'colour' holds numbers, but in training it holds words"],
    ),
}


@pytest.mark.parametrize(("data", "messages"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_prepared_is_refused(data: str, messages: list[str]) -> None:
    Path("new.csv").write_text("size,colour,kind\n1,blu,a\n2,NA,b\n")
    np.savez("new.npz", size=[1.0], colour=[1.0], kind=np.array(["a"]))

    with pytest.raises(DataError) as caught:
        loaded(data, inputs=3 if "t.csv" in data else 2 if "inputs: x" in data else 1)

    assert str(caught.value).split("\n") == messages


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            "{file: t.csv, standardize: true, divide: 255}",
            "data.divide: data.standardize scales the inputs already; keep one",
        ),
        (
            "{file: t.csv, missing: drop, order: [1]}",
            "data.missing: data.order names samples by number, so none may be dropped; keep one",
        ),
        ("{file: t.csv, labels: [a, b, a]}", "data.labels[2]: 'a' is there twice; name each class once"),
        (
            '{file: t.csv, labels: [a, "NA"]}',
            "data.labels[1]: 'NA' counts as missing; list in data.missing_texts what does",
        ),
    ],
)
def test_settings_that_exclude_each_other_are_refused(data: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(data)

    assert message in str(caught.value)


def test_a_number_can_stand_for_what_is_missing() -> None:
    Path("n.csv").write_text("size,kind\n1,a\n-999,b\n1_0,a\n4,a\n")
    data = '{file: n.csv, targets: kind, missing: drop, missing_texts: ["-999", "1_0"]}'

    training = loaded(data).dataset.training

    np.testing.assert_array_equal(training.numbers, [1, 4])
    np.testing.assert_array_equal(training.inputs, [[1], [4]])
