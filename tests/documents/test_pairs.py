"""Pairs of a name and a figure are the short form of a list of mappings; both say the same, from the same places."""

import pytest

from backprop_cli.documents.pairs import written_out
from backprop_cli.documents.tree import Node
from backprop_cli.documents.yaml_reader import parse_yaml

KEYS = ("name", "printed", "step")


def figures(text: str) -> Node:
    node = parse_yaml(text, "x.yaml").root.child("figures")
    assert node is not None
    return written_out(node, KEYS)


def parts(text: str) -> list[tuple[object, str | None, int, int]]:
    """Give each figure's name and text, and the place of the text."""
    items = figures(text).value
    assert isinstance(items, tuple)
    pairs = [(item.child("name"), item.child("printed")) for item in items]
    return [(name.value, printed.text, printed.line, printed.column) for name, printed in pairs if name and printed]


@pytest.mark.parametrize(
    "text",
    [
        "figures:\n  - z:     0.30\n  - a:     '1'\n",
        "figures:\n  - {z:    0.30}\n  - {a:    '1'}\n",
        "figures:\n  z:       0.30\n  a:       '1'\n",
        "figures: \n {z:       0.30,\n  a:       '1'}\n",
    ],
)
def test_pairs_are_written_out_in_order_and_keep_their_places(text: str) -> None:
    assert parts(text) == [("z", "0.30", 2, 12), ("a", "1", 3, 12)]


def test_a_name_that_was_a_key_stands_where_the_key_did() -> None:
    name = figures("figures:\n  - z: 1\n").value[0].child("name")  # type: ignore[index,union-attr]

    assert (name.line, name.column, name.text) == (2, 5, "z")


@pytest.mark.parametrize(
    "item", ["{name: z, printed: 1}", "{name: z}", "{step: 1}", "{a: 1, b: 2}", "{}", "[1]", "1", "null"]
)
def test_what_is_no_pair_stays_as_it_is(item: str) -> None:
    document = parse_yaml(f"figures: [{item}]\n", "x.yaml")
    node = document.root.child("figures")
    assert node is not None

    assert written_out(node, KEYS) == node


def test_one_mapping_with_a_name_is_one_figure() -> None:
    assert parts("figures: {name: z, printed: 0.30, step: 2}\n") == [("z", "0.30", 1, 29)]


@pytest.mark.parametrize("value", ["null", "3", "text"])
def test_what_is_no_collection_stays_as_it_is(value: str) -> None:
    assert figures(f"figures: {value}\n").text == value
