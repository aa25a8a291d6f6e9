"""Packed texts are those that were packed."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.documents.packed import Packed, Packer

TEXTS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=3), max_size=30)


@settings(deadline=None)
@given(texts=TEXTS, times=st.integers(1, 200))
def test_texts_come_out_as_they_went_in(texts: list[str], times: int) -> None:
    """Empty ones and blanks, too, and more than stand together."""
    texts = texts * times
    packed = Packed.of(texts)
    assert list(packed) == texts == [text for part in packed.parts() for text in part]
    assert len(packed) == len(texts)
    for at in (0, len(texts) // 2, -1) if texts else ():
        assert packed[at] == texts[at]
    assert packed[1:5000:3] == texts[1:5000:3]
    assert list(packed.stripped()) == [text.strip() for text in texts]
    with pytest.raises(IndexError):
        packed[len(texts)]


@settings(deadline=None)
@given(rows=st.lists(st.tuples(st.text("ab ", max_size=2), st.text("ab ", max_size=2)), max_size=9))
def test_rows_become_columns(rows: list[tuple[str, str]]) -> None:
    rows = rows * 300
    packer = Packer(2)
    for line, row in enumerate(rows, start=2):
        packer.add(row, line)
    first, second = packer.columns()
    assert list(zip(first, second, strict=True)) == rows
    assert list(packer.lines) == list(range(2, len(rows) + 2))


def test_a_packed_text_takes_little_more_than_its_characters() -> None:
    tracemalloc.start()
    try:
        packer = Packer(1)
        for number in range(100_000):
            packer.add([f"{number:017}"], number)
        packed = packer.columns()[0]
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(packed) == 100_000
    # 17 characters, one between, and eight bytes for the line; a text by itself takes 66.
    assert held / len(packed) < 28
