"""How many threads multiply matrices is written down, and told when it is no longer so."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.slow
def test_another_number_of_threads_is_told(
    configs: Callable[[str, str], Path], backprop: Callable[..., Any], tmp_path: Path
) -> None:
    config, out = configs("full batches", "epochs: 2, checkpoint_every: 0"), tmp_path / "run"
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

    def ended(threads: str, *words: object) -> str:
        found = backprop("train", *words, "--out", out, "--trace", "0", env=dict.fromkeys(names, threads))
        assert found.returncode == 0, found.stderr
        return str(found.stderr)

    ended("2", config)
    (blas, *_) = json.loads((out / "run.json").read_text())["circumstances"]["blas"]
    if blas["threads"] != 2:
        pytest.skip("this library has but one thread")
    notice = ended("1", "--resume").splitlines()[1]
    what = f"{blas['library']} {blas['version']} ({blas['kernels']}, threads: "

    assert notice == (f"backprop: matrices are multiplied by {what}1), before by {what}2); the last digits may differ")
