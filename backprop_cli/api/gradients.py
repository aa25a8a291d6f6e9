"""From a setup to a check of the gradient of one of its steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from backprop_cli.config.loader import Setup
from backprop_cli.engine.network import Network
from backprop_cli.engine.record import StepRecord
from backprop_cli.errors import DivergedError, UsageError, counted, did_you_mean
from backprop_cli.immutable import immutable
from backprop_cli.oracles import central
from backprop_cli.oracles.engine_digits import run
from backprop_cli.oracles.findings import Row, Verdict
from backprop_cli.oracles.objective import Estimate, Objective
from backprop_cli.oracles.rounding import quietest
from backprop_cli.oracles.sampling import in_turn
from backprop_cli.oracles.verdicts import judge
from backprop_cli.oracles.witnesses import SINGLE, WITNESSES, Case, Witness, unfit
from backprop_cli.rules.base import LARGEST_COUNT
from backprop_cli.training.loop import record_step
from backprop_cli.training.start import layout_of

# Why each oracle that was not asked was left out, by name.
LeftOut: TypeAlias = dict[str, str]


@immutable
class Asked:
    """Which gradient is checked, and how.

    Attributes:
        step: of which step, from 1; it may lie beyond the configured run.
        against: names of the oracles; all that are installed and fit, where there are none.
        h: how far central differences move a parameter to either side, relative to its size where that is above 1.
        most: how many parameters are checked one by one; what a few seconds allow, where it is None.
        tolerance: the relative error that passes; what suits each oracle, where it is None.
    """

    step: int = 1
    against: Sequence[str] = ()
    h: float = central.STEP
    most: int | None = None
    tolerance: float | None = None

    def __post_init__(self) -> None:
        if isinstance(self.against, str):
            raise UsageError(f"against is a list of names, not one; write [{self.against!r}]")
        for name in self.against:
            if name not in WITNESSES:
                known = ", ".join(WITNESSES)
                raise UsageError(f"there is no oracle {name!r}{did_you_mean(name, WITNESSES)}; there are: {known}")
        if self.most is not None and not 1 <= self.most <= LARGEST_COUNT:
            raise UsageError(f"most must be from 1 to {LARGEST_COUNT:,}, not {self.most!r}")
        for what, value in (("h", self.h), ("tolerance", self.tolerance)):
            if value is not None and not 0.0 < value <= 1.0:
                raise UsageError(f"{what} must be above 0 and at most 1, not {value!r}")


@immutable
class GradientCheck:
    """The gradient of one step, held against oracles.

    Attributes:
        setup: what is trained.
        record: the step.
        rows: one per parameter that an oracle was asked about, the worst first.
        checked: how many parameters each oracle has a value of, with enough digits to tell.
        tolerances: the relative error that passes, by oracle.
        left_out: why an oracle was not asked, by name.
    """

    setup: Setup
    record: StepRecord
    rows: tuple[Row, ...]
    checked: Mapping[str, int]
    tolerances: Mapping[str, float]
    left_out: Mapping[str, str]

    def __repr__(self) -> str:
        verdict, checked = "passed" if self.passed else "failed", counted(len(self.rows), "parameter")
        return f"<GradientCheck of {self.setup.name}: {verdict}, {checked}, step {self.record.step}>"

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @property
    def worst(self) -> Row:
        """The row that is farthest off, for what is tolerated."""
        return self.rows[0]

    @property
    def passed(self) -> bool:
        """Whether no parameter is wrong, and each that was asked about could be judged."""
        return not any(row.verdict in {Verdict.WRONG, Verdict.UNKNOWN} for row in self.rows)

    @property
    def trainable(self) -> int:
        """How many parameters have a gradient."""
        return len(self.record.gradient)


def checked_step(setup: Setup, asked: Asked) -> GradientCheck:
    """Check the gradient of a step of a setup's run.

    Raises:
        ConfigError: the data has no targets.
        UsageError: the choice cannot be met, or there is no gradient of the loss to check.
        MissingExtra: an oracle that was asked for is not installed.
        DivergedError: a value is not finite.
    """
    for name in asked.against:
        WITNESSES[name].require()
    _require_a_gradient(setup)
    record = record_step(setup, asked.step)
    objective = _objective(setup, record)
    case = Case(objective, _with_all_units(objective, record), asked.h)
    chosen, left_out = _choose(case, asked)
    single = SINGLE if setup.experiment.training.dtype == "float32" else None
    tolerances = {witness.name: asked.tolerance or single or witness.tolerance for witness in chosen}
    estimates = _ask(case, chosen, asked.most, setup.experiment.training.seed)
    rows = judge(case, estimates, tolerances)
    checked = {name: sum(name in row.values for row in rows) for name in estimates}
    return GradientCheck(setup, case.record, rows, checked, tolerances, left_out)


def _require_a_gradient(setup: Setup) -> None:
    if setup.experiment.update_order == "sequential":
        raise UsageError(
            "with update_order: sequential, errors go back through weights that are already updated, which is not the "
            "gradient of the loss; check it with --set update_order=simultaneous"
        )
    if not layout_of(setup).trainable:
        raise UsageError("every parameter is frozen, so there is no gradient to check")


def _objective(setup: Setup, record: StepRecord) -> Objective:
    experiment = setup.experiment
    network = Network.create(
        layout_of(setup), [one.activation for one in experiment.network.layers], record.before.dtype
    )
    network.theta[...] = record.before
    penalty, weights = experiment.optimizer.penalty, record.weights
    return quietest(Objective(network, experiment.loss, record.x.T, record.y.T, penalty, weights=weights))


def _with_all_units(objective: Objective, record: StepRecord) -> StepRecord:
    """Give a step as it would be if no unit were left out, which is what oracles speak of."""
    if all(kept is None for kept in record.kept):
        return record
    found = run(objective)
    if found is None:
        raise DivergedError(f"a value of step {record.step:,} is not finite once all units take part, as they do here")
    return replace(found, step=record.step, epoch=record.epoch, samples=record.samples, rate=record.rate)


def _choose(case: Case, asked: Asked) -> tuple[list[Witness], LeftOut]:
    """Give the oracles to ask, and why others are not."""
    wanted = list(dict.fromkeys(asked.against)) or list(WITNESSES)
    left_out = {name: reason for name in wanted if (reason := _reason(case, WITNESSES[name], asked))}
    chosen = [WITNESSES[name] for name in wanted if name not in left_out]
    if not chosen:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in left_out.items())
        raise UsageError(f"nothing is left to check against: {reasons}")
    return chosen, left_out


def _reason(case: Case, witness: Witness, asked: Asked) -> str:
    if not witness.installed:
        return "it is not installed: pip install 'backprop-cli[oracles]'"
    if reason := unfit(witness.name, case.objective):
        return reason
    if asked.most is None and not asked.against and not witness.affordable(case.objective):
        return "one parameter would take it many seconds; ask for it with --against and --most"
    return ""


def _ask(case: Case, chosen: Sequence[Witness], most: int | None, seed: int) -> dict[str, Estimate]:
    order = in_turn(case.objective.network.layout, seed)
    estimates = {}
    for witness in chosen:
        count = most if most is not None and witness.seconds else max(1, witness.affordable(case.objective))
        estimates[witness.name] = witness.estimate(case, order[:count])
    return estimates
