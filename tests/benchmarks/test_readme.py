"""The README's numbers are those that were measured."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from curves import Panel, Scale, drawn
from readme import PICTURE, README, RESULTS, microseconds, number, picture_of, section, updated
from scaling import NAME

ABOUT = {"date": "2026-11-25", "machine": "2 cores of x86_64", "versions": {"Python": "3.12.0", "numpy": "2.4.6"}}


def results(**found: Any) -> dict[str, Any]:
    return {name: {**ABOUT, "found": each} for name, each in found.items()}


def kept() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return known


def row(size: int, step: float) -> dict[str, Any]:
    return {"size": size, "parameters": 10 * size, "flops": 60, "microseconds": {"step": step, "products": step / 2}}


MEASURED = results(
    whole={
        "W1": {"backprop": {"wall": 0.5, "cpu": 0.4, "peak": 60e6}, "NumPy": {"wall": 0.25, "cpu": 0.4, "peak": 30e6}},
        "W4": {"backprop": {"wall": 5.0, "cpu": 6.0, "peak": 80e6}},
        "--help": {
            "backprop --help": {"wall": 0.1, "cpu": 0.1, "peak": 2e7},
            "python -c pass": dict.fromkeys(("wall", "cpu"), 0.02) | {"peak": 1e7},
        },
        "one step": {
            "backprop train": {"wall": 0.3, "cpu": 0.3, "peak": 5e7},
            "import numpy": {"wall": 0.1, "cpu": 0.1, "peak": 2.5e7},
        },
    },
    peers={
        "W1": {"microseconds": {"backprop": 2.0, "NumPy": 50.0, "products": 1.0}, "flops": 24, "is_wide": False},
        "W6": {"microseconds": {"backprop": 1e6, "NumPy": 1.5e6, "products": 8e5}, "flops": 8e10, "is_wide": True},
    },
    loop={"W1": {"loop": 2.2, "bare": 2.0}},
    scaling={"batch": [row(1, 20.0), row(4096, 4e4)], "inputs": [row(1, 20.0), row(123, 40.0)]},
)
TABLES = """\
| network | µs a step | NumPy | PyTorch | JAX step | JAX scan | scikit-learn |
| --- | --: | --: | --: | --: | --: | --: |
| 1-1-1, sgd, float64 | 2 | 25.00 | – | – | – | – |
| 1024-4096-4096-10, batch 512, momentum, float32 | 1,000,000 | 1.50 | – | – | – | – |

| from the shell | seconds | on the processor | peak MB |
| --- | --: | --: | --: |
| 1-1-1, 1,000 epochs: backprop | 0.5 (1.00) | 0.4 (1.00) | 60 (1.00) |
| 1-1-1, 1,000 epochs: NumPy | 0.25 (0.50) | 0.4 (1.00) | 30 (0.50) |
| 30-32-16-1, 100 epochs: backprop | 5 (1.00) | 6 (1.00) | 80 (1.00) |
| start: backprop --help | 0.1 (5.00) | 0.1 (5.00) | 20 (2.00) |
| start: python -c pass | 0.02 (1.00) | 0.02 (1.00) | 10 (1.00) |
| start: backprop train | 0.3 (3.00) | 0.3 (3.00) | 50 (2.00) |
| start: import numpy | 0.1 (1.00) | 0.1 (1.00) | 25 (1.00) |

| network | seconds a step | GFLOP/s | GFLOP/s of its products alone | share |
| --- | --: | --: | --: | --: |
| 1024-4096-4096-10, batch 512, momentum, float32 | 1 | 80 | 100 | 80% |

| network | µs a step in the loop | bare, µs | ratio |
| --- | --: | --: | --: |
| 1-1-1, sgd, float64 | 2.2 | 2 | 1.10 |

![Microseconds of a training step over batch, width, depth and up to 40,960 parameters](tests/benchmarks/scaling.svg)

2026-11-25 · 2 cores of x86_64 · Python 3.12.0 · numpy 2.4.6
"""


def test_tables_are_written_of_what_was_measured() -> None:
    assert section(MEASURED) == TABLES


def test_a_readme_keeps_everything_else() -> None:
    text = "before\n<!-- speed -->\nold\n<!-- /speed -->\nafter\n"

    once = updated(text, MEASURED)

    assert once == f"before\n<!-- speed -->\n{TABLES}<!-- /speed -->\nafter\n"
    assert updated(once, MEASURED) == once
    assert updated(once, {}) == text.replace("old\n", "")


def test_the_numbers_of_the_readme_are_those_that_were_measured() -> None:
    text = README.read_text(encoding="utf-8")

    assert updated(text, kept()) == text


def test_the_picture_is_of_what_was_measured() -> None:
    known = kept().get(NAME)

    assert PICTURE.exists() == (known is not None)
    if known is not None:
        assert PICTURE.read_text(encoding="utf-8") == picture_of(known["found"])


def test_the_readme_says_how_to_measure() -> None:
    assert ".venv/bin/python tests/benchmarks/run.py " in README.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "written"), [(0.0012345, "0.00123"), (2.0, "2"), (123.4, "123"), (999.6, "1,000"), (1e6, "1,000,000")]
)
def test_numbers_have_three_digits_that_count(value: float, written: str) -> None:
    assert number(value) == written


@pytest.mark.parametrize(("value", "written"), [(1.0, "1 µs"), (100.0, "100 µs"), (1e3, "1 ms"), (1e7, "10 s")])
def test_times_have_the_unit_that_suits_them(value: float, written: str) -> None:
    assert microseconds(value) == written


def test_a_scale_is_logarithmic() -> None:
    scale = Scale(1.0, 1000.0, 0.0, 300.0)

    assert [scale(value) for value in (1.0, 10.0, 1000.0)] == pytest.approx([0.0, 100.0, 300.0])
    assert scale.decades == [1.0, 10.0, 100.0, 1000.0]


def test_a_picture_has_every_point_of_every_curve_at_its_place() -> None:
    panels = [Panel("samples < 3", (1, 10, 100), {"a": (1.0, 10.0, 100.0), "b & c": (2.0, 2.0, 2.0)})]

    picture = ET.fromstring(drawn(panels, "Title", "Caption", str))  # noqa: S314  our own text

    tag = "{http://www.w3.org/2000/svg}"
    texts = [one.text for one in picture.iter(f"{tag}text")]
    assert {"Title", "Caption", "a", "b & c", "samples < 3"} <= set(texts)
    rising, level = (
        [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
        for line in picture.iter(f"{tag}polyline")
    )
    assert rising[1][0] - rising[0][0] == pytest.approx(rising[2][0] - rising[1][0])
    assert rising[0][1] - rising[1][1] == pytest.approx(rising[1][1] - rising[2][1])
    assert len({y for _, y in level}) == 1
