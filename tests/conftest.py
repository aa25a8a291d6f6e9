"""Golden files, what a command printed when somebody looked at it and found it good; and the switch to long tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "fixtures" / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew; look at their diff")
    parser.addoption("--long", action="store_true", help="run tests marked long, too, and draw more cases in others")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("long"):
        return
    put_off = [item for item in items if item.get_closest_marker("long")]
    if put_off:
        config.hook.pytest_deselected(items=put_off)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture(scope="session")
def is_long(pytestconfig: pytest.Config) -> bool:
    """Say whether tests that draw cases may take their time."""
    return bool(pytestconfig.getoption("long"))


@pytest.fixture(scope="session")
def golden(pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """Give the comparison of a text with the golden file of a name."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if pytestconfig.getoption("update_golden"):
            path.write_text(text, encoding="utf-8")

        assert path.read_text(encoding="utf-8") == text, f"if this is better than {name}, run with --update-golden"

    return compare
