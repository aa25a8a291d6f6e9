"""Progress of long work on stderr: a bar on a terminal, a line now and then elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from backprop_cli.render.numbers import Digits, format_rate
from backprop_cli.render.rows import progress_line
from backprop_cli.training.events import EpochDone, RunStarted

# Lines of a run that is not on a terminal.
_LINES = 10
# Widths of the bar, and of the time left with the gaps around it.
_BAR, _CLOCK = 16, 10
_BETWEEN = " · "


@contextmanager
def progress(started: RunStarted, digits: Digits) -> Iterator[Callable[[EpochDone], None]]:
    """Give a function that shows each epoch while the block runs."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(started, digits)
        return
    bar = Progress(
        BarColumn(bar_width=None),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task(f"epoch 0/{started.epochs:,}", total=started.steps)

        def advance(event: EpochDone) -> None:
            bar.update(task, completed=event.step, description=_line(event, started, digits))

        yield advance


def _lines(started: RunStarted, digits: Digits) -> Callable[[EpochDone], None]:
    every = max(1, started.epochs // _LINES)

    def tell(event: EpochDone) -> None:
        if event.epoch % every == 0 or event.epoch == started.epochs:
            print(_line(event, started, digits), file=sys.stderr)

    return tell


def _line(event: EpochDone, started: RunStarted, digits: Digits) -> str:
    text = progress_line(event.epoch, started.epochs, event.training, event.validation, digits)
    done = event.epoch * started.samples
    return f"{text} · {format_rate(done / event.seconds)}" if event.seconds else text
