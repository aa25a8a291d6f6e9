"""What is measured of the data, by name: `validation.loss`, `training.accuracy`."""

from collections.abc import Iterator, Mapping, Sequence

from backprop_cli.config.data_section import AnyData
from backprop_cli.config.reading import Read
from backprop_cli.config.sections import Training
from backprop_cli.config.shapes import Finding
from backprop_cli.documents.tree import KeyPath
from backprop_cli.errors import did_you_mean
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import member, names, rule_name
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.metrics import Metric
from backprop_cli.rules.schedules import Schedule
from backprop_cli.rules.schedules.plateau import Plateau
from backprop_cli.rules.watch import Watch

LOSS = "loss"
TRAINING, VALIDATION, TEST = "training", "validation", "test"


@immutable
class Measure:
    """A number that is measured of a part of the data.

    Attributes:
        part: training, validation or test.
        metric: the title of a metric, or 'loss'.
        rising: whether larger is better.
    """

    part: str
    metric: str
    rising: bool

    @property
    def name(self) -> str:
        """Give the name by which configs call it."""
        return f"{self.part}.{self.metric}"


def metrics_in_use(chosen: tuple[Metric, ...] | None, loss: Loss, *, classes: bool) -> tuple[Metric, ...]:
    """Give the metrics that a config asks for, or those that suit its loss and its targets."""
    if chosen is not None:
        return chosen
    first = ("accuracy",) if classes else ()
    return tuple(member(Metric, name)() for name in dict.fromkeys((*first, *loss.metrics)))


def measures(parts: Sequence[str], metrics: Sequence[Metric]) -> dict[str, Measure]:
    """List all that is measured, by name; a metric goes by its bare name, too, where there is only one of it."""
    words = [rule_name(type(metric)) for metric in metrics]
    known: dict[str, Measure] = {}
    for part in parts:
        known[f"{part}.{LOSS}"] = Measure(part, LOSS, rising=False)
        for metric, word in zip(metrics, words, strict=True):
            measure = Measure(part, metric.title, metric.higher_is_better)
            known[measure.name] = measure
            if words.count(word) == 1:
                known[f"{part}.{word}"] = measure
    return known


def watched(watch: Watch, known: Mapping[str, Measure]) -> Measure:
    """Give what is watched, by default the loss of the validation part, or else of the training part.

    Raises:
        KeyError: it is not measured; `check` finds that before training.
    """
    default = f"{VALIDATION}.{LOSS}" if f"{VALIDATION}.{LOSS}" in known else f"{TRAINING}.{LOSS}"
    return known[watch.metric or default]


def why_not(name: str, known: Mapping[str, object]) -> str:
    """Say why a name is not among what is measured, and what to do."""
    part, _, metric = name.partition(".")
    parts = dict.fromkeys(one.partition(".")[0] for one in known)
    if part in {VALIDATION, TEST} and part not in parts:
        return f"{name!r} needs {part} samples, and there are none; keep some, or use {TRAINING}.{metric}"
    if part in parts and metric in names(Metric):
        return f"{name!r} is not measured; add {metric} to metrics"
    return f"there is no {name!r}{did_you_mean(name, known) or '; known: ' + ', '.join(known)}"


def parts_of(*, validation: bool, test: bool) -> tuple[str, ...]:
    """Name the parts of the data: the training part, and those that there are."""
    return (TRAINING, *((VALIDATION,) if validation else ()), *((TEST,) if test else ()))


def measured(found: Read, data: AnyData, loss: Loss, metrics: tuple[Metric, ...] | None) -> dict[str, Measure]:
    """List all that will be measured of a config, by name.

    Args:
        found: the samples.
        data: the section of the config, as the others.
        loss: what is made small.
        metrics: those that the config asks for.
    """
    parts = parts_of(validation=bool(data.validation or found.validation), test=found.test is not None)
    return measures(parts, metrics_in_use(metrics, loss, classes=bool(found.data.samples.classes)))


def check(
    found: Read,
    data: AnyData,
    loss: Loss,
    metrics: tuple[Metric, ...] | None,
    training: Training,
    schedule: Schedule,
) -> Iterator[Finding]:
    """Find watched names of what is not measured; the arguments are those of `measured`, and what watches."""
    known = measured(found, data, loss, metrics)
    yield from _check_watch(("training", "early_stopping"), training.early_stopping, known)
    yield from _check_watch(("training", "keep_best"), training.keep_best, known)
    yield from _check_watch(("schedule",), schedule if isinstance(schedule, Plateau) else None, known)


def _check_watch(path: KeyPath, watch: Watch | None, known: Mapping[str, Measure]) -> Iterator[Finding]:
    if watch is None or watch.metric is None:
        return
    flaw = "" if watch.metric in known else why_not(watch.metric, known)
    if watch.metric.startswith(f"{TEST}."):
        flaw = "test samples are measured once, at the end; watch the validation part"
    if flaw:
        yield (*path, "metric"), f"{'.'.join(map(str, path))}: {flaw}"
