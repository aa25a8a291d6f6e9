"""YAML text of plain values, for `read_yaml` to read back."""

from collections.abc import Mapping
from typing import Any

import yaml

from backprop_cli.documents.scalars import resolve

# Lines of this width are folded.
_WIDTH = 110
_TEXT = "tag:yaml.org,2002:str"
# Older YAML folds it like the end of a line, unless it is written as an escape.
_NEXT_LINE = "\x85"


def write_yaml(plain: Mapping[str, Any]) -> str:
    """Write mappings, lists, texts, numbers and booleans; lists of numbers stand on one line."""
    return yaml.dump(
        dict(plain), Dumper=_Writer, sort_keys=False, allow_unicode=True, default_flow_style=None, width=_WIDTH
    )


class _Writer(yaml.SafeDumper):
    """Quotes texts that PyYAML, which knows only YAML 1.1, takes for texts in any case: `1e5` and `0o17`."""


def _written(writer: _Writer, text: str) -> yaml.ScalarNode:
    style = '"' if _NEXT_LINE in text else "'" if _is_more_than_text(text) else None
    return writer.represent_scalar(_TEXT, text, style)


def _is_more_than_text(text: str) -> bool:
    try:
        return not isinstance(resolve(text), str)
    except ValueError:
        return True


_Writer.add_representer(str, _written)
