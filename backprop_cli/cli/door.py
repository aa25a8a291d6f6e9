"""The one place where an exception becomes text on stderr and an exit code."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from backprop_cli.errors import BackpropError, InputError

BUG, INTERRUPTED = 70, 130


@contextmanager
def door(*, debug: bool = False) -> Iterator[None]:
    """End the program with a sentence and an exit code instead of a traceback.

    Args:
        debug: let the traceback of a bug be seen.
    """
    try:
        yield
    except InputError as error:
        _say(str(error))
        _say(_count(len(error.problems)))
        raise typer.Exit(error.exit_code) from None
    except BackpropError as error:
        _say(f"backprop: {error}")
        raise typer.Exit(error.exit_code) from None
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except KeyboardInterrupt:
        _say("backprop: interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if debug:
            raise
        _say(f"backprop: internal error: {type(error).__name__}: {error}; run with --debug to see where, and report it")
        raise typer.Exit(BUG) from None


def _count(problems: int) -> str:
    return f"{problems} problem{'' if problems == 1 else 's'} found"


def _say(text: str) -> None:
    print(text, file=sys.stderr)
