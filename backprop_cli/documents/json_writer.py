"""JSON text of plain values."""

import json
import math
from collections.abc import Mapping
from typing import Any


def write_json(plain: Mapping[str, Any]) -> str:
    """Write a document as text, at full precision; what is not finite becomes null."""
    return json.dumps(_finite(plain), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
