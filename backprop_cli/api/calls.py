"""Train, explain and check a gradient in one call each."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from backprop_cli.api.explaining import Choice, Explanation, told_step
from backprop_cli.api.gradients import Asked, GradientCheck, checked_step
from backprop_cli.config.loader import Setup, load
from backprop_cli.errors import UsageError, counted
from backprop_cli.render.to_notebook import run_as_html, run_as_latex
from backprop_cli.training import loop
from backprop_cli.training.events import EpochDone, Event, RunStopped, StepDone

Fields = TypeVar("Fields", Choice, Asked)


@dataclass(frozen=True, slots=True)
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
    if not isinstance(config, Setup):
        return load(config, settings)
    if settings:
        raise UsageError("settings are for a config that is still to be read; give them to load()")
    return config


def train(config: Setup | str | os.PathLike[str], settings: Sequence[str] = ()) -> Run:
    """Train the network of a config to its end.

    Args:
        config: a YAML file, or what `load` made of one.
        settings: `key.path=value`, as `--set` takes them, for a config that is still to be read.

    Raises:
        InputError: the config or its data is not valid.
    """
    setup = setup_of(config, settings)
    return Run(setup, tuple(loop.train(setup)))


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
