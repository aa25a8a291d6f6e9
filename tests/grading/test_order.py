"""The verdicts on a sheet depend on nothing but the sheet, and long sheets take no more than their share of time."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from students.networks import Config, course_of, dice, draw_config, setup_of
from students.people import Student, nodes_of, work
from students.trials import SOUGHT, plant_in

from backprop_cli.api import check
from backprop_cli.grading.answers import Entry
from backprop_cli.grading.marking import Place
from backprop_cli.grading.reader import Reader

HERE = Path(__file__).parent
# Marks a config and a sheet of its own, as files, and prints all there is to say.
PROGRAM = """
import sys
from backprop_cli.api import check
print(check(sys.argv[1], sys.argv[2]).text("json"))
"""
SQUARE: Config = {
    "network": {
        "inputs": 2,
        "layers": [
            {"units": 2, "weights": [[0.15, 0.2], [0.25, 0.3]], "bias": {"per": "layer", "values": 0.35}},
            {"units": 2, "weights": [[0.4, 0.45], [0.5, 0.55]], "bias": {"per": "layer", "values": 0.6}},
        ],
    },
    "loss": "half_sse",
    "optimizer": {"name": "sgd", "learning_rate": 0.5},
    "data": {"inputs": [[0.05, 0.1]], "targets": [[0.01, 0.99]]},
}


def sheet_with_slips(seed: int) -> tuple[Config, list[Config]]:
    """Draw a network, and a sheet on it with one slip; the slips take turns."""
    rng = dice(f"order {seed}")
    while True:
        config = draw_config(rng, widest=2)
        course = course_of(config)
        found = plant_in(rng, SOUGHT[seed * 5 % len(SOUGHT)], config, course)
        if found is not None:
            return config, [{"name": each.name, "printed": each.printed, "step": each.step} for each in found.claims]


def shuffled(value: Any, seed: int) -> Any:
    """Put the keys of all mappings in another order."""
    if isinstance(value, list):
        return [shuffled(each, seed) for each in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    dice(f"keys {seed}").shuffle(keys)
    return {key: shuffled(value[key], seed) for key in keys}


def write(folder: Path, config: Config, entries: list[Config]) -> tuple[Path, Path]:
    """Write both files; JSON is YAML."""
    (folder / "config.yaml").write_text(json.dumps(config))
    (folder / "sheet.json").write_text(json.dumps(entries))
    return folder / "config.yaml", folder / "sheet.json"


def printed(config: Path, sheet: Path, hash_seed: int) -> str:
    """Mark a sheet in a process of its own."""
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, "-c", PROGRAM, config, sheet]
    return subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout


def with_seed(config: Config, seed: int) -> Config:
    return config | {"training": config["training"] | {"seed": seed}}


def told(config: Path, sheet: Path) -> list[Any]:
    """Give all that is said of a sheet, but where its figures stand."""
    marking = check(config, sheet).marking
    verdicts = [replace(verdict, claim=replace(verdict.claim, place=Place())) for verdict in marking.verdicts]
    return [verdicts, marking.conventions]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_no_verdict_depends_on_the_seed_of_hashes(tmp_path: Path, seed: int) -> None:
    files = write(tmp_path, *sheet_with_slips(seed))

    assert len({printed(*files, hash_seed) for hash_seed in (0, 1, 4242)}) == 1


@pytest.mark.parametrize("seed", range(6))
def test_no_verdict_depends_on_the_order_of_keys(tmp_path: Path, seed: int) -> None:
    config, entries = sheet_with_slips(seed)
    before = told(*write(tmp_path, config, entries))

    for turn in range(3):
        files = write(tmp_path, shuffled(config, turn), shuffled(entries, turn))

        assert told(*files) == before


@pytest.mark.parametrize("seed", range(6))
def test_no_verdict_depends_on_the_seed_of_a_run_whose_numbers_are_given(tmp_path: Path, seed: int) -> None:
    config, entries = sheet_with_slips(seed)
    before = told(*write(tmp_path, config, entries))

    for number in (1, 99):
        assert told(*write(tmp_path, with_seed(config, number), entries)) == before


def long_sheet(figures: int) -> list[Entry]:
    """Work through every tenth step of a 2-2-2 net, ten figures of each."""
    course = course_of(SQUARE | {"training": {"steps": figures}})
    steps = range(1, figures + 1, 10)
    nodes = [node for step in steps for node in nodes_of(course, [step])[:10]]
    student = Student(dice("long"), lambda: 6)
    return [Entry(claim.name, claim.printed, claim.step) for claim in work(student, course, nodes)]


def count_visits(monkeypatch: pytest.MonkeyPatch, mark: Callable[[], object]) -> int:
    """Count the expressions of lines that are followed."""
    visits, usual = 0, Reader.usual

    def counting(self: Reader, node: Any) -> Any:
        nonlocal visits
        visits += 1
        return usual(self, node)

    with monkeypatch.context() as patch:
        patch.setattr(Reader, "usual", counting)
        mark()
    return visits


@pytest.mark.parametrize("wrong", [False, True], ids=["honest", "with wrong figures"])
def test_twice_the_figures_take_twice_the_work(monkeypatch: pytest.MonkeyPatch, *, wrong: bool) -> None:
    def visits(figures: int) -> int:
        entries = long_sheet(figures)
        if wrong:
            entries[::20] = [Entry(each.name, f"9{each.printed.lstrip('-')}", each.step) for each in entries[::20]]
        setup = setup_of(SQUARE | {"training": {"steps": figures}})
        return count_visits(monkeypatch, lambda: check(setup, entries))

    assert visits(800) <= 2.2 * visits(400)
