"""The exception tree: everything that this package raises on purpose.

BackpropError
├── UsageError            exit 2   the command line asks for something that cannot be
│   └── MissingExtra      exit 2   an optional package is not installed
├── InputError                     a file is wrong; carries every problem found in it
│   ├── ConfigError       exit 3
│   ├── AnswerError       exit 3
│   └── DataError         exit 4
├── DivergedError         exit 5   a loss, gradient or parameter is not finite
├── StorageError          exit 6   a run folder, checkpoint or output cannot be read or written
├── Interrupted           exit 130 or 143: stopped by a signal, with everything saved
└── InternalError         exit 70  a bug of ours

Anything else that escapes is a bug, too, and ends with exit code 70.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from backprop_cli.immutable import immutable


@immutable
class Problem:
    """One thing wrong in one place of what the user wrote.

    Attributes:
        message: what was written, why it cannot be, what to do.
        where: the file or flag, as the user named it; empty when there is none.
        line: 1-based line, or None when the problem has no line.
        column: 1-based column, or None.
        source: the source line, shown under the message with a caret.
    """

    message: str
    where: str = ""
    line: int | None = None
    column: int | None = None
    source: str | None = None

    def heading(self) -> str:
        """Give `file:line:column: message`, leaving out what is not known."""
        place = ":".join(str(part) for part in (self.where, self.line, self.column) if part not in {None, ""})
        message = _escaped(_LONG_WORD.sub(_cut, self.message))
        return f"{_escaped(place)}: {message}" if place else message

    def __str__(self) -> str:
        if self.source is None or self.column is None:
            return self.heading()
        source, caret = _window(self.source, self.column)
        return f"{self.heading()}\n    {source}\n    {' ' * caret}^"


# A source line longer than this is shown as a window around the caret.
WINDOW = 100
# What a file holds may stand in a message: a word without end is cut, and what would do more to a terminal than show is
# written as an escape.
_LONG_WORD = re.compile(r"\S{201,}")
_START, _END = 120, 40
_LONGEST_SLIP = 100


def _cut(word: re.Match[str]) -> str:
    return f"{word[0][:_START]}…{word[0][-_END:]}"


def _escaped(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _window(source: str, column: int) -> tuple[str, int]:
    """Cut a long source line around a 1-based column; give the text and the caret's offset in it."""
    text = "".join(sign if sign.isprintable() else " " if sign == "\t" else "\ufffd" for sign in source.rstrip())
    offset = column - 1
    start = 0 if len(text) <= WINDOW else max(0, offset - WINDOW // 2)
    shown = text[start : start + WINDOW]
    lead, tail = "…" if start else "", "…" if start + WINDOW < len(text) else ""
    return lead + shown + tail, offset - start + len(lead)


class BackpropError(Exception):
    """Base of every error that a user can cause or must be told of."""

    exit_code: int = 70


class UsageError(BackpropError):
    """Report a command line that cannot be carried out."""

    exit_code = 2


class MissingExtra(UsageError):  # noqa: N818  it names what is missing
    """Report an optional package that is not installed, with the command that installs it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"this needs {package}: pip install 'backprop-cli[{extra}]'")


class InputError(BackpropError):
    """Carry every problem found in what the user wrote, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConfigError(InputError):
    """Report a config that is not valid."""

    exit_code = 3


class AnswerError(InputError):
    """Report an answer sheet that is not valid."""

    exit_code = 3


class DataError(InputError):
    """Report data that cannot be trained on."""

    exit_code = 4


class DivergedError(BackpropError):
    """Report a quantity that stopped being finite."""

    exit_code = 5


class StorageError(BackpropError):
    """Report a file or folder that cannot be read, written or used."""

    exit_code = 6


class Interrupted(BackpropError):  # noqa: N818  nothing went wrong
    """Report that a signal ended the work, and that all of it is saved."""

    exit_code = 130

    def __init__(self, message: str, signal: int) -> None:
        super().__init__(message)
        # As a shell counts what a signal ended.
        self.exit_code = 128 + signal


class InternalError(BackpropError):
    """Report a broken promise of our own."""

    exit_code = 70


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """Give '; did you mean …?' for the nearest known word, or '' when none is near."""
    # A text is no slip of a word, and would take long to compare with many.
    words = [word for word in known if len(word) <= _LONGEST_SLIP] if len(wrong) <= _LONGEST_SLIP else []
    near = get_close_matches(wrong, words, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def counted(number: int, noun: str) -> str:
    """Write a number of things: `1 row`, `3 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
