"""A plugin of pytest: which lines of some files a run has reached, written as JSON when it is over."""

import json
import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

FILES, RESULT = "REACHED_IN", "REACHED_TO"

_files = frozenset(os.environ[FILES].split(os.pathsep))
_lines: dict[str, set[int]] = {file: set() for file in _files}


def _call(frame: FrameType, _event: str, _argument: Any) -> Any:
    return _line if frame.f_code.co_filename in _files else None


def _line(frame: FrameType, event: str, _argument: Any) -> Any:
    if event == "line":
        _lines[frame.f_code.co_filename].add(frame.f_lineno)
    return _line


def pytest_sessionstart() -> None:
    sys.settrace(_call)


def pytest_sessionfinish() -> None:
    sys.settrace(None)
    found = {file: sorted(lines) for file, lines in _lines.items()}
    Path(os.environ[RESULT]).write_text(json.dumps(found), encoding="utf-8")
