"""A run that is written to a folder: it can be killed at any instant, and goes on from its last checkpoint."""

from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from backprop_cli.config.loader import Setup, load
from backprop_cli.config.places import moved
from backprop_cli.documents.writing import write_whole
from backprop_cli.documents.yaml_writer import write_yaml
from backprop_cli.errors import Interrupted, StorageError, counted
from backprop_cli.training.checkpoint import Checkpoint, Stored
from backprop_cli.training.comparing import refuse_changes
from backprop_cli.training.events import (
    EpochDone,
    EpochsDone,
    Event,
    Paused,
    RunStarted,
    RunStopped,
    StepDone,
    one_by_one,
)
from backprop_cli.training.folder import CHECKPOINT, CONFIG, HEADING, MODEL, RUN, RunFolder
from backprop_cli.training.history import Columns
from backprop_cli.training.journal import Journal
from backprop_cli.training.model import Model
from backprop_cli.training.origins import origins_of, refuse_other_data, require_elsewhere
from backprop_cli.training.plan import describe, steps_to_trace
from backprop_cli.training.report import Report
from backprop_cli.training.trainer import MOST, Asked, Trainer, nobody
from backprop_cli.training.warm import require_fit

# The part of its time that a run spends on checkpoints, at most.
_SHARE = 0.05


def record(
    setup: Setup, out: Path, trace: Collection[int] | None = None, asked: Asked = nobody, *, force: bool = False
) -> Generator[Event, None, None]:
    """Train a setup and write all of it to a folder.

    Args:
        setup: what to train; must have targets.
        out: the folder.
        trace: numbers of the steps that are recorded; by default those that the config asks for.
        asked: looked at after each step; a signal ends the run once everything is saved.
        force: whether to replace the run that is there.

    Yields:
        What `train` yields.

    Raises:
        ConfigError: the data has no targets, or the run would replace what it reads.
        DataError: a file has changed since its samples were read.
        StorageError: the folder holds something, is in use, or cannot be written.
        Interrupted: a signal asked for the end.
    """
    setup.require_targets()
    folder = RunFolder(out)
    require_elsewhere(setup, folder)
    with folder.claimed():
        folder.require_room(force=force)
        setup = _portable(setup, folder)
        # Whatever may refuse the run comes before anything is removed.
        data, config = origins_of(setup, folder, None), _config_of(setup)
        recorder = _Recorder(setup, folder, data)
        folder.clear()
        write_whole(folder / CONFIG, [config])
        yield from recorder.events(trace, asked)


def setup_in(out: Path) -> Setup:
    """Read the config that a run folder holds.

    Raises:
        InputError: it is not valid, or its data is not.
        StorageError: the folder holds no run.
    """
    RunFolder(out).require_run()
    return load(out / CONFIG)


def require_same(out: Path, stored: Setup, given: Setup) -> None:
    """Raise ConfigError where a config is not that of the run in a folder."""
    now = _plain(_portable(given, RunFolder(out)))
    what, advice = f"the run in {out} is of another config", "leave that as it was, or choose another folder"
    refuse_changes(given.name, now, _plain(stored), what, advice)


def resume(
    setup: Setup, out: Path, trace: Collection[int] | None = None, asked: Asked = nobody
) -> Generator[Event, None, None]:
    """Go on with the run of a folder, from its last checkpoint; a run that is over ends once more as it did.

    Args:
        setup: what `setup_in` found in the folder.
        out: the folder.
        trace: as for `record`.
        asked: as for `record`.

    Yields:
        What `train` yields; `RunStarted` holds the epochs that were done before.

    Raises:
        ConfigError: the config is not what the run began with.
        DataError: the data is not what the run began with.
        StorageError: the folder is in use, or cannot be read or written.
        Interrupted: a signal asked for the end.
    """
    folder = RunFolder(out)
    with folder.claimed():
        folder.require_run()
        path = folder / CHECKPOINT
        stored = Stored.read(path) if path.exists() else None
        if stored is None:
            require_fit(setup)
        data = origins_of(setup, folder, stored)
        checkpoint = _checkpoint(stored, setup, folder, data) if stored else None
        if checkpoint is None:
            refuse_other_data(folder, data, folder.read_json(RUN).get("data"))
        yield from _Recorder(setup, folder, data, checkpoint, is_resumed=True).events(trace, asked)


def _checkpoint(stored: Stored, setup: Setup, folder: RunFolder, data: Mapping[str, str]) -> Checkpoint:
    what, advice = "the config is not as it was when the run began", "put it back, or start another run"
    refuse_changes(str(folder / CONFIG), _plain(setup), stored.experiment, what, advice)
    refuse_other_data(folder, data, stored.data)
    return stored.checkpoint(setup)


def _portable(setup: Setup, folder: RunFolder) -> Setup:
    """Give a setup as the config in the folder has it, which says nothing of where that is."""
    experiment = moved(setup.experiment, setup.folder, folder.path)
    training = experiment.training.model_copy(update={"out": None})
    experiment = experiment.model_copy(update={"training": training})
    return replace(setup, name=str(folder / CONFIG), experiment=experiment)


def _config_of(setup: Setup) -> bytes:
    try:
        return (HEADING + write_yaml(setup.experiment.as_config())).encode()
    except UnicodeEncodeError as error:
        raise StorageError(f"{setup.folder}: a path in this config is not UTF-8; rename its folder") from error


def _plain(setup: Setup) -> dict[str, Any]:
    return setup.experiment.model_dump(mode="json")


@dataclass(slots=True)
class _Clock:
    """Says when it is time for a checkpoint."""

    every: float
    due: float = 0.0

    def is_due(self) -> bool:
        return perf_counter() >= self.due

    def note(self, seconds: float) -> None:
        """Note how long a checkpoint took."""
        self.due = perf_counter() + (max(self.every, seconds / _SHARE) if self.every else 0.0)


class _Recorder:
    """One run on its way into a folder."""

    def __init__(
        self,
        setup: Setup,
        folder: RunFolder,
        data: Mapping[str, str],
        checkpoint: Checkpoint | None = None,
        *,
        is_resumed: bool = False,
    ) -> None:
        self.setup = setup
        self.experiment = _plain(setup)
        self.is_resumed = is_resumed
        self.folder = folder
        self.data = data
        self.history = list(checkpoint.history) if checkpoint else []
        self.columns = Columns.of(setup)
        self.trainer = Trainer(setup, checkpoint.position if checkpoint else None)
        self.started = describe(setup)
        self.report = Report(folder, self.started, data, is_new=checkpoint is None)
        self.clock = _Clock(setup.experiment.training.checkpoint_every)
        # The step that the checkpoint in the folder is of.
        self.saved = checkpoint.position.steps if checkpoint else None

    def events(self, trace: Collection[int] | None, asked: Asked) -> Iterator[Event]:
        try:
            notices = self.report.begin(self.trainer)
            self.clock.note(0.0)
            if self.is_resumed and self.saved is None:
                notices = ("there is no checkpoint yet, so the run starts at its beginning", *notices)
            past = tuple(self.history)
            yield from self._begun(replace(self.started, past=past, done=self.trainer.done, notices=notices))
            traced = steps_to_trace(self.setup) if trace is None else trace
            with Journal(self.folder, self.columns, past) as journal:
                yield from self._train(journal, traced, asked)
        except StorageError as error:
            raise StorageError(f"{error}{self._how_it_stands()}") from error

    def _begun(self, started: RunStarted) -> Iterator[Event]:
        try:
            yield started
        except GeneratorExit:
            self.report.note(self.trainer, "interrupted")
            raise

    def _train(self, journal: Journal, trace: Collection[int], asked: Asked) -> Iterator[Event]:
        # A checkpoint after each step is only where no steps are taken together.
        most = MOST if self.clock.every else 1
        pause = lambda: asked() is not None or self.clock.is_due()  # noqa: E731  it is asked often
        for event in self.trainer.events(trace, pause, most=most):
            if isinstance(event, RunStopped):
                self._end(journal, event)
                yield event
                return
            # All of what is done together is noted before any of it is told.
            told = list(one_by_one([event]))
            for each in told:
                if isinstance(each, EpochDone):
                    self.history.append(each)
                    journal.add(each)
            self._look_up(event, asked)
            for each in told:
                if not isinstance(each, Paused):
                    yield from self._handed_over(each)

    def _end(self, journal: Journal, stopped: RunStopped) -> None:
        journal.settle()
        self.folder.require_claim()
        Model.of(self.setup, self.trainer.network).write(self.folder / MODEL)
        self.report.end(stopped)

    def _look_up(self, event: Event | EpochsDone | Paused, asked: Asked) -> None:
        """Save where it is time to, and leave where that is asked for; not in between a step and its epoch."""
        if isinstance(event, StepDone) or not self._is_told:
            return
        signal = asked()
        if signal is not None or self.trainer.is_over or self.clock.is_due():
            self._save("running" if signal is None else "interrupted")
        if signal is not None and not self.trainer.is_over:
            steps = f"after step {self.trainer.done:,} of {self.started.steps:,}"
            raise Interrupted(f"interrupted {steps}; {self._how_to_go_on()}", signal)

    @property
    def _is_told(self) -> bool:
        """Whether the history has all epochs that are done."""
        return len(self.history) == self.trainer.epochs

    def _handed_over(self, event: Event) -> Iterator[Event]:
        """Hand an event over; when nobody wants more, save what was done so far."""
        try:
            yield event
        except GeneratorExit:
            if self._is_told:
                self._save("interrupted")
            else:
                self.report.note(self.trainer, "interrupted")
            raise

    def _save(self, outcome: str) -> None:
        begun = perf_counter()
        self.folder.require_claim()
        checkpoint = Checkpoint(self.trainer.position, tuple(self.history), self.experiment, self.data)
        checkpoint.write(self.folder / CHECKPOINT, self.columns)
        self.saved = self.trainer.done
        self.report.note(self.trainer, outcome)
        self.clock.note(perf_counter() - begun)

    def _how_it_stands(self) -> str:
        if not self.folder.is_claimed:
            # What is there now is not ours.
            return ""
        if self.saved is None:
            return "; nothing is saved yet"
        return f"; the last checkpoint, after {counted(self.saved, 'step')}, is kept; {self._how_to_go_on()}"

    def _how_to_go_on(self) -> str:
        return f"go on with: {self.folder.go_on}"
