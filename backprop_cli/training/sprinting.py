"""Which sprint suits a run: none, on arrays, or on floats."""

from backprop_cli.config.loader import Setup
from backprop_cli.engine.step import Learner, Step
from backprop_cli.errors import ConfigError, Problem
from backprop_cli.training.plan import metrics_of
from backprop_cli.training.scalar import scalar_sprint
from backprop_cli.training.sprint import ArraySprint, Sprint


def sprint_of(setup: Setup, learner: Learner, whole: Step | None, *, watches: bool) -> Sprint | None:
    """Give what trains many steps at once; None where more than the loss of each is looked at.

    Args:
        setup: what is trained.
        learner: that the steps change.
        whole: a step of it on all samples; None where steps are on fewer.
        watches: whether more of an epoch is looked at than its loss.

    Raises:
        ConfigError: the config asks for floats, which do not suit it.
    """
    training = setup.experiment.training
    reason = _why_no_sprint(setup, watches=watches, is_whole=whole is not None)
    if training.engine == "arrays" or (reason and training.engine == "auto"):
        return None if reason or whole is None else ArraySprint(whole)
    reason = reason or _why_no_floats(setup, learner)
    found = None if reason or whole is None else scalar_sprint(setup, learner, whole)
    if training.engine == "scalar" and found is None:
        why = reason or "its steps are too long"
        raise ConfigError([Problem(f"training.engine: scalar does not fit here: {why}; write auto", where=setup.name)])
    return found or (None if whole is None else ArraySprint(whole))


def _why_no_sprint(setup: Setup, *, watches: bool, is_whole: bool) -> str:
    """Say what has to be looked at beside the losses; '' for nothing."""
    if not is_whole:
        return "steps are on some of the samples"
    if metrics_of(setup):
        return "there are metrics to count"
    if setup.dataset.validation is not None:
        return "there are validation samples"
    return "something is watched from epoch to epoch" if watches else ""


def _why_no_floats(setup: Setup, learner: Learner) -> str:
    """Say why a step on all samples is for arrays alone; '' where it is not."""
    experiment = setup.experiment
    if len(setup.dataset.training) > 1:
        return "there is more than one sample"
    if experiment.training.dtype != "float64":
        return "Python has floats of 64 bits alone"
    if not learner.network.layout.trainable:
        return "nothing is trained"
    if experiment.optimizer.clip is not None:
        return "clipping makes finite what is not, so every gradient has to be looked at"
    if experiment.loss.shortcut_for(experiment.network.layers[-1].activation) is not None:
        return "how its loss is worked out hangs on the numbers of each step"
    return "dropout draws a mask for each step" if learner.dropout is not None else ""
