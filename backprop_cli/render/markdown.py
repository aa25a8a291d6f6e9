"""Text and tables in Markdown, as GitHub reads it."""

import re
from collections.abc import Sequence

# Characters that mean something in Markdown; an underscore within a word does not.
_MARKUP = re.compile(r"[\\`*\[\]<>|&~$#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def plain(text: str) -> str:
    """Escape what Markdown would take for markup; a line break would end a heading or a row."""
    return _MARKUP.sub(lambda found: "\\" + found[0], " ".join(text.split()))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: frozenset[int] = frozenset()) -> str:
    """Write a table of cells that are Markdown already.

    Args:
        columns: the headings.
        rows: the cells, as many as there are headings.
        numbers: the places of the columns that stand on the right.
    """
    ruler = ["---:" if place in numbers else "---" for place in range(len(columns))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, ruler, *rows))
