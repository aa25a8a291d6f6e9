"""What `run.json` says of a run: how it came about, how far it is, and what came of it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from backprop_cli import __version__
from backprop_cli.errors import StorageError
from backprop_cli.training.circumstances import circumstances, differences
from backprop_cli.training.events import RunStarted, RunStopped, Values
from backprop_cli.training.folder import RUN, RunFolder
from backprop_cli.training.trainer import Trainer

SCHEMA = 1


class _Times(BaseModel):
    started: str
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    resumed: Annotated[int, Field(ge=0)]


class _Earlier(BaseModel):
    """What is used of the report of a run that goes on."""

    times: _Times
    circumstances: dict[str, Any]


class Report:
    """Keeps `run.json` up to date; all that no two runs share is under `times`."""

    def __init__(self, folder: RunFolder, started: RunStarted, data: Mapping[str, str], *, is_new: bool) -> None:
        """Describe a run.

        Args:
            folder: that it is written to.
            started: what it will be.
            data: the SHA-256 of each file that samples come from.
            is_new: whether it starts, and does not go on.
        """
        self._folder = folder
        self._earlier = None if is_new else _earlier(folder)
        self._is_lost = not is_new and self._earlier is None
        self._plain: dict[str, Any] = {
            "schema": SCHEMA,
            "outcome": "running",
            "network": started.summary,
            "parameters": started.parameters,
            "trainable": started.trainable,
            "samples": {
                "training": started.samples,
                "validation": started.validation_samples,
                "test": started.test_samples,
            },
            "planned": {"steps": started.steps, "epochs": started.epochs},
            "done": {"steps": 0, "epochs": 0},
            "seed": started.seed,
            "dtype": started.dtype,
            "data": dict(data),
            "circumstances": circumstances(__version__),
        }
        times = self._earlier.times if self._earlier else _Times(started=_now(), seconds=0.0, resumed=0)
        self._before = times.seconds
        self._times = {
            "started": times.started,
            "ended": None,
            "seconds": times.seconds,
            "resumed": times.resumed + (not is_new),
        }

    def begin(self, trainer: Trainer) -> tuple[str, ...]:
        """Write that the run goes on, and say what may make it end differently; raises StorageError."""
        # What was trained before counts as time of this run.
        trainer.started -= self._before
        self.note(trainer, "running")
        if self._is_lost:
            return (f"{self._folder / RUN} was damaged or gone, and is written anew; its times start over",)
        if self._earlier is None:
            return ()
        found = differences(self._earlier.circumstances, self._plain["circumstances"])
        return tuple(f"{one}; the last digits may differ" for one in found)

    def note(self, trainer: Trainer, outcome: str) -> None:
        """Write how far the run is; raises StorageError."""
        self._times["seconds"] = perf_counter() - trainer.started
        self._times["ended"] = None if outcome == "running" else _now()
        self._plain["done"] = {"steps": trainer.done, "epochs": trainer.epochs}
        self._write(outcome)

    def end(self, stopped: RunStopped) -> None:
        """Write what came of the run; raises StorageError."""
        self._times |= {"seconds": stopped.seconds, "ended": _now()}
        self._plain["done"] = {"steps": stopped.steps, "epochs": stopped.epochs}
        self._plain |= {
            "best_epoch": stopped.best_epoch,
            "restored": stopped.restored,
            "plateaus": stopped.plateaus,
            "initial": _measured(stopped.initial),
            "final": _measured(stopped.final),
            "validation": _measured(stopped.validation),
            "test": _measured(stopped.test),
            "trouble": None if stopped.trouble is None else asdict(stopped.trouble),
            "expect": [asdict(check) for check in stopped.checks],
            "confusion": None if stopped.confusion is None else asdict(stopped.confusion),
        }
        self._write(stopped.outcome)

    def _write(self, outcome: str) -> None:
        self._plain["outcome"] = outcome
        self._folder.write_json(RUN, {**self._plain, "times": self._times})


def refuse_newer(path: Path, plain: Mapping[str, Any]) -> None:
    """Raise StorageError where a report has a form that is not known here yet."""
    if isinstance(plain.get("schema"), int) and plain["schema"] > SCHEMA:
        raise StorageError(f"{path}: this has a form that only a newer backprop reads; update backprop")


def _earlier(folder: RunFolder) -> _Earlier | None:
    plain = folder.read_json(RUN)
    refuse_newer(folder / RUN, plain)
    with suppress(ValidationError):
        return _Earlier.model_validate(plain)
    return None


def _measured(values: Values | None) -> dict[str, float] | None:
    return None if values is None else {"loss": values.loss, **values.metrics}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
