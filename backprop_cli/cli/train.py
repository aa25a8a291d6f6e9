"""`backprop train`: train, show, and exit with 5 when something stops being finite."""

import math
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

from rich.console import Console

from backprop_cli.api.rounding import rounding_of
from backprop_cli.api.runs import begun
from backprop_cli.cli.door import silence_stdout
from backprop_cli.cli.output import console_for, write_result
from backprop_cli.cli.progress import Tell, progress
from backprop_cli.cli.signals import Signals
from backprop_cli.config.loader import Setup
from backprop_cli.documents.json_writer import write_json
from backprop_cli.engine.record import StepRecord
from backprop_cli.errors import DivergedError
from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Variable
from backprop_cli.render.rows import MOST_SAMPLES, Chain, Speaker, checks_table, circumstances, confusion_table
from backprop_cli.render.to_console import (
    show_checks,
    show_confusion,
    show_parameters,
    show_started,
    show_step,
    show_summary,
)
from backprop_cli.render.to_json import document
from backprop_cli.training.events import EpochDone, Event, RunStarted, RunStopped, StepDone
from backprop_cli.training.plan import SMALL, describe, steps_to_trace
from backprop_cli.training.start import layout_of
from backprop_cli.training.trainer import nobody
from backprop_cli.training.warm import require_fit

# Exit code of a run that has not reached what was expected of it.
NOT_AS_EXPECTED = 1


@immutable
class Choices:
    """What the command line chose."""

    out: Path | None = None
    resume: bool = False
    force: bool = False
    form: str = "console"
    output: Path | None = None
    trace: int | None = None
    expect: tuple[str, ...] = ()
    dry_run: bool = False
    quiet: bool = False


def run(config: str | None, settings: Sequence[str], choices: Choices) -> int:
    """Train a config, show the result, and give the exit code: 1 where the run is not as expected.

    Raises:
        DivergedError: something stopped being finite; the result up to there is shown.
        Interrupted: a signal ended a run that is written to a folder.
    """
    beginning = begun(
        config, settings, expect=choices.expect, out=choices.out, resume=choices.resume, force=choices.force
    )
    setup = beginning.setup
    setup.require_targets()
    trace = steps_to_trace(setup, choices.trace)
    if choices.dry_run:
        require_fit(setup)
        _show(setup, [describe(setup)], (), choices)
        return 0
    # Without a folder there is nothing to save, and a signal ends the program as it ends any other.
    with Signals(quiet=choices.quiet) if beginning.out else nullcontext() as signals:
        asked = signals.asked if signals else nobody
        # Closed here, where it can say so when it cannot save.
        with closing(beginning.start(trace, asked)) as events:
            try:
                stopped = _show(setup, events if choices.quiet else _announced(events, beginning.out), trace, choices)
            except BrokenPipeError:
                if beginning.out is None:
                    raise
                # Whoever read the output has seen enough of it; a run in a folder goes on without.
                silence_stdout()
                stopped = _last(list(events))
    if stopped is not None and stopped.trouble is not None:
        raise DivergedError(stopped.trouble.sentence)
    return NOT_AS_EXPECTED if stopped is not None and not all(check.met for check in stopped.checks) else 0


def _show(setup: Setup, events: Iterable[Event], trace: Collection[int], choices: Choices) -> RunStopped | None:
    """Show a run while it goes on, and give its end."""
    show = _show_json if choices.form == "json" else _show_console
    last_traced = max(trace, default=0)
    with _watch(setup, describe(setup), trace, choices) as tell:
        # A bar below tables that are still being printed would tear them apart.
        return show(setup, events, lambda event: tell(event) if _steps(event) > last_traced else None, choices)


def ignore(event: EpochDone | RunStopped) -> None:
    """Show nothing of an epoch."""


def _announced(events: Iterable[Event], out: Path | None) -> Iterator[Event]:
    """Say on stderr what a run in a folder begins with, and where it is when it is over."""
    for event in events:
        if isinstance(event, RunStarted):
            if event.done:
                print(f"backprop: goes on after step {event.done:,} of {event.steps:,}", file=sys.stderr)
            for notice in event.notices:
                print(f"backprop: {notice}", file=sys.stderr)
        yield event
        if isinstance(event, RunStopped) and out is not None:
            print(f"backprop: the run is in {out}", file=sys.stderr)


def _steps(event: EpochDone | RunStopped) -> float:
    """Give the steps done; the end of a run comes after all of them."""
    return event.step if isinstance(event, EpochDone) else math.inf


def _watch(setup: Setup, started: RunStarted, trace: Collection[int], choices: Choices) -> Any:
    """Show progress where there is work that nothing else shows."""
    if choices.quiet or choices.dry_run or started.epochs == 1 or len(trace) == started.steps:
        return nullcontext(ignore)
    return progress(started, rounding_of(setup).digits)


def _show_json(setup: Setup, events: Iterable[Event], tell: Tell, choices: Choices) -> RunStopped | None:
    seen: list[Event] = []
    for event in events:
        seen.append(event)
        if isinstance(event, EpochDone | RunStopped):
            tell(event)
    found = document(setup.experiment.model_dump(mode="json"), seen, layout_of(setup), setup.names)
    write_result(write_json(found), choices.output)
    return _last(seen)


def _last(events: Sequence[Event]) -> RunStopped | None:
    return next((event for event in events if isinstance(event, RunStopped)), None)


def _show_console(setup: Setup, events: Iterable[Event], tell: Tell, choices: Choices) -> RunStopped | None:
    rounding = rounding_of(setup, carry=False)
    speaker = Speaker(rounding, setup.names, layout_of(setup), len(setup.dataset.training))
    stopped = None
    with console_for(choices.output) as console:
        for event in events:
            if isinstance(event, EpochDone | RunStopped):
                tell(event)
                stopped = event if isinstance(event, RunStopped) else None
            else:
                _show_event(console, setup, speaker, event)
        if stopped is not None:
            _show_end(console, speaker, stopped)
    return stopped


def _show_event(console: Console, setup: Setup, speaker: Speaker, event: RunStarted | StepDone) -> None:
    if isinstance(event, RunStarted):
        show_started(console, event.summary, circumstances(event))
        return
    record = event.record
    gradients = speaker.gradients(record, _chains(setup, record))
    show_step(console, speaker.step_heading(record), speaker.predictions(record), gradients)


def _chains(setup: Setup, record: StepRecord) -> dict[Variable, Chain]:
    """Tell how the gradients come about, in steps that are small enough to be shown number by number."""
    if len(record.before) > SMALL or len(record.samples) > MOST_SAMPLES:
        return {}
    # Runs that show no step start without what tells one.
    from backprop_cli.api.grounds import ground_of
    from backprop_cli.render.telling import chains_of
    from backprop_cli.worksheet.book import Book
    from backprop_cli.worksheet.witness import NotExplained

    try:
        return chains_of(Book(ground_of(setup, record), rounding_of(setup, carry=False)), setup.names)
    except NotExplained:
        # A formula overflows as it is taught; what was trained is right, and is shown.
        return {}


def _show_end(console: Console, speaker: Speaker, stopped: RunStopped) -> None:
    show_summary(console, speaker.summary(stopped))
    confusion = confusion_table(stopped.confusion) if stopped.confusion else None
    if confusion is not None:
        show_confusion(console, confusion)
    if len(stopped.parameters) <= SMALL:
        show_parameters(console, speaker.parameters(stopped.parameters))
    if stopped.checks:
        show_checks(console, checks_table(stopped.checks, speaker.rounding.digits))
