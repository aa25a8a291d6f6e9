"""What a run was made with: versions, the library that multiplies matrices, and the data."""

import hashlib
import platform
from collections.abc import Iterable, Mapping
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from backprop_cli.documents.files import Unreadable, open_bytes
from backprop_cli.errors import DataError, Problem

_PORTION = 2**20


def circumstances(version: str) -> dict[str, Any]:
    """Describe what trains here; only what can change a result."""
    return {
        "backprop": version,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
        "blas": [
            {
                "library": library.get("internal_api"),
                "version": library.get("version"),
                "kernels": library.get("architecture"),
                "threads": library.get("num_threads"),
            }
            for library in _of_numpy([each for each in threadpool_info() if each.get("user_api") == "blas"])
        ],
    }


def _of_numpy(libraries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give those that NumPy has brought along, or all where it has none of its own.

    SciPy, say, brings its own, too, and it makes no difference to a run whether the process has loaded it.
    """
    home = Path(np.__file__).resolve().parent
    homes = home, home.with_name(f"{home.name}.libs")
    paths = [Path(each.get("filepath", "")).resolve() for each in libraries]
    brought = [any(path.is_relative_to(one) for one in homes) for path in paths]
    return list(compress(libraries, brought)) or libraries


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say what is no longer as it was, so that the last digits may differ."""
    versions = [(key, now[key], then.get(key, "not told")) for key in ("backprop", "numpy")]
    found = [f"{key} is {is_now}, was {was}" for key, is_now, was in versions if is_now != was]
    blas_then, blas_now = then.get("blas"), now["blas"]
    if blas_then != blas_now:
        found.append(f"matrices are multiplied by {_told(blas_now)}, before by {_told(blas_then)}")
    return found


def _told(blas: Any) -> str:
    try:
        told = [f"{one['library']} {one['version']} ({one['kernels']}, threads: {one['threads']})" for one in blas]
    except (KeyError, TypeError):
        told = []
    return " and ".join(told) or "an unknown library"


def fingerprints(files: Iterable[tuple[str, Path]]) -> dict[str, str]:
    """Give the SHA-256 of files, by the names that the config has for them.

    Raises:
        DataError: one cannot be read.
    """
    return {name: _fingerprint(path) for name, path in files}


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with open_bytes(path) as file:
            while portion := file.read(_PORTION):
                digest.update(portion)
    except Unreadable as error:
        raise DataError([Problem(str(error), where=str(path))]) from error
    return digest.hexdigest()
