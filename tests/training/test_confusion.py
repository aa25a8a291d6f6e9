"""A run on classes says at its end which of them were taken for which."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from backprop_cli.cli.app import app
from backprop_cli.config.loader import load
from backprop_cli.render.rows import MOST_CLASSES, confusion_table
from backprop_cli.training import judge
from backprop_cli.training.events import Confusion, RunStopped
from backprop_cli.training.loop import train

CONFIGS = Path(__file__).parents[2] / "configs"


def stopped(config: str, *settings: str) -> RunStopped:
    *_, last = train(load(CONFIGS / f"{config}.yaml", settings), trace=())
    assert isinstance(last, RunStopped)
    return last


def counts(config: str, *settings: str) -> Confusion:
    found = stopped(config, *settings).confusion
    assert found is not None
    return found


def test_it_counts_each_sample_once_and_its_diagonal_is_the_accuracy() -> None:
    run = stopped("iris", "training.epochs=5")
    dataset = load(CONFIGS / "iris.yaml").dataset
    assert run.confusion is not None
    assert run.validation is not None
    assert dataset.validation is not None

    assert run.confusion.classes == ("setosa", "versicolor", "virginica")
    for rows, part, measured in (
        (run.confusion.training, dataset.training, run.final),
        (run.confusion.validation, dataset.validation, run.validation),
    ):
        assert part.targets is not None
        assert np.sum(rows, axis=1).tolist() == part.targets.sum(axis=0).tolist()
        assert np.trace(rows) / np.sum(rows) == pytest.approx(measured.metrics["accuracy"])


def test_portions_of_any_size_count_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = counts("iris", "training.epochs=2")
    monkeypatch.setattr(judge, "PORTION", 7)

    assert counts("iris", "training.epochs=2") == whole


@pytest.mark.parametrize(
    ("settings", "classes"),
    [
        (["training.epochs=1"], ("no", "yes")),
        (
            ["training.epochs=1", "network.layers.1={units: 3}", "data.targets=[[1,0,0],[0,1,0],[0,0,1],[1,0,0]]"],
            ("1", "2", "3"),
        ),
    ],
)
def test_classes_without_names_are_no_and_yes_or_numbers(settings: list[str], classes: tuple[str, ...]) -> None:
    assert counts("xor", *settings).classes == classes


def test_a_threshold_is_the_metrics_own() -> None:
    found = counts("xor", "training.epochs=1", "metrics=[{name: f1, threshold: 0.0}]")

    # A sigmoid is always above 0, and so is every target taken as 1.
    assert found.training == ((0, 2), (0, 2))


def test_numbers_are_not_taken_for_classes() -> None:
    assert stopped("mazur").confusion is None


def test_named_classes_are_counted_whatever_the_metrics_are() -> None:
    assert counts("iris", "training.epochs=1", "metrics=[]").classes[0] == "setosa"


def test_the_console_shows_validation_samples_and_json_has_both() -> None:
    words = ["train", str(CONFIGS / "iris.yaml"), "--quiet"]
    text = CliRunner().invoke(app, words, env={"COLUMNS": "80"}).stdout
    found = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).stdout)["confusion"]

    assert "class        setosa   versicolor   virginica\n" in text
    assert "rows: the class, columns: what was predicted · 30 validation samples" in text
    assert np.sum(found["training"]) == 120
    assert np.sum(found["validation"]) == 30
    assert all(str(count) in text for row in found["validation"] for count in row)


def test_test_samples_are_shown_before_all_others(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,kind\n0,a\n1,b\n")
    (tmp_path / "more.csv").write_text("x,kind\n0,a\n1,b\n2,b\n")
    net = "network: {inputs: 1, layers: [{units: 2, activation: softmax}]}\nloss: cross_entropy\n"
    files = "data: {file: t.csv, targets: kind, validation_file: t.csv, test_file: more.csv}\n"
    (tmp_path / "c.yaml").write_text(net + files)
    *_, last = train(load(tmp_path / "c.yaml"))
    assert isinstance(last, RunStopped)
    assert last.confusion is not None
    table = confusion_table(last.confusion)

    assert table is not None
    assert table.note.endswith("3 test samples")
    assert np.sum(last.confusion.test, axis=1).tolist() == [1, 2]
    assert np.sum(last.confusion.validation, axis=1).tolist() == [1, 1]


def test_too_many_classes_are_left_to_json() -> None:
    many = tuple(str(number) for number in range(MOST_CLASSES + 1))
    rows = tuple((1,) * len(many) for _ in many)

    assert confusion_table(Confusion(many, rows)) is None
    assert confusion_table(Confusion(many[:-1], tuple(row[:-1] for row in rows[:-1]))) is not None
