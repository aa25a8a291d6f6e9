"""One JSON document of a training run, at full precision; its form is versioned by `schema`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from backprop_cli import __version__
from backprop_cli.engine.layout import Layout
from backprop_cli.engine.record import StepRecord
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.notation import LEAVING, write
from backprop_cli.training.events import EpochDone, Event, RunStarted, RunStopped, StepDone, Values

SCHEMA = 1
# What a run that goes on has beyond others; its document is that of a run that never stopped.
_OF_RESUMING = {"past", "done", "notices"}


def document(
    experiment: Mapping[str, Any], events: Sequence[Event], layout: Layout, names: NameTable
) -> dict[str, Any]:
    """Build the document of a run from its events; a dry run has only the first."""
    found: dict[str, Any] = {"schema": SCHEMA, "command": "train", "version": __version__, "experiment": experiment}
    history = [_epoch(event) for event in _epochs(events)]
    steps = [_step(event.record, layout, names) for event in events if isinstance(event, StepDone)]
    for event in events:
        if isinstance(event, RunStarted):
            found["run"] = _fields(event)
    found |= {"history": history, "steps": steps}
    for event in events:
        if isinstance(event, RunStopped):
            found |= _end(event, events)
    return found


def _epochs(events: Sequence[Event]) -> Iterator[EpochDone]:
    """Walk all epochs, those of an earlier run that went on included."""
    for event in events:
        if isinstance(event, RunStarted):
            yield from event.past
        elif isinstance(event, EpochDone):
            yield event


def _fields(started: RunStarted) -> dict[str, Any]:
    return {name: getattr(started, name) for name in RunStarted.__dataclass_fields__ if name not in _OF_RESUMING}


def _measured(values: Values) -> dict[str, Any]:
    return {"loss": values.loss, "metrics": dict(values.metrics)}


def _values(values: Values | None) -> dict[str, Any] | None:
    return None if values is None else _measured(values)


def _epoch(event: EpochDone) -> dict[str, Any]:
    return {
        "epoch": event.epoch,
        "step": event.step,
        "loss": event.training.loss,
        "metrics": dict(event.training.metrics),
        "validation": _values(event.validation),
        "learning_rate": event.rate,
    }


def _step(record: StepRecord, layout: Layout, names: NameTable) -> dict[str, Any]:
    return {
        "step": record.step,
        "epoch": record.epoch,
        "samples": list(record.samples),
        "learning_rate": record.rate,
        "loss": record.loss,
        "penalty": record.penalty,
        "predictions": record.predictions.T.tolist(),
        "targets": record.y.T.tolist(),
        "weights": None if record.weights is None else record.weights.tolist(),
        "kept": [None if kept is None else kept.T.tolist() for kept in record.kept],
        "parameters": _parameters(record, layout, names),
        "state": {
            letter: {
                write(parameter, LEAVING): float(vector[at])
                for parameter, at in layout.parameters()
                if at < len(vector)
            }
            for letter, vector in record.state_after.items()
        },
    }


def _parameters(record: StepRecord, layout: Layout, names: NameTable) -> list[dict[str, Any]]:
    change = record.change
    return [
        {
            "name": write(parameter, LEAVING),
            "label": names.label(parameter),
            "gradient": float(record.gradient[at]) if at < layout.trainable else None,
            "applied": float(record.applied[at]) if at < layout.trainable else None,
            "before": float(record.before[at]),
            "change": float(change[at]),
            "after": float(record.after[at]),
        }
        for parameter, at in layout.parameters()
    ]


def _end(stopped: RunStopped, events: Sequence[Event]) -> dict[str, Any]:
    trained = sum(event.samples for event in _epochs(events))
    trouble = stopped.trouble
    return {
        "outcome": stopped.outcome,
        "trouble": None if trouble is None else {key: getattr(trouble, key) for key in trouble.__dataclass_fields__},
        "best_epoch": stopped.best_epoch,
        "restored": stopped.restored,
        "plateaus": stopped.plateaus,
        "initial": _measured(stopped.initial),
        "final": {**_measured(stopped.final), "validation": _values(stopped.validation)},
        "test": _values(stopped.test),
        "expect": [asdict(check) for check in stopped.checks],
        "confusion": None if stopped.confusion is None else asdict(stopped.confusion),
        "parameters": dict(stopped.parameters),
        "timing": {
            "seconds": stopped.seconds,
            "samples_per_second": trained / stopped.seconds if stopped.seconds else 0.0,
        },
    }
