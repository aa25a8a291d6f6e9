"""Where a text came from, so that a problem can point into it."""

from backprop_cli.errors import Problem
from backprop_cli.immutable import immutable


@immutable
class Source:
    """A text that the user wrote, by line.

    Attributes:
        name: the file, as the user named it.
        lines: its lines, without line ends.
        origin: the flag that the text stands in; empty when it stands in the file.
    """

    name: str
    lines: tuple[str, ...]
    origin: str = ""

    def problem(self, message: str, line: int, column: int) -> Problem:
        """Point at a 1-based line and column; a flag has neither."""
        if self.origin:
            return Problem(message, where=self.origin)
        text = self.lines[line - 1] if line <= len(self.lines) else None
        return Problem(message, where=self.name, line=line, column=column, source=text)
