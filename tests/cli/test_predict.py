"""`backprop predict` and `backprop evaluate` as a user meets them: what is shown, what is written, how it ends."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from backprop_cli.cli.app import app

ROOT = Path(__file__).parent.parent.parent
IRIS = str(ROOT / "configs" / "data" / "iris.csv")
CLASSES = ["setosa", "versicolor", "virginica"]


def backprop(*words: object, columns: int = 80, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": str(columns)}, input=stdin)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a run on iris, of which 60 epochs make a good one."""
    out = tmp_path_factory.mktemp("runs") / "iris"
    assert backprop("train", ROOT / "configs" / "iris.yaml", "--out", out).exit_code == 0
    return out


def lines(result: Result) -> list[str]:
    return [line.rstrip() for line in result.stdout.splitlines()]


def test_the_first_rows_are_shown_and_the_others_counted(run: Path) -> None:
    result = backprop("predict", run, IRIS)
    shown = lines(result)

    assert (result.exit_code, result.stderr) == (0, "")
    assert shown[0].split() == ["row", "predicted", *CLASSES]
    assert [line.split()[:2] for line in shown[2:12]] == [[str(row), "setosa"] for row in range(1, 11)]
    assert shown[12] == "… and 140 more rows · predicted setosa: 50, versicolor: 49, virginica: 51"
    assert len(shown) == 13


def test_every_form_holds_the_same_predictions(run: Path, tmp_path: Path) -> None:
    for name in ("found.csv", "found.jsonl", "found.npz"):
        assert backprop("predict", run, IRIS, "--output", tmp_path / name).exit_code == 0
    table = list(csv.DictReader((tmp_path / "found.csv").read_text().splitlines()))
    objects = [json.loads(line) for line in (tmp_path / "found.jsonl").read_text().splitlines()]
    with np.load(tmp_path / "found.npz") as arrays:
        found = dict(arrays)

    assert len(table) == len(objects) == len(found["outputs"]) == 150
    assert [float(row[name]) for row in table for name in CLASSES] == found["outputs"].ravel().tolist()
    assert [list(one["outputs"].values()) for one in objects] == found["outputs"].tolist()
    assert [row["predicted"] for row in table] == [one["predicted"] for one in objects] == found["predicted"].tolist()
    assert [int(row["row"]) for row in table] == [one["row"] for one in objects] == found["rows"].tolist()
    assert found["classes"].tolist() == CLASSES == list(objects[0]["outputs"])


def test_standard_input_is_a_table_and_columns_may_come_in_any_order(run: Path) -> None:
    rows = list(csv.reader(Path(IRIS).read_text().splitlines()))
    turned = "\n".join(",".join(reversed(row)) for row in rows)
    from_file, from_stdin = (
        backprop("predict", run, IRIS, "--format", "csv"),
        backprop("predict", run, "-", "--format", "csv", stdin=turned),
    )

    assert from_stdin.exit_code == 0
    assert from_stdin.stdout == from_file.stdout
    assert from_file.stdout.startswith("row,predicted,setosa,versicolor,virginica\n1,setosa,0.998")


def test_many_outputs_are_shown_by_the_largest(tmp_path: Path) -> None:
    classes = 12
    (tmp_path / "data.csv").write_text("x,k\n" + "".join(f"{at},{at}\n" for at in range(classes)))
    (tmp_path / "many.yaml").write_text(
        f"network: {{inputs: 1, layers: [{{units: {classes}, activation: softmax}}]}}\n"
        "data: {file: data.csv, targets: k}\nloss: cross_entropy\n"
    )
    backprop("train", tmp_path / "many.yaml", "--out", tmp_path / "run")

    shown = lines(backprop("predict", tmp_path / "run", tmp_path / "data.csv"))
    assert shown[0].split() == ["row", "predicted", "output"]
    assert shown[-1] == "… and 2 more rows"


def test_numbers_are_shown_under_the_names_of_quantities(tmp_path: Path) -> None:
    backprop("train", ROOT / "configs" / "mazur.yaml", "--out", tmp_path / "run")
    result = backprop("predict", tmp_path / "run", "-", "--format", "csv", stdin="a,b\n0.05,0.1\n")

    assert result.stdout.splitlines()[0] == "row,yhat_1,yhat_2"
    assert result.stdout.splitlines()[1].startswith("1,0.74208811")


def test_rows_that_are_left_out_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x,y\n1,2\n,3\n2,3\n")
    (tmp_path / "drop.yaml").write_text(
        "network: {inputs: 1, layers: [{units: 1, activation: identity}]}\n"
        "data: {file: data.csv, targets: y, missing: drop}\n"
    )
    backprop("train", tmp_path / "drop.yaml", "--out", tmp_path / "run")
    result = backprop("predict", tmp_path / "run", tmp_path / "data.csv")

    assert result.stderr == "backprop: 1 row left out, since values are missing (data.missing: drop)\n"
    assert [line.split()[0] for line in lines(result)[2:4]] == ["1", "3"]
    assert backprop("predict", tmp_path / "run", tmp_path / "data.csv", "--quiet").stderr == ""


def test_an_evaluation_shows_each_class_and_what_was_expected(run: Path) -> None:
    result = backprop("evaluate", run, IRIS, "--expect", "accuracy >= 0.95", "--expect", "loss < 0.01")
    shown = lines(result)

    assert (result.exit_code, result.stderr) == (1, "")
    assert shown[:2] == [
        "4-8-3 · tanh, softmax · 67 parameters · cross_entropy · adam 0.02",
        f"{IRIS} · 150 samples",
    ]
    assert "accuracy   0.9933" in shown
    assert "class        precision   recall       f1   samples" in shown
    assert "versicolor      1          0.98   0.9899        50" in shown
    assert "versicolor        0           49           1" in shown
    assert "✓ accuracy >= 0.95   0.9933" in shown
    assert shown[-1] == "1 of 2 expectations not met"
    assert backprop("evaluate", run, IRIS, "--expect", "accuracy >= 0.95").exit_code == 0


def test_an_evaluation_is_one_json_document(run: Path) -> None:
    result = backprop("evaluate", run, IRIS, "--metric", "f1", "--metric", "{name: top_k, k: 2}", "--format", "json")
    found = json.loads(result.stdout)

    assert (found["command"], found["samples"]) == ("evaluate", 150)
    assert list(found["metrics"]) == ["f1", "top_k(k=2)"]
    assert [one["name"] for one in found["classes"]] == CLASSES
    assert [sum(row) for row in found["confusion"]] == [one["support"] for one in found["classes"]] == [50, 50, 50]


TOLD = "metrics: there is no 'accurate'; did you mean 'accuracy'?; known: accuracy, f1, mae, mse, precision, r2, recall"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("predict", "{run}", "none.csv"), 4, "none.csv: there is no such file; check the name and the folder"),
        (("predict", "none", IRIS), 6, "backprop: none: there is no such file; check the name and the folder"),
        (
            ("predict", "{empty}", IRIS),
            6,
            "backprop: {empty} holds no run; start one: backprop train CONFIG --out {empty}",
        ),
        (
            ("predict", "{run}", IRIS, "--output", "x.html"),
            2,
            "backprop: x.html: no form has this suffix; there are .txt, .csv, .jsonl, .ndjson, .npz, or name a form",
        ),
        (
            ("predict", IRIS, IRIS),
            6,
            f"backprop: {IRIS}: this is no model of backprop, or it is damaged; the model is named first",
        ),
        (("evaluate", "{run}", IRIS, "--metric", "accurate"), 2, f"backprop: --metric accurate: {TOLD}"),
        (
            ("evaluate", "{run}", IRIS, "--expect", "test.accuracy > 1"),
            2,
            "backprop: --expect 'test.accuracy > 1': there are no parts here; write 'accuracy' without 'test.'",
        ),
        (
            ("evaluate", "{run}", IRIS, "--expect", "los > 1"),
            2,
            "backprop: --expect 'los > 1': there is no 'los'; did you mean 'loss'?; others are measured with --metric",
        ),
        (
            ("evaluate", "{run}", IRIS, "--expect", "loss"),
            2,
            "backprop: --expect 'loss' has no name, operator and number; write --expect 'loss <= 0.01'",
        ),
        (
            ("evaluate", "{run}", IRIS, "--expect", "loss =< 1"),
            2,
            "backprop: --expect 'loss =< 1': '=<' is no operator; did you mean '<='?",
        ),
        (
            ("evaluate", "{run}", "-", "--targets", "-"),
            2,
            "backprop: data and targets cannot both come from standard input; give one of them as a file",
        ),
        (
            ("evaluate", "{run}", IRIS, "--metric", "{{name: top_k, k: 9}}"),
            2,
            "backprop: --metric {{name: top_k, k: 9}}: k is 9 of 3, so every prediction would be right",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    words: tuple[str, ...], code: int, message: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = backprop(*(word.format(run=run, empty=tmp_path) for word in words))

    assert result.exit_code == code
    assert result.stderr.startswith(message.format(run=run, empty=tmp_path))
    assert result.stdout == ""


def test_targets_that_the_loss_cannot_use_are_named_by_row_and_column(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b,y\n0,1,1\n1,1,0\n")
    (tmp_path / "wrong.csv").write_text("a,b,y\n0,1,1\n1,1,2\n")
    (tmp_path / "two.yaml").write_text(
        "network: {inputs: 2, layers: [{units: 1, activation: sigmoid}]}\n"
        "data: {file: data.csv, targets: y}\nloss: binary_cross_entropy\n"
    )
    backprop("train", tmp_path / "two.yaml", "--out", tmp_path / "run")
    result = backprop("evaluate", tmp_path / "run", tmp_path / "wrong.csv")

    assert result.exit_code == 4
    assert result.stderr == (
        f"{tmp_path}/wrong.csv:3: row 2, column 'y': target 2 is outside binary_cross_entropy's domain, 0 to 1\n"
        "1 problem found\n"
    )


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_ends_it_quietly(run: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "long.npy", np.ones((20000, 4)))
    read, write = os.pipe()
    os.close(read)
    words = [sys.executable, "-m", "backprop_cli", "predict", str(run), str(tmp_path / "long.npy"), "--format", "csv"]
    with os.fdopen(write, "wb") as closed:
        found = subprocess.run(words, stdout=closed, stderr=subprocess.PIPE, check=False)

    assert (found.returncode, found.stderr) == (0, b"")


def test_a_result_never_replaces_what_it_is_made_of(run: Path, tmp_path: Path) -> None:
    data = tmp_path / "iris.csv"
    data.write_bytes(Path(IRIS).read_bytes())
    for output in (data, run / "model.safetensors"):
        before = output.read_bytes()
        result = backprop("predict", str(run), str(data), "--format", "csv", "--output", str(output))
        assert (result.exit_code, result.stderr) == (
            2,
            f"backprop: {output} is what the result is made of; choose another name\n",
        )
        assert output.read_bytes() == before


def test_weights_that_are_not_known_of_samples_are_missed(tmp_path: Path) -> None:
    rows = [f"{value / 10},{value % 2},{1 + value % 3}" for value in range(20)]
    (tmp_path / "data.csv").write_text("\n".join(["x,y,count", *rows]))
    (tmp_path / "bare.csv").write_text("\n".join(row.rpartition(",")[0] for row in ["x,y,count", *rows]))
    (tmp_path / "c.yaml").write_text(
        "network: {inputs: 1, layers: [{units: 1, activation: sigmoid}]}\n"
        "data: {file: data.csv, targets: y, weights: count}\nloss: binary_cross_entropy\n"
    )
    assert backprop("train", str(tmp_path / "c.yaml"), "--out", str(tmp_path / "run"), "-q").exit_code == 0
    known, bare = (
        backprop("evaluate", str(tmp_path / "run"), str(tmp_path / name)) for name in ("data.csv", "bare.csv")
    )
    assert known.stderr == ""
    assert bare.stderr == (
        "backprop: samples counted differently in training (data.weights), and these have no such weights: "
        "all count the same\n"
    )
    assert (known.exit_code, bare.exit_code) == (0, 0)


def test_headers_that_are_numbers_are_names(tmp_path: Path) -> None:
    rows = [f"{value},{value + 1},{2 * value}" for value in range(9)]
    (tmp_path / "data.csv").write_text("\n".join(["2019,2020,2021", *rows]))
    (tmp_path / "later.csv").write_text("\n".join(["2020,2021,2022", *rows]))
    (tmp_path / "c.yaml").write_text(
        "network: {inputs: 2, layers: [{units: 1, activation: identity}]}\n"
        "data: {file: data.csv, targets: '2021'}\nloss: mse\noptimizer: {name: sgd, learning_rate: 0.001}\n"
    )
    assert backprop("train", str(tmp_path / "c.yaml"), "--out", str(tmp_path / "run"), "-q").exit_code == 0
    result = backprop("predict", str(tmp_path / "run"), str(tmp_path / "later.csv"))
    assert result.exit_code == 4
    assert "there is no column '2019'" in result.stderr
