"""Lines of a text as editors count them, and where in them an offset is."""

import re
from array import array
from bisect import bisect_right
from itertools import chain

# YAML and str.splitlines() know more, which may stand within a text of JSON and a cell of a table.
_LINE_END = re.compile(r"\r\n?|\n")


class Lines:
    """The lines of one text.

    Attributes:
        texts: the lines, without line ends.
    """

    def __init__(self, text: str) -> None:
        self.texts = tuple(_LINE_END.split(text))
        self._starts = array("Q", chain([0], (end.end() for end in _LINE_END.finditer(text))))

    def position(self, offset: int) -> tuple[int, int]:
        """Give the 1-based line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
