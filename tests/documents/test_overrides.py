"""A value that a flag sets is read as one of the file, and problems with it name the flag."""

from typing import Any

import pytest

from backprop_cli.documents.tree import Document
from backprop_cli.documents.yaml_reader import parse_yaml
from backprop_cli.errors import ConfigError, Problem, UsageError

BASE: dict[str, Any] = {
    "optimizer": "sgd",
    "seed": 42,
    "shuffle": True,
    "network": {"layers": [{"units": 2}, {"units": 3}], "empty": []},
    "quoted": "sgd",
    "schedule": None,
}
TEXT = """\
optimizer: sgd
seed: 42
shuffle: true
network:
  layers:
    - units: 2
    - {units: 3}
  empty: []
quoted: 'sgd'
schedule:
"""


def document() -> Document:
    return parse_yaml(TEXT, "c.yaml")


def layers(*found: object) -> dict[str, object]:
    return {"network": {"layers": list(found), "empty": []}}


CHANGES: list[tuple[str, dict[str, object]]] = [
    # values are YAML
    ("seed=7", {"seed": 7}),
    ("seed=1e-3", {"seed": 1e-3}),
    ("seed=yes", {"seed": "yes"}),
    ("seed='7'", {"seed": "7"}),
    ("seed=[1, 2]", {"seed": [1, 2]}),
    ("seed={a: 1}", {"seed": {"a": 1}}),
    ("seed=a=b", {"seed": "a=b"}),
    ("seed=http://x.org:80", {"seed": "http://x.org:80"}),
    ("seed=", {"seed": None}),
    ("seed=a: 1\nb: 2", {"seed": {"a": 1, "b": 2}}),
    (" seed = 7 ", {"seed": 7}),
    # ways into the tree
    ("network.layers.0.units=9", layers({"units": 9}, {"units": 3})),
    ("network.layers.1=9", layers({"units": 2}, 9)),
    ("network.layers.0001.units=9", layers({"units": 2}, {"units": 9})),
    ("network.layers.0.bias=false", layers({"units": 2, "bias": False}, {"units": 3})),
    ("new=1", {"new": 1}),
    ("new.a.b=1", {"new": {"a": {"b": 1}}}),
    ("new.0.b=1", {"new": {"0": {"b": 1}}}),
    ("schedule.step.size=1", {"schedule": {"step": {"size": 1}}}),
    # a word is short for a mapping
    ("optimizer.learning_rate=0.5", {"optimizer": {"name": "sgd", "learning_rate": 0.5}}),
    ("optimizer.name=adam", {"optimizer": {"name": "adam"}}),
    ("optimizer.a.b=1", {"optimizer": {"name": "sgd", "a": {"b": 1}}}),
    ("quoted.a=1", {"quoted": {"name": "sgd", "a": 1}}),
]


@pytest.mark.parametrize(("setting", "change"), CHANGES, ids=[setting for setting, _ in CHANGES])
def test_a_setting_changes_one_value_of_a_copy(setting: str, change: dict[str, object]) -> None:
    before = document()

    after = before.with_override(setting)

    assert after.plain() == BASE | change
    assert before == document()


def test_what_a_setting_does_not_touch_is_shared() -> None:
    before = document()
    after = before.with_override("network.layers.0.units=9")

    assert after.find(("network", "layers", 1)) is before.find(("network", "layers", 1))
    assert after.find(("network", "empty")) is before.find(("network", "empty"))


def test_settings_build_on_each_other() -> None:
    found = document().with_override("a.b=1").with_override("a.c=2").with_override("a.b=3")

    assert found.plain() == BASE | {"a": {"b": 3, "c": 2}}


def test_problems_with_a_set_value_name_the_flag_and_others_the_file() -> None:
    found = document().with_override("optimizer.learning_rate=-1").with_override("new.a={b: [x]}")

    named = [
        found.problem(path, "no", at_key=at_key).heading()
        for path in [("optimizer", "learning_rate"), ("new",), ("new", "a", "b", 0), ("optimizer", "name"), ("seed",)]
        for at_key in (False, True)
    ]

    assert named == [
        *["--set optimizer.learning_rate=-1: no"] * 2,
        *["--set new.a={b: [x]}: no"] * 4,
        "c.yaml:1:12: no",
        "c.yaml:1:1: no",
        "c.yaml:2:7: no",
        "c.yaml:2:1: no",
    ]


def test_a_set_value_keeps_its_text() -> None:
    found = document().with_override("seed=0.30")

    assert found.find(("seed",)).text == "0.30"
    assert found.find(("seed",)).origin == "--set seed=0.30"


REFUSALS = [
    (
        "network.layers.2.units=3",
        "'network.layers' is a list of 2, and has no item 2; its items are numbered from 0 to 1",
    ),
    (
        f"network.layers.{'9' * 5000}=1",
        f"'network.layers' is a list of 2, and has no item {'9' * 39}…; its items are numbered from 0 to 1",
    ),
    ("network.layers.x=1", "'network.layers' is a list of 2, and 'x' is no number; its items are numbered from 0 to 1"),
    (
        "network.layers.-1=1",
        "'network.layers' is a list of 2, and '-1' is no number; its items are numbered from 0 to 1",
    ),
    ("network.layers.²=1", "'network.layers' is a list of 2, and '²' is no number; its items are numbered from 0 to 1"),
    ("network.empty.0=1", "'network.empty' is an empty list; set the whole list instead"),
    ("seed.x=1", "'seed' is the number 42; nothing can be set below it, only in its place"),
    ("shuffle.x=1", "'shuffle' is the truth value true; nothing can be set below it, only in its place"),
    ("a=[1", "'[' opens here, but it is never closed; close it with ']'"),
    ("a={b: 1, b: 2}", "key 'b' was given before; keep one of the two"),
    ("a=!x 1", "tags are not read: '!x'; remove it, or put the text in quotes"),
    ("a=*x", "alias '*x' names nothing above it; write '&x' there, or put the text in quotes"),
    ("a=b: c: d", "a second colon on one line; put the value in quotes, or start a new line"),
    ("a=\0", "a NUL character: this is no text file, or not UTF-8; save it as UTF-8 text"),
    ("a=\udcff", "byte 0xff is not UTF-8; save the text as UTF-8"),
    ("a=" + "9" * 5000, "an integer of 5,000 digits is too long: at most 4,300 are read; shorten it"),
    ("a=" + "[" * 3000, "values are nested more than 64 levels deep here; nest them less"),
    (".".join("a" * 64) + "=[1]", "values are nested more than 64 levels deep here; nest them less"),
    (".".join("a" * 5000) + "=1", "values are nested more than 64 levels deep here; nest them less"),
]


@pytest.mark.parametrize(("setting", "message"), REFUSALS, ids=[ascii(setting[:30]) for setting, _ in REFUSALS])
def test_a_setting_that_cannot_be_made_says_why(setting: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        document().with_override(setting)

    assert str(caught.value) == str(Problem(message, where=f"--set {setting}"))


def test_several_problems_of_one_setting_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        document().with_override("a=[!x 1, *y]")

    assert len(caught.value.problems) == 2


def test_a_path_of_sixty_four_names_is_the_longest() -> None:
    found = document().with_override(".".join("a" * 64) + "=1")

    assert found.find(("a",) * 64).value == 1


EXAMPLE = "write --set key.path=value, for example --set optimizer.learning_rate=0.5"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("seed", f"--set 'seed' has no '='; {EXAMPLE}"),
        ("", f"--set '' has no '='; {EXAMPLE}"),
        ("=1", f"--set '=1' lacks a name before '='; {EXAMPLE}"),
        (" =1", f"--set ' =1' lacks a name before '='; {EXAMPLE}"),
        ("a..b=1", f"--set 'a..b=1' lacks a name before '='; {EXAMPLE}"),
        (".a=1", f"--set '.a=1' lacks a name before '='; {EXAMPLE}"),
        ("a.=1", f"--set 'a.=1' lacks a name before '='; {EXAMPLE}"),
    ],
)
def test_a_setting_without_a_path_is_a_mistake_on_the_command_line(setting: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        document().with_override(setting)

    assert str(caught.value) == message
    assert caught.value.exit_code == 2
