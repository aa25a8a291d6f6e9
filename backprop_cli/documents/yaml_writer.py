"""YAML text of plain values, for `read_yaml` to read back."""

from collections.abc import Mapping
from typing import Any

import yaml

# Lines of this width are folded.
_WIDTH = 110


def write_yaml(plain: Mapping[str, Any]) -> str:
    """Write mappings, lists, texts, numbers and booleans; lists of numbers stand on one line."""
    return yaml.safe_dump(dict(plain), sort_keys=False, allow_unicode=True, default_flow_style=None, width=_WIDTH)
