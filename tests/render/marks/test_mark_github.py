"""GitHub's workflow commands: one a line, escaped as GitHub documents, as loud as the figure is wrong."""

import re
from collections.abc import Callable

import pytest

from backprop_cli.grading.marking import Place
from backprop_cli.render.mark_github import command
from backprop_cli.render.marked import Marked

Sheet = Callable[..., Marked]
Written = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "in_a_property", "in_the_message"),
    [
        ("plain", "plain", "plain"),
        ("100%", "100%25", "100%25"),
        ("%0A", "%250A", "%250A"),
        ("a\nb", "a%0Ab", "a%0Ab"),
        ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
        ("C:\\x", "C%3A\\x", "C:\\x"),
        ("a,b", "a%2Cb", "a,b"),
        ("::error::", "%3A%3Aerror%3A%3A", "::error::"),
    ],
)
def test_text_is_escaped_as_github_documents(text: str, in_a_property: str, in_the_message: str) -> None:
    assert command("error", {"file": text}, text) == f"::error file={in_a_property}::{in_the_message}"


def test_what_is_not_known_is_left_out() -> None:
    assert command("notice", {"file": "", "title": "t"}, "m") == "::notice title=t::m"
    assert command("notice", {}, "m") == "::notice::m"


def levels(text: str) -> list[str]:
    return re.findall(r"^::(\w+)", text, re.MULTILINE)


def test_every_refused_figure_has_a_command(sheet: Sheet, written: Written) -> None:
    for strict in (False, True):
        marked = sheet("two-neurons", strict=strict)
        found = levels(written(marked, "github"))

        assert found.count("error") == 5
        assert found.count("warning" if strict else "notice") == len(found) - 5 == 5
        assert len(marked.marking.refused(strict=strict)) == len(found) - found.count("notice")


def test_a_figure_stands_beside_its_line(sheet: Sheet, written: Written) -> None:
    first, *_, last = written(sheet("two-neurons"), "github").splitlines()

    assert first == (
        "::error file=two-neurons.csv,line=8,col=1,title=dyhat/dz3%3A ✗ wrong::"
        "written 0.235, true 0.23428, from your own figures 0.23438; the last digit is off by one; "
        "the sheet says: 0.625 * 0.375 is 0.234"
    )
    assert last.startswith("12 of 17 figures are right in method")


def test_what_is_found_as_declared_is_not_mentioned(sheet: Sheet, written: Written) -> None:
    assert levels(written(sheet("declared"), "github")) == []
    assert levels(written(sheet("mazur"), "github")) == ["notice", "error", "error"]


def test_a_sheet_from_standard_input_has_no_file(sheet: Sheet, written: Written) -> None:
    from dataclasses import replace

    marked = sheet("two-neurons")
    verdict = marked.marking.verdicts[6]
    piped = replace(verdict, claim=replace(verdict.claim, place=Place("-", 3, 1)))
    text = written(replace(marked, marking=replace(marked.marking, verdicts=(piped,))), "github")

    assert text.startswith("::error title=dyhat/dz3%3A ✗ wrong::")


def test_no_text_starts_a_command_of_its_own(sheet: Sheet, written: Written) -> None:
    rows = written(sheet("hostile"), "github").splitlines()

    assert [row for row in rows if row.startswith("::")] == rows[:2]
    assert not any("::" in row.split("::", 2)[1] for row in rows[:2])
