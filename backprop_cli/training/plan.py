"""What a run will be, before it starts: its steps, its batches, what is measured and what is shown."""

import math
from collections.abc import Collection, Iterable

from backprop_cli.config.loader import Setup
from backprop_cli.config.measures import Measure, measures, metrics_in_use, parts_of
from backprop_cli.data.batches import Batches, ordered
from backprop_cli.data.weighing import class_names
from backprop_cli.immutable import immutable
from backprop_cli.rules.metrics import Metric
from backprop_cli.rules.metrics.accuracy import Accuracy
from backprop_cli.rules.metrics.base import OfClasses
from backprop_cli.rules.schedules import Schedule
from backprop_cli.rules.schedules.plateau import Plateau
from backprop_cli.training.events import RunStarted
from backprop_cli.training.start import layout_of, summary_of

# Nets up to this many parameters are shown number by number.
SMALL = 64
# Runs up to this many steps are traced where nothing else is asked for.
FEW_STEPS = 10


@immutable
class Length:
    """How long a run is.

    Attributes:
        steps: updates in all.
        per_epoch: updates of a whole epoch.
        epochs: epochs begun.
    """

    steps: int
    per_epoch: int
    epochs: int

    def turn(self, schedule: Schedule, step: int, epoch: int, plateaus: int) -> tuple[int, int]:
        """Give what a schedule has counted before a step of an epoch, and how many it counts in the whole run."""
        if isinstance(schedule, Plateau):
            return plateaus, self.epochs
        return (step - 1, self.steps) if schedule.per == "step" else (epoch - 1, self.epochs)

    def stays(self, schedule: Schedule) -> bool:
        """Say whether a schedule gives all steps of an epoch the same rate."""
        return not schedule.moves or isinstance(schedule, Plateau) or schedule.per == "epoch"


def batches_of(setup: Setup) -> Batches:
    """Say which samples each step trains on."""
    training, data = setup.experiment.training, setup.experiment.data
    count = len(setup.dataset.training)
    size = count if training.batch_size == "full" else min(training.batch_size, count)
    return Batches(count, size, training.shuffle, training.seed, ordered(data.order or ()))


def length_of(setup: Setup) -> Length:
    """Say how long the run is."""
    training, per_epoch = setup.experiment.training, batches_of(setup).per_epoch
    steps = training.steps or (training.epochs or 1) * per_epoch
    return Length(steps, per_epoch, math.ceil(steps / per_epoch))


def metrics_of(setup: Setup) -> tuple[Metric, ...]:
    """Give the metrics that the config asks for, or those that suit its loss and targets."""
    experiment, classes = setup.experiment, bool(setup.dataset.training.classes)
    return metrics_in_use(experiment.metrics, experiment.loss, classes=classes)


def measures_of(setup: Setup) -> dict[str, Measure]:
    """List all that is measured while training, by name."""
    parts = parts_of(validation=bool(setup.dataset.validation), test=bool(setup.dataset.test))
    return measures(parts, metrics_of(setup))


def judge_of_classes(setup: Setup) -> OfClasses | None:
    """Give the metric that says which class a prediction stands for; None where targets are no classes."""
    return judge_among(metrics_of(setup), classes=bool(setup.dataset.training.classes))


def judge_among(metrics: Iterable[Metric], *, classes: bool) -> OfClasses | None:
    """Give the first metric that says which class a prediction stands for; accuracy where there are classes."""
    counting = (metric for metric in metrics if isinstance(metric, OfClasses))
    return next(counting, Accuracy() if classes else None)


def classes_of(setup: Setup) -> tuple[str, ...]:
    """Give the names of the classes: those of the data, or else no and yes for one output and numbers for several."""
    return class_names(setup.dataset.training.classes, setup.topology.layers[-1].units)


def steps_to_trace(setup: Setup, first: int | None = None) -> Collection[int]:
    """Say which steps of the run are shown number by number.

    Args:
        setup: what to train.
        first: the first so many, in place of what the config asks for.
    """
    trace, steps = setup.experiment.report.trace if first is None else first, length_of(setup).steps
    if isinstance(trace, tuple):
        return frozenset(step for step in trace if step <= steps)
    if trace is None:
        trace = steps if steps <= FEW_STEPS and layout_of(setup).size <= SMALL else 0
    return range(1, min(trace, steps) + 1)


def describe(setup: Setup) -> RunStarted:
    """Say what a run will be, without training."""
    length, dataset = length_of(setup), setup.dataset
    layout = layout_of(setup)
    return RunStarted(
        summary=summary_of(setup.experiment, setup.topology, layout.size),
        parameters=layout.size,
        trainable=layout.trainable,
        samples=len(dataset.training),
        validation_samples=len(dataset.validation) if dataset.validation else 0,
        steps=length.steps,
        epochs=length.epochs,
        seed=setup.experiment.training.seed,
        dtype=setup.experiment.training.dtype,
        test_samples=len(dataset.test) if dataset.test else 0,
    )
