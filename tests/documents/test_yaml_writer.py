"""What is written as YAML is read back as it was."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.documents.yaml_reader import read_yaml
from backprop_cli.documents.yaml_writer import write_yaml

# Texts that some version of YAML takes for something else, or for a part of its own grammar.
DELICATE = [
    "1e5", "1e+5", "0o17", "0x1F", ".5", "1.", "+1", "-0", "010", "1_000", "12:30", "0b1", "2001-01-01", ".inf", ".NaN",
    "~", "", "null", "true", "yes", "on", "off", "=", "<<", "?", "- a", ": ", "a: b", "#", "a #b", "'", '"', "|", ">",
    "*a", "&a", "!t", "%a", "@a", "`a",
    "[", "{", "}", ",", "\n", "\t", "a\nb", "  x", "x  ", "\x85", "a\x85b", "\u2028",
    "\ufeff", "\x7f", "\\", "9" * 5000, "word " * 60,
]  # fmt: skip
TEXTS = st.sampled_from(DELICATE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda one: st.lists(one, max_size=4) | st.dictionaries(TEXTS, one, max_size=4), max_leaves=12
)


def read_back(plain: dict[str, Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.yaml"
        path.write_bytes(write_yaml(plain).encode())
        return read_yaml(path).plain()


def test_no_text_is_taken_for_anything_else() -> None:
    plain = {"list": DELICATE, "keys": dict.fromkeys(DELICATE[:-2], 1)}
    assert read_back(plain) == plain


@given(st.dictionaries(TEXTS.filter(lambda text: len(text) < 500), VALUES, min_size=1, max_size=4))
def test_whatever_is_written_is_read_back(plain: dict[str, Any]) -> None:
    # As text, which tells 1 from 1.0 and from true.
    assert repr(read_back(plain)) == repr(plain)
