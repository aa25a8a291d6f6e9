"""What a run folder says of its run, whatever state it is in: nothing here trains, and nothing is written."""

import csv
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from backprop_cli.documents.files import Unreadable, open_bytes
from backprop_cli.documents.yaml_reader import read_yaml
from backprop_cli.errors import ConfigError, StorageError
from backprop_cli.immutable import immutable
from backprop_cli.training import lock
from backprop_cli.training.events import Checked, Confusion, Counts, Outcome, RunStarted, RunStopped, Trouble, Values
from backprop_cli.training.folder import CONFIG, HISTORY, RUN, RunFolder
from backprop_cli.training.report import refuse_newer

_Measured: TypeAlias = Mapping[str, float | None]


class _Done(BaseModel):
    steps: int
    epochs: int


class _Samples(BaseModel):
    training: int
    validation: int
    test: int


class _Times(BaseModel):
    started: str
    ended: str | None
    seconds: float
    resumed: int


class _Trouble(BaseModel):
    quantity: str
    value: str
    step: int
    advice: str


class _Check(BaseModel):
    name: str
    condition: str
    found: float | None
    met: bool


class _Confusion(BaseModel):
    classes: tuple[str, ...]
    training: Counts
    validation: Counts | None
    test: Counts | None


class _Ended(BaseModel):
    """What is known of a run that is over."""

    outcome: Outcome
    done: _Done
    times: _Times
    best_epoch: int | None
    restored: bool
    plateaus: int
    initial: _Measured
    final: _Measured
    validation: _Measured | None
    test: _Measured | None
    trouble: _Trouble | None
    expect: tuple[_Check, ...]
    confusion: _Confusion | None


class _Told(BaseModel):
    """What is known of any run."""

    outcome: str
    network: str
    parameters: int
    trainable: int
    samples: _Samples
    planned: _Done
    done: _Done
    seed: int
    dtype: str
    data: dict[str, str]
    times: _Times


@immutable
class Epochs:
    """The history of a run.

    Attributes:
        names: of the columns.
        rows: one for each epoch.
    """

    names: tuple[str, ...] = ()
    rows: tuple[tuple[float, ...], ...] = ()

    def column(self, name: str) -> tuple[float, ...]:
        """Give the values of a column; none where it is not there."""
        if name not in self.names:
            return ()
        at = self.names.index(name)
        return tuple(row[at] for row in self.rows)


@immutable
class Past:
    """A run, as far as its folder knows.

    Attributes:
        folder: of the run, as the user named it.
        state: 'finished', 'stopped early' or 'diverged' where it is over; 'running', 'interrupted' or 'killed' where it
            is not; 'begun' where nothing of it was written down yet.
        writer: who is writing to the folder; None where nobody is.
        report: what `run.json` holds.
        started: what the run is; None where nothing of it was written down yet.
        stopped: how it ended, without its parameters; None where it is not over.
        done: steps and epochs that were saved last.
        files: that samples come from, as seen from the folder.
        when: it started, in UTC.
        seconds: that it took so far.
        resumed: how often it went on.
        epochs: all that are done, saved or not.
    """

    folder: Path
    state: str
    writer: str | None
    report: Mapping[str, Any]
    started: RunStarted | None = None
    stopped: RunStopped | None = None
    done: tuple[int, int] = (0, 0)
    files: tuple[str, ...] = ()
    when: str = ""
    seconds: float = 0.0
    resumed: int = 0
    epochs: Epochs = Epochs()

    @classmethod
    def read(cls, path: Path) -> "Past":
        """Read what a folder knows.

        Raises:
            StorageError: it holds no run, or what it holds is damaged.
        """
        folder = RunFolder(path)
        folder.require_run()
        writer, report = lock.holder(path), _report(folder / RUN)
        if report is None:
            return cls(path, "begun" if writer is None else "running", writer, {})
        try:
            told = _Told.model_validate(report)
            stopped = (
                _stopped(_Ended.model_validate(report)) if told.outcome not in {"running", "interrupted"} else None
            )
        except (ValidationError, ValueError) as error:
            raise _damaged(folder / RUN) from error
        return cls(
            folder=path,
            state=_state(told.outcome, writer),
            writer=writer,
            report=report,
            started=_started(told),
            stopped=stopped if writer is None else None,
            done=(told.done.steps, told.done.epochs),
            files=tuple(told.data),
            when=told.times.started,
            seconds=told.times.seconds,
            resumed=told.times.resumed,
            epochs=_epochs(folder / HISTORY),
        )

    def config(self) -> Any:
        """Read what was trained, in plain values.

        Raises:
            StorageError: the file is damaged.
        """
        path = self.folder / CONFIG
        try:
            return read_yaml(path).plain()
        except ConfigError as error:
            raise StorageError(f"{error.problems[0].heading()}; this file is damaged; put back a copy of it") from error


def _state(outcome: str, writer: str | None) -> str:
    if writer is not None:
        return "running"
    return "killed" if outcome == "running" else outcome


def _report(path: Path) -> dict[str, Any] | None:
    """Read `run.json`; None where it is not there yet."""
    if not path.exists():
        return None
    try:
        with open_bytes(path) as file:
            found = json.loads(file.read())
    except Unreadable as error:
        raise StorageError(f"{path}: {error}") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(found, dict):
        raise _damaged(path)
    refuse_newer(path, found)
    return found


def _damaged(path: Path) -> StorageError:
    todo = f"put back a copy, or let it be written anew: {RunFolder(path.parent).go_on}"
    return StorageError(f"{path}: this is damaged, or was not written by backprop; {todo}")


def _epochs(path: Path) -> Epochs:
    """Read the history up to the first line that is not whole: a run that was killed may have been writing it."""
    try:
        with open_bytes(path) as file:
            lines = file.read().decode("utf-8", "replace").splitlines(keepends=True)
    except Unreadable:
        return Epochs()
    whole = [line for line in lines if line.endswith("\n")]
    head, *cells = list(csv.reader(whole)) or [[]]
    rows: list[tuple[float, ...]] = []
    for line in cells:
        try:
            rows.append(tuple(map(float, line)))
        except ValueError:
            break
        if len(line) != len(head):
            rows.pop()
            break
    return Epochs(tuple(head), tuple(rows))


def _started(told: _Told) -> RunStarted:
    return RunStarted(
        summary=told.network,
        parameters=told.parameters,
        trainable=told.trainable,
        samples=told.samples.training,
        validation_samples=told.samples.validation,
        steps=told.planned.steps,
        epochs=told.planned.epochs,
        seed=told.seed,
        dtype=told.dtype,
        test_samples=told.samples.test,
    )


def _stopped(ended: _Ended) -> RunStopped:
    initial, final = _values(ended.initial), _values(ended.final)
    validation, test = (None if one is None else _values(one) for one in (ended.validation, ended.test))
    if any(one is not None and one.metrics.keys() != final.metrics.keys() for one in (initial, validation, test)):
        raise ValueError(ended)
    confusion = ended.confusion
    return RunStopped(
        outcome=ended.outcome,
        steps=ended.done.steps,
        epochs=ended.done.epochs,
        best_epoch=ended.best_epoch,
        initial=initial,
        final=final,
        validation=validation,
        parameters={},
        trouble=None if ended.trouble is None else Trouble(**ended.trouble.model_dump()),
        seconds=ended.times.seconds,
        confusion=None if confusion is None else Confusion(**confusion.model_dump()),
        test=test,
        restored=ended.restored,
        plateaus=ended.plateaus,
        checks=tuple(_checked(ended.expect)),
    )


def _checked(checks: Sequence[_Check]) -> list[Checked]:
    return [Checked(one.name, one.condition, _number(one.found), one.met) for one in checks]


def _values(measured: _Measured) -> Values:
    """Give loss and metrics; raises ValueError where there is no loss."""
    if "loss" not in measured:
        raise ValueError(measured)
    numbers = {name: _number(value) for name, value in measured.items()}
    return Values(numbers.pop("loss"), numbers)


def _number(written: float | None) -> float:
    # JSON has no other way to say that a number is not finite.
    return math.nan if written is None else written
