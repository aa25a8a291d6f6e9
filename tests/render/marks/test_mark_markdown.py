"""Markdown as GitHub reads it: one row a figure, and no character that is taken for markup."""

import re
from collections.abc import Callable

import pytest

from backprop_cli.render.mark_telling import tell
from backprop_cli.render.marked import Marked

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("name", ["two-neurons", "mazur"])
def test_a_marked_sheet_reads_well(
    name: str, sheet: Callable[..., Marked], written: Callable[..., str], golden: Golden
) -> None:
    golden(f"marks-{name}.md", written(sheet(name), "markdown"))


def test_the_table_has_a_row_for_every_figure_and_a_cell_for_every_column(
    each: Marked, written: Callable[..., str]
) -> None:
    report = tell(each)
    rows = [row for row in written(each, "markdown").splitlines() if row.startswith("|")]
    cells = {len(re.split(r"(?<!\\)\|", row)) for row in rows}

    assert len(rows) == (len(report.figures) + 2 if report.figures else 0)
    assert cells <= {len(report.columns) + 2}


def test_markup_in_names_is_escaped(sheet: Callable[..., Marked], written: Callable[..., str]) -> None:
    text = written(sheet("hostile"), "markdown")

    assert "\\<a href" in text
    assert not re.search(r"(?<!\\)[<`~]", text)
