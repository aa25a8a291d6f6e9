"""`backprop check` as a user meets it: what is marked, what is written where, and the exit code."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from backprop_cli.cli.app import MarkForm, Revealed, app
from backprop_cli.cli.check import SUMMARY
from backprop_cli.render.marked import Reveal
from backprop_cli.render.marks import FORMS

ROOT = Path(__file__).parent.parent.parent
CONFIG = "configs/two-neurons.yaml"
RIGHT = "name,printed\nz2,0.25\na2,0.562\n"
ROUNDED = "name,printed\ndL/dyhat,-0.94\ndyhat/dz,0.25\ndL/db,-0.235\n"
WRONG = "name,printed\nz2,0.25\nz3,0.512\nb2_new,0.379\n"
CARRIED = "name,printed\ndL/dyhat,-0.875\ndyhat/dz3,0.234\ndz3/dw2,0.5\ndL/dw2,-0.102\n"


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv(SUMMARY, raising=False)


def check(*words: str, columns: int = 200, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["check", *words], env={"COLUMNS": str(columns)}, input=stdin)


def homework(folder: Path, text: str) -> str:
    path = folder / "homework.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("config", "text", "flags", "code"),
    [
        (CONFIG, RIGHT, [], 0),
        (CONFIG, RIGHT, ["--strict"], 0),
        (CONFIG, WRONG, [], 1),
        (CONFIG, CARRIED, [], 1),
        (CONFIG, "name,printed\nz2,ten\n", [], 1),
        (CONFIG, "name,printed\nq,1\n", [], 1),
        (CONFIG, "name,printed,verdict\nz2,0.25,right\nz3,0.6,wrong\n", [], 0),
        (CONFIG, "name,printed,verdict\nz2,0.25,wrong\n", [], 1),
        ("configs/one-neuron.yaml", ROUNDED, [], 0),
        ("configs/one-neuron.yaml", ROUNDED, ["--strict"], 1),
    ],
)
def test_the_exit_code_says_whether_every_figure_passes(
    config: str, text: str, flags: list[str], code: int, tmp_path: Path
) -> None:
    for form in FORMS:
        result = check(config, homework(tmp_path, text), "--format", form.name, *flags)

        assert (result.exit_code, result.stderr) == (code, "")


@pytest.mark.parametrize("config", ["one-neuron", "two-neurons"])
def test_the_figures_of_a_config_are_as_it_declares(config: str) -> None:
    result = check(f"configs/{config}.yaml")

    assert result.exit_code == 0
    assert re.search(r"^The \d+ declared verdicts were all found$", result.stdout, re.MULTILINE)


def test_the_first_slip_is_told_with_what_it_carried(tmp_path: Path) -> None:
    rows = check(CONFIG, homework(tmp_path, CARRIED)).stdout.splitlines()

    assert rows[3] == "Where it went wrong"
    assert re.fullmatch(r"  dz3/dw2: .*; 1 later figure follows from it: dL/dw2", rows[4])
    assert rows[-1] == "3 of 4 figures are right in method: 2 right, 1 carried; 1 wrong"


def test_answers_may_come_from_standard_input() -> None:
    result = check(CONFIG, "-", stdin=RIGHT)

    assert result.exit_code == 0
    assert result.stdout.startswith("Marking of standard input\n")


def test_a_setting_changes_what_is_right() -> None:
    words = ("--set", "data.inputs=[[1]]", "--set", "figures=[]")

    assert check(CONFIG, "-", *words, stdin="name,printed\nz2,0.4\n").exit_code == 0


def test_true_values_may_be_kept_from_a_student(tmp_path: Path) -> None:
    sheet = homework(tmp_path, WRONG)
    texts = {reveal: check(CONFIG, sheet, "--reveal", reveal).stdout for reveal in ("never", "wrong", "all")}

    assert [("0.42049" in texts[reveal], "0.5124" in texts[reveal]) for reveal in texts] == [
        (False, False),
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("name", "suffix", "start"),
    [
        ("console", "txt", "Marking of "),
        ("markdown", "md", "# Marking of "),
        ("html", "html", "<!DOCTYPE html>"),
        ("json", "json", "{"),
        ("junit", "xml", "<?xml "),
    ],
)
def test_the_suffix_of_the_output_picks_the_form(name: str, suffix: str, start: str, tmp_path: Path) -> None:
    path = tmp_path / f"marks.{suffix}"
    written = check(CONFIG, "--output", str(path))
    printed = check(CONFIG, "--format", name, "--output", "-")

    assert (written.exit_code, written.stdout) == (0, "")
    assert path.read_text(encoding="utf-8") == printed.stdout
    assert printed.stdout.startswith(start)


def test_github_gets_annotations_and_a_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv(SUMMARY, str(summary))
    sheet = homework(tmp_path, WRONG)
    result = check(CONFIG, sheet, "--format", "github")
    silent = check(CONFIG, sheet, "--format", "markdown")

    assert result.stdout.startswith(f"::error file={sheet},line=4,col=")
    assert summary.read_text(encoding="utf-8") == f"before\n{silent.stdout}\n"


def test_a_summary_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SUMMARY, str(tmp_path / "nowhere" / "summary.md"))
    result = check(CONFIG, "--format", "github")

    assert result.exit_code == 6
    assert result.stderr.startswith(f"backprop: {SUMMARY}: {tmp_path}/nowhere/summary.md cannot be written: ")


def test_programs_can_read_the_outcome(tmp_path: Path) -> None:
    sheet = homework(tmp_path, WRONG)
    document = json.loads(check(CONFIG, sheet, "--format", "json").stdout)
    suites = ET.fromstring(check(CONFIG, sheet, "--format", "junit").stdout)  # noqa: S314  it was written here

    assert (document["passes"], document["score"]) == (False, {"right_in_method": 2, "figures": 3})
    assert suites.attrib["failures"] == "1"


def test_words_stand_out_on_a_terminal_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    plain = check(CONFIG).stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    styled = check(CONFIG).stdout

    assert "\x1b" not in plain
    assert re.search(r"\x1b\[32m✓ right *\x1b\[0m", styled)
    unstyled = re.sub(r"\x1b\[[\d;]*m", "", styled)
    assert [row.rstrip() for row in unstyled.splitlines()] == plain.splitlines()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-", "-"], "config and answers cannot both come from standard input; give one of them as a file"),
        (
            [CONFIG, "--output", "marks.pdf"],
            (
                "marks.pdf: no form has this suffix; there are .txt, .md, .markdown, .html, .htm, .json, .xml, "
                "or name a form with --format"
            ),
        ),
        (
            ["configs/xor.yaml"],
            "configs/xor.yaml has no figures to mark; give a sheet of answers, or write them under 'figures'",
        ),
    ],
)
def test_what_cannot_be_marked_says_why(words: list[str], message: str) -> None:
    result = check(*words)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"backprop: {message}\n")


def test_a_sheet_that_is_not_valid_is_refused(tmp_path: Path) -> None:
    result = check(CONFIG, homework(tmp_path, "name,printed\nz2\n,3\n"))

    assert (result.exit_code, result.stdout) == (3, "")
    assert "homework.csv:" in result.stderr


def test_the_command_offers_every_form_and_every_way_to_reveal() -> None:
    assert [form.value for form in MarkForm] == [form.name for form in FORMS]
    assert [revealed.value for revealed in Revealed] == [reveal.value for reveal in Reveal]
