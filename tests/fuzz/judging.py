"""What must hold whatever a reader is given."""

import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from targets import Target

from backprop_cli.errors import BackpropError, InputError, Problem

MOST_SECONDS = 5.0
# A message longer than this is read by nobody.
LONGEST_MESSAGE = 1000
# So many problems at once, too.
MOST_PROBLEMS = 500


class Fault(AssertionError):  # noqa: N818  it is no error of ours
    """Say what a reader did that none may do."""


class _TooLong(BaseException):
    """End what takes too long; nothing that catches errors catches this."""


def judge(target: Target, data: bytes) -> int:
    """Give an input to a reader.

    Returns:
        0 where it is accepted, or the exit code of the error that it ends in.

    Raises:
        Fault: it takes too long, or ends in anything but an error of the reader's kind, told in plain sentences.
    """
    try:
        with _alarm():
            target.run(data)
    except BackpropError as error:
        flaws = list(_flaws(target, error))
        if flaws:
            raise Fault(f"{'; '.join(flaws)}: {str(error)[:2000]!r}") from error
        return error.exit_code
    except _TooLong as error:
        where = "".join(traceback.format_tb(error.__traceback__)[-3:])
        raise Fault(f"takes more than {MOST_SECONDS:g} s, in\n{where}") from None
    except Exception as error:
        raise Fault("".join(traceback.format_exception(error)[-4:])) from error
    return 0


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(_number: int, _frame: FrameType | None) -> NoReturn:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _flaws(target: Target, error: BackpropError) -> Iterator[str]:
    """Find what is wrong with an error."""
    if error.exit_code not in target.codes:
        yield f"exit code {error.exit_code}, not one of {sorted(target.codes)}"
    problems = error.problems if isinstance(error, InputError) else (Problem(str(error)),)
    if not 0 < len(problems) <= MOST_PROBLEMS:
        yield f"{len(problems)} problems"
    for problem in problems:
        yield from _flaws_of(problem)


def _flaws_of(problem: Problem) -> Iterator[str]:
    heading, *excerpt = str(problem).split("\n")
    if not problem.message.strip():
        yield "no message"
    if len(problem.message) > LONGEST_MESSAGE and len(heading) > LONGEST_MESSAGE:
        yield f"a message of {len(heading):,} characters"
    if problem.line is not None and problem.line < 1:
        yield f"line {problem.line}"
    if len(excerpt) not in {0, 2} or not all(line.isprintable() for line in (heading, *excerpt)):
        yield "more than a paragraph and an excerpt of one line, all printable"
