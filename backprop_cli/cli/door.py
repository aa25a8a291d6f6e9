"""The one place where an exception becomes text on stderr and an exit code."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from backprop_cli.errors import BackpropError, InputError, counted

UNWRITABLE, BUG = 6, 70
# A shell adds the number of the signal that ended a program.
ENDED_BY = 128


@contextmanager
def door(*, debug: bool = False) -> Iterator[None]:
    """End the program with a sentence and an exit code instead of a traceback.

    Args:
        debug: let the traceback of a bug be seen.
    """
    try:
        yield
        sys.stdout.flush()
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt as error:
        _say("backprop: interrupted")
        # Of signals that we take ourselves, the number comes along.
        raise typer.Exit(ENDED_BY + (error.args[0] if error.args else signal.SIGINT)) from None
    except Exception as error:
        if debug and not isinstance(error, BackpropError | OSError):
            raise
        raise typer.Exit(_tell(error)) from None


def _tell(error: Exception) -> int:
    """Say what happened and give the exit code."""
    match error:
        case InputError():
            _say(str(error))
            _say(f"{counted(len(error.problems), 'problem')} found")
            return error.exit_code
        case BackpropError():
            _say(f"backprop: {error}")
            return error.exit_code
        case BrokenPipeError():
            # Whoever read our output has seen enough.
            silence_stdout()
            return 0
        case OSError():
            # Everything of ours names its file; what is left is standard output.
            silence_stdout()
            _say(f"backprop: the result cannot be written: {error.strerror or error}")
            return UNWRITABLE
        case _:
            what = f"{type(error).__name__}: {error}"
            _say(f"backprop: internal error: {what}; run with --debug to see where, and report it")
            return BUG


def silence_stdout() -> None:
    """Let what is left in the buffer go nowhere, so that the end of the program does not trip over it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(text: str) -> None:
    print(text, file=sys.stderr)
