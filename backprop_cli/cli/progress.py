"""Progress of long work on stderr: a bar on a terminal, a line now and then elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console

from backprop_cli.algebra.digits import Digits
from backprop_cli.render.numbers import format_rate, format_seconds
from backprop_cli.render.rows import progress_line
from backprop_cli.training.events import EpochDone, RunStarted, RunStopped

Tell: TypeAlias = Callable[[EpochDone | RunStopped], None]
# Lines of a run that is not on a terminal.
_LINES = 10
# Widths of the bar, and of the time left with the gaps around it.
_BAR, _CLOCK = 16, 10
_BETWEEN = " · "


@contextmanager
def progress(started: RunStarted, digits: Digits) -> Iterator[Tell]:
    """Give a function that shows each epoch, and clears the bar when the run has stopped."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(started, digits)
        return
    # For terminals alone; what is piped or written by CI starts without it.
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(bar_width=_BAR), TextColumn("{task.description}"), TimeRemainingColumn(compact=True))
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task("", total=started.steps)
    room = console.width - _BAR - _CLOCK

    def advance(event: EpochDone | RunStopped) -> None:
        if isinstance(event, RunStopped):
            bar.stop()
            return
        # Only now, so that what was printed before the first epoch ended stays above the bar.
        bar.start()
        bar.update(task, completed=event.step, description=_fitting(_line(event, started, digits), room))

    try:
        yield advance
    finally:
        bar.stop()


def _fitting(line: str, room: int) -> str:
    """Leave out the last parts of a line until it fits; what matters most comes first."""
    parts = line.split(_BETWEEN)
    while len(parts) > 1 and len(_BETWEEN.join(parts)) > room:
        parts.pop()
    return _BETWEEN.join(parts)


def _lines(started: RunStarted, digits: Digits) -> Tell:
    every = max(1, started.epochs // _LINES)

    def tell(event: EpochDone | RunStopped) -> None:
        if isinstance(event, EpochDone) and (event.epoch % every == 0 or event.epoch == started.epochs):
            print(_line(event, started, digits), file=sys.stderr)

    return tell


def _line(event: EpochDone, started: RunStarted, digits: Digits) -> str:
    """Say how far training is, how fast it goes and how long it will take; seconds are never quite 0."""
    text = progress_line(event.epoch, started.epochs, event.training, event.validation, digits)
    seconds = max(event.seconds, 1e-9)
    rate = format_rate(event.epoch * started.samples / seconds)
    left = format_seconds(seconds / event.step * (started.steps - event.step))
    return f"{text}{_BETWEEN}{rate}{_BETWEEN}{left} left"
