"""Train, explain and check a gradient in one call each."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from backprop_cli.api.explaining import Choice, Explanation, told_step
from backprop_cli.api.gradients import Asked, GradientCheck, checked_step
from backprop_cli.api.runs import begun
from backprop_cli.config.loader import Setup, load
from backprop_cli.errors import UsageError, counted
from backprop_cli.immutable import immutable
from backprop_cli.render.to_notebook import run_as_html, run_as_latex
from backprop_cli.training.events import EpochDone, Event, RunStopped, StepDone
from backprop_cli.training.trainer import nobody

Fields = TypeVar("Fields", Choice, Asked)


@immutable
class Run:
    """A finished run.

    Attributes:
        setup: what was trained.
        events: everything that happened, in order.
    """

    setup: Setup
    events: tuple[Event, ...]

    def __repr__(self) -> str:
        outcome, steps, loss = self.stopped.outcome, counted(self.stopped.steps, "step"), self.stopped.final.loss
        return f"<Run of {self.setup.name}: {outcome}, {steps}, loss {loss:.4g}>"

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    @property
    def stopped(self) -> RunStopped:
        """How it ended: outcome, losses, metrics, parameters."""
        last = self.events[-1]
        assert isinstance(last, RunStopped)  # noqa: S101  every run ends so
        return last

    @property
    def parameters(self) -> Mapping[str, float]:
        """All parameters by name, after the last update."""
        return self.stopped.parameters

    @property
    def losses(self) -> list[float]:
        """The mean loss of each epoch's steps."""
        return [event.training.loss for event in self.events if isinstance(event, EpochDone)]

    @property
    def steps(self) -> list[StepDone]:
        """The steps that were recorded number by number."""
        return [event for event in self.events if isinstance(event, StepDone)]

    def _repr_html_(self) -> str:
        return run_as_html(self.stopped)

    def _repr_latex_(self) -> str:
        return run_as_latex(self.stopped)


def setup_of(config: Setup | str | os.PathLike[str], settings: Sequence[str]) -> Setup:
    """Read a config, unless that has been done."""
    _refuse_settings(config, settings)
    return config if isinstance(config, Setup) else load(config, settings)


def _refuse_settings(config: object, settings: Sequence[str]) -> None:
    if isinstance(config, Setup) and settings:
        raise UsageError("settings are for a config that is still to be read; give them to load()")


def train(
    config: Setup | str | os.PathLike[str] | None,
    settings: Sequence[str] = (),
    *,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    force: bool = False,
) -> Run:
    """Train the network of a config to its end.

    Args:
        config: a YAML file, or what `load` made of one; None for the config of the run in the folder.
        settings: `key.path=value`, as `--set` takes them, for a config that is still to be read.
        out: the folder that the run is written to; by default that of the config, or none.
        resume: whether to go on with the run in the folder; where there is none, the config starts one.
        force: whether to replace the run in the folder.

    Raises:
        InputError: the config or its data is not valid, or not what the run in the folder began with.
        UsageError: this does not go together.
        StorageError: the folder cannot be used.
    """
    _refuse_settings(config, settings)
    beginning = begun(config, settings, out=None if out is None else Path(out), resume=resume, force=force)
    return Run(beginning.setup, tuple(beginning.start(None, nobody)))


def explain(
    config: Setup | str | os.PathLike[str], settings: Sequence[str] = (), choice: Choice | None = None, **chosen: object
) -> Explanation:
    """Tell one training step, every number of it.

    Args:
        config: a YAML file, or what `load` made of one.
        settings: `key.path=value`, as `--set` takes them, for a config that is still to be read.
        choice: which step, which of its lines, and with how many digits.
        chosen: the same, field by field: `step=2`, `only=["dL/dw1"]`, `carry=True`.

    Raises:
        InputError: the config or its data is not valid.
        UsageError: the choice cannot be met.
        DivergedError: something stopped being finite before the step was done.
    """
    setup = setup_of(config, settings)
    if choice is not None and chosen:
        raise UsageError("give a choice, or its fields, not both")
    return Explanation(setup, told_step(setup, choice or _filled(Choice, chosen)))


def gradcheck(
    config: Setup | str | os.PathLike[str], settings: Sequence[str] = (), asked: Asked | None = None, **chosen: object
) -> GradientCheck:
    """Check the engine's gradient of one training step against independent oracles.

    Args:
        config: a YAML file, or what `load` made of one.
        settings: `key.path=value`, as `--set` takes them, for a config that is still to be read.
        asked: which step, against which oracles, how many parameters, and what passes.
        chosen: the same, field by field: `step=2`, `against=["central"]`, `tolerance=1e-8`.

    Raises:
        InputError: the config or its data is not valid.
        UsageError: what was asked for cannot be met.
        DivergedError: something stopped being finite before the step was done.
    """
    setup = setup_of(config, settings)
    if asked is not None and chosen:
        raise UsageError("give what is asked, or its fields, not both")
    return checked_step(setup, asked or _filled(Asked, chosen))


def _filled(kind: type[Fields], chosen: Mapping[str, Any]) -> Fields:
    try:
        return kind(**chosen)
    except TypeError as error:
        raise UsageError(str(error).removeprefix(f"{kind.__name__}.__init__() ")) from None
