"""A document finds its values by path, points at them, and gives them as plain Python."""

import pytest

from backprop_cli.documents.tree import Document, KeyPath
from backprop_cli.documents.yaml_reader import parse_yaml

TEXT = """\
optimizer: {name: sgd, learning_rate: 0.50}
layers:
  - units: 2
  - units: "3"
    bias: ~
"""


def document() -> Document:
    return parse_yaml(TEXT, "c.yaml")


@pytest.mark.parametrize(
    ("path", "place", "key_place"),
    [
        ((), "1:1", "1:1"),
        (("optimizer",), "1:12", "1:1"),
        (("optimizer", "learning_rate"), "1:39", "1:24"),
        (("layers",), "3:3", "2:1"),
        (("layers", 0), "3:5", "3:5"),
        (("layers", 1, "units"), "4:12", "4:5"),
        # What is missing points at what it is missing from.
        (("epochs",), "1:1", "1:1"),
        (("optimizer", "momentum"), "1:12", "1:1"),
        (("optimizer", "momentum", "x", 3), "1:12", "1:1"),
        (("optimizer", "name", "x"), "1:19", "1:13"),
        (("optimizer", 0), "1:12", "1:1"),
        (("layers", 2), "3:3", "2:1"),
        (("layers", -1), "3:3", "2:1"),
        (("layers", "units"), "3:3", "2:1"),
    ],
)
def test_a_problem_points_at_a_value_or_at_its_key(path: KeyPath, place: str, key_place: str) -> None:
    found = document()

    assert found.problem(path, "no").heading() == f"c.yaml:{place}: no"
    assert found.problem(path, "no", at_key=True).heading() == f"c.yaml:{key_place}: no"


def test_a_problem_shows_its_line() -> None:
    assert (
        str(document().problem(("layers", 1, "units"), "no")) == 'c.yaml:4:12: no\n      - units: "3"\n               ^'
    )


def test_a_document_becomes_plain_python() -> None:
    assert document().plain() == {
        "optimizer": {"name": "sgd", "learning_rate": 0.5},
        "layers": [{"units": 2}, {"units": "3", "bias": None}],
    }


def test_text_is_kept_where_it_is_asked_for() -> None:
    asked: list[KeyPath] = []

    def keep(path: KeyPath) -> bool:
        asked.append(path)
        return path != ("layers", 0, "units")

    assert document().plain(keep) == {
        "optimizer": {"name": "sgd", "learning_rate": "0.50"},
        "layers": [{"units": 2}, {"units": "3", "bias": "~"}],
    }
    assert asked == [
        ("optimizer", "name"),
        ("optimizer", "learning_rate"),
        ("layers", 0, "units"),
        ("layers", 1, "units"),
        ("layers", 1, "bias"),
    ]


def test_each_use_of_an_alias_becomes_a_value_of_its_own() -> None:
    found = parse_yaml("a: &x [1]\nb: *x\n", "c.yaml").plain()

    assert isinstance(found, dict)
    found["a"].append(2)
    assert found["b"] == [1]
