"""What happens while training: plain data that a console, a file, a notebook and a test read alike."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import repeat
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from backprop_cli.engine.record import StepRecord
from backprop_cli.immutable import immutable

Outcome: TypeAlias = Literal["finished", "stopped early", "diverged"]
NO_METRICS: Mapping[str, float] = MappingProxyType({})


class Values(NamedTuple):
    """Loss and metrics of one set of samples.

    Attributes:
        loss: of the samples, penalty included.
        metrics: by name, in the order of the config.
    """

    loss: float
    metrics: Mapping[str, float] = NO_METRICS


Counts: TypeAlias = tuple[tuple[int, ...], ...]


@immutable
class Confusion:
    """Which classes were taken for which: (classes, classes) counts of samples, by class and by what was predicted.

    Attributes:
        classes: what the data calls them, in order; 'no' and 'yes', or numbers from 1, where it does not.
        training: of the training samples.
        validation: of the validation samples; None without any.
        test: of the test samples; None without any.
    """

    classes: tuple[str, ...]
    training: Counts
    validation: Counts | None = None
    test: Counts | None = None


@immutable
class Checked:
    """One expectation of a run, and whether it is met.

    Attributes:
        name: what was expected something of, as the config names it.
        condition: what was expected, as '<= 0.01'.
        found: its value at the end of the run.
        met: whether that is as expected.
    """

    name: str
    condition: str
    found: float
    met: bool


@immutable
class RunStarted:
    """Training is about to start.

    Attributes:
        summary: the network in one line.
        parameters: how many parameters there are.
        trainable: how many of them may change.
        samples: how many samples are trained on.
        validation_samples: how many are kept for validation.
        steps: how many steps the run will have.
        epochs: how many epochs, the last of which may be cut short.
        seed: of all random draws.
        dtype: of all arrays.
        test_samples: how many are measured once, at the end.
        past: the epochs that are done already, where an earlier run goes on.
        done: steps that are done already.
        notices: what the user must be told of.
    """

    summary: str
    parameters: int
    trainable: int
    samples: int
    validation_samples: int
    steps: int
    epochs: int
    seed: int
    dtype: str
    test_samples: int = 0
    past: "tuple[EpochDone, ...]" = ()
    done: int = 0
    notices: tuple[str, ...] = ()


@immutable
class StepDone:
    """A step that was asked for is done."""

    record: StepRecord


@immutable
class Paused:
    """A run pauses between two steps, because it was asked to; whoever asked takes note, and nobody else sees it.

    Attributes:
        step: steps done so far.
    """

    step: int


class EpochDone(NamedTuple):
    """An epoch is done; a tuple, since making a dataclass takes as long as an epoch of one step on a tiny network.

    Attributes:
        epoch: its number, from 1.
        step: steps done so far.
        training: mean of the steps' losses, and metrics of the predictions that they trained on.
        validation: measured after the epoch; None without validation samples.
        rate: the learning rate of its last step.
        samples: samples trained on in this epoch.
        seconds: since the run started.
    """

    epoch: int
    step: int
    training: Values
    validation: Values | None
    rate: float
    samples: int
    seconds: float


@immutable
class EpochsDone:
    """Several epochs are done, of one step each, after which nothing but their loss was looked at.

    Attributes:
        first: the number of the first epoch, from 1.
        step: steps done after the last.
        losses: of each.
        rates: the learning rate of each.
        samples: samples trained on in each.
        seconds: since the run started.
    """

    first: int
    step: int
    losses: tuple[float, ...]
    rates: tuple[float, ...]
    samples: int
    seconds: float

    def each(self) -> "Iterator[EpochDone]":
        """Walk the epochs one by one; they share their time."""
        count = len(self.losses)
        epochs, steps = range(self.first, self.first + count), range(self.step - count + 1, self.step + 1)
        # Past the constructors, which are Python and take as long for each as an epoch of a tiny network.
        training = map(partial(tuple.__new__, Values), zip(self.losses, repeat(NO_METRICS)))
        validation, samples, seconds = (repeat(one, count) for one in (None, self.samples, self.seconds))
        rows = zip(epochs, steps, training, validation, self.rates, samples, seconds, strict=True)
        return map(partial(tuple.__new__, EpochDone), rows)


@immutable
class Trouble:
    """What stopped being finite.

    Attributes:
        quantity: its name.
        value: 'inf', '-inf' or 'nan'.
        step: the step that was not completed.
        advice: what to change.
    """

    quantity: str
    value: str
    step: int
    advice: str

    @property
    def sentence(self) -> str:
        """Say what stopped being finite and what to do."""
        return (
            f"{self.quantity} is {self.value} in step {self.step:,}; training stopped before the update of that step; "
            f"{self.advice}"
        )


@immutable
class RunStopped:
    """Training is over.

    Attributes:
        outcome: 'finished'; 'stopped early' where there was no improvement for some epochs; 'diverged' when something
            stopped being finite.
        steps: steps done.
        epochs: epochs done; the last may be cut short by `training.steps`.
        best_epoch: the epoch with the best value of what is watched, by default with the lowest loss, on validation
            samples where there are any; None without epochs.
        initial: measured on all training samples before the first update.
        final: measured on all training samples after the last update.
        validation: measured on the validation samples after the last update; None without any.
        parameters: all parameters by name, in reading order, after the last update.
        trouble: what stopped being finite; None when all is well.
        seconds: since the run started.
        confusion: which classes were taken for which after the last update; None where targets are no classes.
        test: measured on the test samples, once, after the last update; None without any.
        restored: whether the parameters are those of the best epoch, and later updates were undone; then all that is
            said of the last update is said of these parameters.
        plateaus: how often the learning rate was lowered because nothing got better.
        checks: what was expected of the run, in the order of the config.
    """

    outcome: Outcome
    steps: int
    epochs: int
    best_epoch: int | None
    initial: Values
    final: Values
    validation: Values | None
    parameters: Mapping[str, float]
    trouble: Trouble | None
    seconds: float
    confusion: Confusion | None = None
    test: Values | None = None
    restored: bool = False
    plateaus: int = 0
    checks: tuple[Checked, ...] = ()


Event: TypeAlias = RunStarted | StepDone | EpochDone | RunStopped


def one_by_one(events: "Iterable[Event | EpochsDone | Paused]") -> "Iterator[Event | Paused]":
    """Give epochs one by one where some are told of at once."""
    for event in events:
        if isinstance(event, EpochsDone):
            yield from event.each()
        else:
            yield event
