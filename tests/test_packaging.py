"""The wheel carries what an installed program needs."""

import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_the_wheel_carries_the_configs_and_the_type_marker(tmp_path: Path) -> None:
    wheel = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed: pip install '.[test]'")
    (path,) = wheel.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(path).namelist())

    for config in (ROOT / "configs").rglob("*.*"):
        assert f"backprop_cli/configs/{config.relative_to(ROOT / 'configs')}" in names
    assert "backprop_cli/py.typed" in names
    assert not any("test" in name for name in names)
