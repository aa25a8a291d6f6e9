"""How well a trained network does on samples: loss, metrics, and which classes it takes for which."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from backprop_cli.config.goals import divided
from backprop_cli.config.measures import LOSS, TRAINING, measures
from backprop_cli.data.samples import Samples
from backprop_cli.engine.step import Learner
from backprop_cli.errors import UsageError, did_you_mean
from backprop_cli.immutable import immutable
from backprop_cli.rules.condition import Condition
from backprop_cli.rules.metrics import Metric
from backprop_cli.rules.metrics.f1 import F1
from backprop_cli.rules.metrics.precision import Precision
from backprop_cli.rules.metrics.recall import Recall
from backprop_cli.training.events import Checked, Counts, Values
from backprop_cli.training.judge import Judge
from backprop_cli.training.model import Model
from backprop_cli.training.plan import judge_among


@immutable
class OfClass:
    """How well one class is told apart.

    Attributes:
        name: of the class.
        precision: the share of what is taken for the class that is of it; 0 where nothing is taken for it.
        recall: the share of the class that is taken for it; 0 where nothing is of it.
        f1: the harmonic mean of both.
        support: samples of the class.
    """

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@immutable
class Evaluation:
    """How well a model does.

    Attributes:
        samples: how many it was judged by.
        values: loss and metrics.
        confusion: (classes, classes) counts of samples, by class and by what was predicted; None without classes.
        classes: how well each class is told apart, in order; empty without classes.
        checks: what was expected.
        forgets_weights: whether samples counted differently in training by weights that are not known of these.
    """

    samples: int
    values: Values
    confusion: Counts | None
    classes: tuple[OfClass, ...]
    checks: tuple[Checked, ...]
    forgets_weights: bool = False

    @property
    def is_as_expected(self) -> bool:
        """Whether all that was expected is found."""
        return all(check.met for check in self.checks)


def evaluate(
    model: Model,
    samples: Samples,
    metrics: Sequence[Metric] | None = None,
    expect: Sequence[str] = (),
    *,
    forgets_weights: bool = False,
) -> Evaluation:
    """Measure a model as training measures it.

    Args:
        model: what is judged.
        samples: with targets, prepared.
        metrics: what to measure beside the loss; by default what training did.
        expect: conditions as `accuracy >= 0.95`.
        forgets_weights: whether samples counted differently in training by weights that are not known of these.

    Raises:
        UsageError: a condition is none, or is of what is not measured.
    """
    chosen = model.metrics if metrics is None else tuple(metrics)
    goals = [_Goal.read(text, chosen) for text in expect]
    experiment = model.experiment
    learner = Learner.create(model.network, experiment.loss, experiment.optimizer, experiment.update_order)
    judge = Judge(learner, samples, chosen)
    values, of_classes = judge.measure(), judge_among(model.metrics, classes=bool(model.classes))
    confusion = None if of_classes is None else judge.confusion(of_classes)
    told = () if confusion is None else tuple(_told(model.classes, confusion))
    checks = tuple(goal.checked(values) for goal in goals)
    return Evaluation(len(samples), values, confusion, told, checks, forgets_weights)


@immutable
class _Goal:
    name: str
    metric: str
    condition: Condition

    @classmethod
    def read(cls, flag: str, metrics: Sequence[Metric]) -> "_Goal":
        known = names_of(metrics)
        name, text = divided(flag, "loss <= 0.01")
        try:
            condition = Condition.read(text)
        except ValueError as error:
            raise UsageError(f"--expect {flag!r}: {error}") from error
        if name not in known:
            raise UsageError(f"--expect {flag!r}: {_why_not(name, known)}")
        return cls(name, known[name], condition)

    def checked(self, values: Values) -> Checked:
        value = values.loss if self.metric == LOSS else values.metrics[self.metric]
        return Checked(self.name, str(self.condition), value, self.condition.holds(value))


def names_of(metrics: Sequence[Metric]) -> dict[str, str]:
    """List what is measured of a single set of samples, by the names that may be written for it."""
    return {name.partition(".")[2]: one.metric for name, one in measures((TRAINING,), metrics).items()}


def _why_not(name: str, known: Mapping[str, str]) -> str:
    last = name.rpartition(".")[2]
    if last in known:
        return f"there are no parts here; write {last!r} without {name.removesuffix(last)!r}"
    listed = did_you_mean(name, known) or "; known: " + ", ".join(known)
    return f"there is no {name!r}{listed}; others are measured with --metric"


def _told(names: Sequence[str], confusion: Counts) -> Iterator[OfClass]:
    counts = np.array(confusion, dtype=np.float64)
    right, predicted, actual = counts.diagonal(), counts.sum(axis=0), counts.sum(axis=1)
    scores = [rule.score(right, predicted, actual).tolist() for rule in (Precision(), Recall(), F1())]
    for name, precision, recall, f1, support in zip(names, *scores, actual.tolist(), strict=True):
        yield OfClass(name, precision, recall, f1, int(support))
