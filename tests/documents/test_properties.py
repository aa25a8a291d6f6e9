"""Whatever is thrown at the reader ends in a document or a clear error, with either of PyYAML's parsers."""

import json
import re
from unittest.mock import patch

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.documents import yaml_reader
from backprop_cli.documents.tree import Document
from backprop_cli.documents.yaml_reader import parse_yaml
from backprop_cli.errors import ConfigError, UsageError

PARSERS = pytest.mark.parametrize("parser", [yaml.CSafeLoader, yaml.SafeLoader], ids=["libyaml", "python"])

# Pieces that mean something to YAML, so that most of what is drawn gets past the first sign.
PIECES = st.sampled_from([
    "a", "b: ", ": ", ":", "- ", "-", "? ", "[", "]", "{", "}", ", ", "&x ", "*x", "!t ", "'", '"', "\\", "|", ">",
    "\n", "\n  ", "\n ", "\n\t", "\t", "# c", "---\n", "...\n", "%", "@", "<<", "1", "0x1", "~", "é", "\u2028", "\r",
])  # fmt: skip
SOUP = st.lists(PIECES, max_size=30).map("".join)


@PARSERS
@settings(deadline=None, max_examples=250)
@given(data=st.binary(max_size=100) | st.text(max_size=50) | SOUP)
def test_any_text_ends_in_a_document_or_in_problems_with_places(
    parser: type[yaml.SafeLoader], data: bytes | str
) -> None:
    with patch.object(yaml_reader, "_PARSER", parser):
        outcome = read(data)

    if isinstance(outcome, Document):
        assert isinstance(outcome.plain(), dict)
    else:
        assert all(problem.line is None or problem.line >= 1 for problem in outcome.problems)
        # A problem must be fit for any terminal and file, whatever was read.
        assert str(outcome).encode()


def read(data: bytes | str) -> Document | ConfigError:
    try:
        return parse_yaml(data, "c.yaml")
    except ConfigError as error:
        return error


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**300), max_value=10**300)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), below, max_size=4)
    ),
    max_leaves=12,
)


def as_flow(value: object) -> str:
    """Write a value as YAML in one line, with every unusual character as an escape of eight digits."""
    return re.sub(r"[^ -~]", lambda match: f"\\U{ord(match[0]):08x}", json.dumps(value, ensure_ascii=False))


@PARSERS
@settings(deadline=None, max_examples=150)
@given(value=VALUES)
def test_what_is_written_as_yaml_is_read_back(parser: type[yaml.SafeLoader], value: object) -> None:
    with patch.object(yaml_reader, "_PARSER", parser):
        found = parse_yaml(as_flow({"value": value}), "c.yaml").plain()

    assert found == {"value": value}
    assert json.dumps(found) == json.dumps({"value": value})


@settings(deadline=None, max_examples=250)
@given(setting=st.tuples(st.sampled_from(["a", "a.b", "l.0", "l.1.u", "o.x", "n.x", ""]), SOUP).map("=".join) | SOUP)
def test_any_setting_ends_in_a_document_or_an_error(setting: str) -> None:
    document = parse_yaml("a: {b: 1}\nl: [1, {u: 1}]\no: sgd\nn: 3\n", "c.yaml")

    try:
        found = document.with_override(setting)
    except ConfigError as error:
        assert {problem.where for problem in error.problems} == {f"--set {setting}"}  # noqa: PT017  either end is right
    except UsageError as error:
        assert "--set key.path=value" in str(error)  # noqa: PT017  either end is right
    else:
        assert isinstance(found.plain(), dict)
