"""A marked sheet on a terminal: laid out well, whole at every width, and coloured only beside words."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from backprop_cli.grading.marking import Status
from backprop_cli.render.mark_console import lay_out
from backprop_cli.render.mark_scores import mark_of
from backprop_cli.render.mark_telling import Column, tell
from backprop_cli.render.marked import Marked
from backprop_cli.render.spans import width_of

Sheet = Callable[..., Marked]
Written = Callable[..., str]
Golden = Callable[[str, str], None]

WIDTHS = [*range(40, 201)]


def unfolded(text: str) -> str:
    """Take out what folding changes: where words are apart, and by how much."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(("name", "width"), [("two-neurons", 80), ("two-neurons", 200), ("mazur", 80), ("mazur", 200)])
def test_a_marked_sheet_is_laid_out_well(name: str, width: int, sheet: Sheet, written: Written, golden: Golden) -> None:
    golden(f"marks-{name}-{width}.txt", written(sheet(name), width=width))


def test_no_digit_of_any_figure_is_cut_at_any_width(each: Marked, written: Written) -> None:
    report = tell(each)
    numbers = (Column.WRITTEN, Column.TRUE, Column.OWN)
    cells = [figure.cells[column] for figure in report.figures for column in numbers]
    for width in WIDTHS:
        words = written(each, width=width).split()
        missing = [word for cell in cells for word in cell.split() if word not in words]

        assert (width, missing) == (width, [])


def test_every_name_and_every_note_is_there_at_every_width(each: Marked, written: Written) -> None:
    report = tell(each)
    said = [report.title, report.score, *report.endings, *report.conventions]
    said += [f"{label}: {what}" for label, what in report.roots]
    said += [figure.cells[column] for figure in report.figures for column in (Column.FIGURE, Column.SOURCE)]
    said += [mark_of(figure.status) for figure in report.figures]
    for width in WIDTHS:
        text = unfolded(written(each, width=width))
        missing = [words for words in said if unfolded(words) not in text]

        assert (width, missing) == (width, [])


def test_notes_are_whole_where_they_stand_below_their_figure(each: Marked, written: Written) -> None:
    text = unfolded(written(each, width=40))

    assert all(unfolded(figure.cells[Column.NOTE]) in text for figure in tell(each).figures)


def test_a_row_is_wider_than_the_terminal_only_with_one_word_on_it(each: Marked, written: Written) -> None:
    for width in WIDTHS:
        for row in written(each, width=width).splitlines():
            assert width_of(row) <= width or len(row.split()) <= 1, f"at {width}: {row}"


@pytest.mark.parametrize("name", ["two-neurons", "all right"])
def test_numbers_stand_with_their_points_under_each_other(name: str, sheet: Sheet, written: Written) -> None:
    rows = written(sheet(name), width=120).splitlines()
    own = [row for row in rows if re.match(r"(?:a2|z3|yhat|L|dL/dyhat) ", row)]

    assert len({[match.start() for match in re.finditer(r"\.", row)][-1] for row in own}) == 1


def test_a_colour_says_nothing_that_no_word_says(each: Marked) -> None:
    report = tell(each)
    for width in (40, 80, 200):
        rows = list(lay_out(report, width))
        coloured = [span.text for row in rows for span in row if span.style in {"good", "fair", "bad"}]

        assert {text.strip() for text in coloured} <= {mark_of(status) for status in Status}
        assert len(coloured) == len(report.figures)


def test_only_what_is_refused_is_red(sheet: Sheet) -> None:
    def styles(**more: Any) -> list[str]:
        rows = lay_out(tell(sheet("two-neurons", **more)), 200)
        return [span.style for row in rows for span in row if span.style in {"good", "fair", "bad"}]

    assert styles().count("bad") == 5
    assert styles(strict=True).count("bad") == 10


def test_declared_verdicts_that_are_found_are_not_red(sheet: Sheet, written: Written) -> None:
    report = tell(sheet("declared"))

    assert "bad" not in {span.style for row in lay_out(report, 80) for span in row}
    assert written(sheet("declared")).endswith("The 3 declared verdicts were all found\n")
