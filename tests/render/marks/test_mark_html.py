"""HTML: well-formed whatever the names are, for every reader and every width, loading nothing."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from backprop_cli.render.mark_telling import NUMBERS, Column, tell
from backprop_cli.render.marked import Marked

Written = Callable[..., str]
pages = pytest.mark.parametrize("document", [True, False])


class Page(HTMLParser):
    """Reads a page and complains about elements that are not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data


@pages
def test_it_is_well_formed_and_its_table_says_all_that_is_told(each: Marked, document: bool, written: Written) -> None:
    report, page = tell(each), Page(written(each, "html", document=document))
    headings = list(report.columns) if report.figures else []
    cells = [figure.cells[column] for figure in report.figures for column in report.columns]

    assert page.cells == [*headings, *cells]


@pages
def test_it_loads_nothing_and_runs_nothing(each: Marked, document: bool, written: Written) -> None:
    text = written(each, "html", document=document)

    assert not {"script", "link", "img", "iframe", "a"} & {tag for tag, _ in Page(text).seen}
    assert not re.search(r"url\(|@import| src=", text)


def test_it_can_be_found_through_by_ear(each: Marked, written: Written) -> None:
    page = Page(written(each, "html"))
    tags = [tag for tag, _ in page.seen]
    scopes = {attributes.get("scope") for tag, attributes in page.seen if tag == "th"}
    roles = {attributes.get("role") for tag, attributes in page.seen if tag in {"table", "tr", "td", "th"}}

    assert ("html", {"lang": "en"}) in page.seen
    assert [tags.count(tag) for tag in ("h1", "header", "main")] == [1, 1, 1]
    assert scopes <= {"col", "row"}
    assert roles <= {"table", "row", "cell", "columnheader", "rowheader"}


def test_every_number_says_what_it_is_where_headings_are_out_of_sight(each: Marked, written: Written) -> None:
    page = Page(written(each, "html"))
    labels = {attributes["data-label"] for tag, attributes in page.seen if tag == "td" and "data-label" in attributes}

    assert labels == (set(tell(each).columns) & {*NUMBERS, Column.SOURCE})


def test_a_page_and_a_piece_of_one_differ_in_their_frame(each: Marked, written: Written) -> None:
    page, piece = (written(each, "html", document=document) for document in (True, False))

    assert page.startswith("<!DOCTYPE html>")
    assert piece.startswith('<div class="backprop-sheet backprop-marks in-page">')
    assert "<body" not in piece
