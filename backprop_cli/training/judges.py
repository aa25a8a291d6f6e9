"""What measures the parts of the data: training and validation after each epoch, and test once."""

from collections.abc import Sequence

from backprop_cli.config.loader import Setup
from backprop_cli.config.measures import VALIDATION
from backprop_cli.data.samples import Samples
from backprop_cli.engine.step import Learner
from backprop_cli.rules.metrics import Metric
from backprop_cli.training.events import Confusion, Values
from backprop_cli.training.judge import Judge
from backprop_cli.training.plan import classes_of, judge_of_classes


class Judges:
    """Measures the parts of the data, each part once after an epoch, whoever asks.

    Attributes:
        training: measures the training samples.
        validation: measures the validation samples; None without any.
    """

    def __init__(self, setup: Setup, learner: Learner, metrics: Sequence[Metric]) -> None:
        self._setup, self._learner, self._metrics = setup, learner, metrics
        self.training = Judge(learner, setup.dataset.training, metrics)
        self.validation = self._judge(setup.dataset.validation)
        # What has been measured after the last epoch, by part.
        self._seen: dict[str, Values] = {}

    def _judge(self, samples: Samples | None) -> Judge | None:
        return Judge(self._learner, samples, self._metrics) if samples else None

    def test(self) -> Judge | None:
        """Give what measures the test samples; at the end alone, since what they help to choose they do not test."""
        return self._judge(self._setup.dataset.test)

    def forget(self) -> None:
        """Forget what was measured: the parameters are others now."""
        self._seen.clear()

    def look(self, part: str) -> Values:
        """Measure a part with the parameters as they are after an epoch, once."""
        if part not in self._seen:
            judge = self.validation if part == VALIDATION else self.training
            assert judge is not None  # noqa: S101  a part that there is not is refused before training
            self._seen[part] = judge.measure()
        return self._seen[part]

    def confusion(self, test: Judge | None) -> Confusion | None:
        """Count which classes are taken for which in every part; None where targets are no classes."""
        metric = judge_of_classes(self._setup)
        if metric is None:
            return None
        others = (judge.confusion(metric) if judge else None for judge in (self.validation, test))
        return Confusion(classes_of(self._setup), self.training.confusion(metric), *others)
