"""Runs and models that lie in files, as text, tables and curves, and as JSON."""

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backprop_cli.algebra.digits import Digits
from backprop_cli.errors import counted
from backprop_cli.immutable import immutable
from backprop_cli.render.numbers import format_count, format_number, format_seconds
from backprop_cli.render.rows import Table, checks_table, circumstances, confusion_table, summary_table
from backprop_cli.rules.picture import Curve, Picture
from backprop_cli.training.folder import RunFolder
from backprop_cli.training.past import Epochs, Past

# Losses that differ by more than this factor are drawn on a logarithmic scale.
_SPAN = 30.0
# A drawing has no room for more places.
_MOST_PLACES = 400
_CURVES = {"training.loss": "training loss", "validation.loss": "validation loss"}
_DIGITS = Digits()
# Stands where a run has nothing that others have.
_NONE = "–"
_MINUTE = len("2026-11-24T12:00")


def headline(past: Past) -> str:
    """Say which run it is and how it stands."""
    by = f" by {past.writer}" if past.writer else ""
    saved = f", {_saved(past)}" if past.stopped is None else ""
    return f"{past.folder}: {past.state}{by}{saved}"


def _saved(past: Past) -> str:
    if past.started is None:
        return "nothing written down yet"
    if not past.done[0]:
        return "nothing saved yet"
    return f"last saved after step {past.done[0]:,} of {past.started.steps:,}"


def advice(past: Past) -> str:
    """Say what can be done about a run that is not over; '' where there is nothing to do."""
    if past.stopped is not None and past.stopped.trouble is not None:
        return past.stopped.trouble.sentence
    if past.stopped is not None or past.state == "running":
        return ""
    return f"go on with: {RunFolder(past.folder).go_on}"


def facts(past: Past) -> list[str]:
    """Say what the run is, line by line."""
    if past.started is None:
        return []
    lines = [past.started.summary, circumstances(past.started)]
    if past.files:
        files = (os.path.normpath(past.folder / file) for file in past.files)
        lines.append(f"data: {', '.join(files)}")
    parts = [f"started {past.when[:_MINUTE].replace('T', ' ')} UTC"]
    if past.stopped is None:
        parts.append(f"trained for {format_seconds(past.seconds)}")
    if past.resumed:
        parts.append(f"resumed {counted(past.resumed, 'time')}")
    lines.append(" · ".join(parts))
    return lines


def ending(past: Past) -> Table | None:
    """Show loss and metrics at the end of a run, or of its last epoch so far; None where there is none."""
    if past.stopped is not None:
        return summary_table(past.stopped, _number, _number)
    if not past.epochs.rows:
        return None
    names, last = past.epochs.names, past.epochs.rows[-1]
    measured = [(name, _number(value)) for name, value in zip(names, last, strict=True) if "." in name]
    return Table(("", "so far"), tuple(measured), note=f"after {counted(len(past.epochs.rows), 'epoch')}")


def further(past: Past) -> Iterator[Table]:
    """Show which classes were taken for which, and what was expected."""
    stopped = past.stopped
    confusion = confusion_table(stopped.confusion) if stopped and stopped.confusion else None
    if confusion is not None:
        yield confusion
    if stopped and stopped.checks:
        yield checks_table(stopped.checks, _DIGITS)


@immutable
class Losses:
    """The curves of a run's losses.

    Attributes:
        picture: the curves.
        decades: whether they are to be drawn on a logarithmic scale.
    """

    picture: Picture
    decades: bool


def losses(epochs: Epochs) -> Losses | None:
    """Give the curves of the losses; None where there are fewer than two epochs to draw."""
    known = {label: epochs.column(name) for name, label in _CURVES.items() if name in epochs.names}
    finite = [at for at in range(len(epochs.rows)) if all(math.isfinite(column[at]) for column in known.values())]
    if not known or len(finite) < 2:  # noqa: PLR2004  a curve has two ends
        return None
    numbers = epochs.column("epoch")
    places, columns = _thinned([numbers[at] for at in finite], [[c[at] for at in finite] for c in known.values()])
    every = [height for column in columns for height in column]
    low, high = min(every), max(every)
    curves = tuple(Curve(label, tuple(column)) for label, column in zip(known, columns, strict=True))
    return Losses(Picture("losses", "epoch", tuple(places), curves), decades=low > 0 and high / low > _SPAN)


def _thinned(places: list[float], columns: list[list[float]]) -> tuple[list[float], list[list[float]]]:
    """Give no more places than can be drawn: of each stretch its ends, with the extremes that the curve has in it."""
    size = math.ceil(2 * len(places) / _MOST_PLACES)
    if size <= 2:  # noqa: PLR2004  two of two are all
        return places, columns
    starts = range(0, len(places), size)
    ends = [place for at in starts for place in (places[at], places[min(at + size, len(places)) - 1])]
    return ends, [[one for at in starts for one in _extremes(column[at : at + size])] for column in columns]


def _extremes(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low, high) if values.index(low) <= values.index(high) else (high, low)


def comparison(pasts: Sequence[Past]) -> Table:
    """Show runs beside each other: how each stands, and what it came to."""
    told = [{"state": past.state, "epochs": _epochs(past), **_measures(past)} for past in pasts]
    names = dict.fromkeys(name for one in told for name in one)
    rows = tuple((name, *(one.get(name, _NONE) for one in told)) for name in names)
    return Table(("", *(str(past.folder) for past in pasts)), rows)


def _epochs(past: Past) -> str:
    return format_count(past.stopped.epochs if past.stopped else len(past.epochs.rows))


def _measures(past: Past) -> dict[str, str]:
    """Give the numbers that a run has come to, by name."""
    if past.stopped is None:
        last = past.epochs.rows[-1] if past.epochs.rows else ()
        named = dict(zip(past.epochs.names, last, strict=True)) if last else {}
        return {_short(name): _number(value) for name, value in named.items() if "." in name}
    parts = {"": past.stopped.final, "validation ": past.stopped.validation, "test ": past.stopped.test}
    return {
        f"{part}{name}": _number(value)
        for part, values in parts.items()
        if values is not None
        for name, value in (("loss", values.loss), *values.metrics.items())
    }


def _short(name: str) -> str:
    part, _, metric = name.partition(".")
    return metric if part == "training" else f"{part} {metric}"


def config_differences(folders: Sequence[str], configs: Sequence[Any]) -> Table | None:
    """Show what the configs of runs do not have in common; None where they are the same."""
    flat = [dict(_flat(config)) for config in configs]
    keys = dict.fromkeys(key for one in flat for key in one)
    rows = tuple(
        (key, *(one.get(key, _NONE) for one in flat)) for key in keys if len({one.get(key) for one in flat}) > 1
    )
    return Table(("what differs", *folders), rows) if rows else None


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Walk the single values of a config by their paths."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _flat(item, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        for number, item in enumerate(value):
            yield from _flat(item, f"{place}[{number}]")
    else:
        yield place, _told(value)


def _told(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def past_document(past: Past) -> dict[str, Any]:
    """Build what JSON says of a run."""
    rows = [dict(zip(past.epochs.names, row, strict=True)) for row in past.epochs.rows]
    return {
        "folder": str(past.folder),
        "state": past.state,
        "writer": past.writer,
        "run": past.report,
        "config": past.config(),
        "history": rows,
    }


def _number(value: float) -> str:
    return format_number(value, _DIGITS)
