"""Whether a run has reached what was expected of it."""

from collections.abc import Iterator

from backprop_cli.config.goals import EPOCHS, goals_among
from backprop_cli.config.loader import Setup
from backprop_cli.config.measures import LOSS, TEST, VALIDATION, Measure
from backprop_cli.rules.condition import Condition
from backprop_cli.training.events import Checked, RunStopped
from backprop_cli.training.plan import measures_of


def checked(setup: Setup, stopped: RunStopped) -> Iterator[Checked]:
    """Hold the end of a run against each condition of the config, in its order."""
    known = goals_among(measures_of(setup))
    for name, conditions in setup.experiment.expect.items():
        measure = known[name]
        value = _counted(name, stopped) if measure is None else _measured(measure, stopped)
        for text in conditions:
            condition = Condition.read(text)
            yield Checked(name, str(condition), value, condition.holds(value))


def _counted(name: str, stopped: RunStopped) -> int:
    return stopped.epochs if name == EPOCHS else stopped.steps


def _measured(measure: Measure, stopped: RunStopped) -> float:
    values = {VALIDATION: stopped.validation, TEST: stopped.test}.get(measure.part, stopped.final)
    assert values is not None  # noqa: S101  what is not measured is refused before training
    return values.loss if measure.metric == LOSS else values.metrics[measure.metric]
