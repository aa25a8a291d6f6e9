"""From a setup to the worksheet of one of its steps: train to just before it, record it, choose what to tell."""

from collections.abc import Iterator, Sequence

from backprop_cli.algebra.digits import Digits
from backprop_cli.api.asking import wanted
from backprop_cli.api.grounds import ground_of
from backprop_cli.api.rounding import rounding_of
from backprop_cli.config.loader import Setup
from backprop_cli.engine.record import StepRecord
from backprop_cli.errors import UsageError, counted, did_you_mean
from backprop_cli.immutable import immutable
from backprop_cli.render.numbers import format_number
from backprop_cli.render.rows import listed_samples
from backprop_cli.render.sheets import Options, form_named, render
from backprop_cli.render.telling import Told
from backprop_cli.rules.base import LARGEST_COUNT
from backprop_cli.training.loop import record_step
from backprop_cli.training.plan import describe, length_of
from backprop_cli.worksheet.book import Line
from backprop_cli.worksheet.ground import Ground
from backprop_cli.worksheet.places import Kind
from backprop_cli.worksheet.rounding import Rounding
from backprop_cli.worksheet.sheet import Worksheet, of, of_sample, whole

# A sheet with more lines is made only when it is asked for.
MOST_LINES = 2000
# The parts of a sheet that can be asked for.
PARTS = tuple(kind.value for kind in Kind if kind not in {Kind.GIVEN, Kind.OWN})
_BOUNDS = {
    "step": (1, LARGEST_COUNT), "sample": (1, LARGEST_COUNT), "decimals": (0, 30), "significant": (1, 30),
}  # fmt: skip


@immutable
class Choice:
    """What of a run is told, and how.

    Attributes:
        step: which step, from 1; it may lie beyond the configured run.
        sample: the one sample to tell of, by its row of the data; None for all of the step.
        only: names of quantities to tell with all that they depend on; all, where there are none.
        stages: the parts of the sheet to tell; all, where there are none.
        long: whether the output error is a full product where the loss has a shortcut for it.
        decimals: digits after the point, in place of the config's.
        significant: significant digits, in place of the config's.
        carry: whether each line rounds before the next uses it; None for what the config says.
        everything: whether a sheet of any length is told.
    """

    step: int = 1
    sample: int | None = None
    only: Sequence[str] = ()
    stages: Sequence[str] = ()
    long: bool = False
    decimals: int | None = None
    significant: int | None = None
    carry: bool | None = None
    everything: bool = False

    def __post_init__(self) -> None:
        for name in ("only", "stages"):
            if isinstance(getattr(self, name), str):
                raise UsageError(f"{name} is a list of names, not one; write [{getattr(self, name)!r}]")
        for stage in self.stages:
            if stage not in PARTS:
                raise UsageError(
                    f"there is no stage {stage!r}{did_you_mean(stage, PARTS)}; there are: {', '.join(PARTS)}"
                )
        for name, (low, high) in _BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not (isinstance(value, int) and low <= value <= high):
                raise UsageError(f"{name} must be a whole number from {low} to {high:,}, not {value!r}")
        if self.decimals is not None and self.significant is not None:
            raise UsageError("decimals and significant digits exclude each other; keep one")


@immutable
class Explanation:
    """One training step, told.

    Attributes:
        setup: what is trained.
        told: the worksheet.
    """

    setup: Setup
    told: Told

    def __repr__(self) -> str:
        return f"<Explanation of {self.setup.name}: {self.told.title}, {counted(self.sheet.count, 'line')}>"

    @property
    def sheet(self) -> Worksheet:
        """The stages with their lines."""
        return self.told.sheet

    def __iter__(self) -> Iterator[Line]:
        return self.told.sheet.lines()

    def line(self, name: str) -> Line:
        """Give the line of any quantity of the step, also of one that the sheet leaves out.

        Raises:
            UsageError: the name means nothing here.
        """
        return self.sheet.book.line(wanted(self.setup, self.sheet.ground, name, None))

    def text(self, form: str = "console", *, width: int = 100, document: bool = True) -> str:
        """Write the sheet in one of its forms.

        Args:
            form: console, markdown, latex, html, json or python.
            width: columns of the console form.
            document: whether LaTeX and HTML are whole documents, or pieces of one.
        """
        return render(self.told, form_named(form), Options(width=width, document=document))

    def _repr_html_(self) -> str:
        return self.text("html", document=False)

    def _repr_latex_(self) -> str:
        # A form is loaded when it is asked for; commands start without it.
        from backprop_cli.render.sheet_latex import notebook

        return notebook(self.told)


def told_step(setup: Setup, choice: Choice) -> Told:
    """Tell a step of a setup's run.

    Raises:
        ConfigError: the data has no targets.
        UsageError: the choice cannot be met.
        DivergedError: a value is not finite.
    """
    record = record_step(setup, choice.step)
    ground = ground_of(setup, record, long=choice.long)
    rounding = rounding_of(setup, decimals=choice.decimals, significant=choice.significant, carry=choice.carry)
    sheet = _chosen(setup, ground, rounding, choice)
    # What cannot be told is found before any of it is shown.
    sheet.work_out()
    title = _title(setup, record)
    return Told(sheet, setup.names, title, describe(setup).summary, setup.name)


def _title(setup: Setup, record: StepRecord) -> str:
    parts = [f"Step {record.step:,}", f"epoch {record.epoch:,}"]
    if record.step > length_of(setup).steps:
        parts.append("beyond the configured run")
    if len(record.samples) < len(setup.dataset.training):
        parts.append(listed_samples(record.samples))
    return " · ".join([*parts, f"learning rate {format_number(record.rate, Digits())}"])


def _chosen(setup: Setup, ground: Ground, rounding: Rounding, choice: Choice) -> Worksheet:
    if choice.sample is not None and choice.sample not in ground.record.samples:
        trained = listed_samples(ground.record.samples)
        raise UsageError(f"sample {choice.sample} is not in step {choice.step}, which trains on {trained}")
    if choice.only:
        sheet = of(ground, [wanted(setup, ground, name, choice.sample) for name in choice.only], rounding)
    elif choice.sample is not None and ground.many:
        sheet = of_sample(ground, choice.sample, rounding)
    else:
        sheet = whole(ground, rounding)
    if choice.stages:
        sheet = _parts(sheet, choice.stages)
    if sheet.count > MOST_LINES and not choice.everything and not choice.only:
        raise UsageError(
            f"the sheet of this step has {counted(sheet.count, 'line')}; choose with --only NAME or --stage, "
            "or ask for them all with --all"
        )
    return sheet


def _parts(sheet: Worksheet, stages: Sequence[str]) -> Worksheet:
    parts = sheet.only([Kind(stage) for stage in stages])
    if not parts.stages:
        there = dict.fromkeys(stage.kind.value for stage in sheet.stages if stage.kind.value in PARTS)
        raise UsageError(f"nothing of what is chosen belongs to {' or '.join(stages)}; it has {', '.join(there)}")
    return parts
