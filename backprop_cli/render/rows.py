"""What a result shows, as headings and tables of text, before any terminal is known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from backprop_cli.algebra.digits import Digits
from backprop_cli.engine.layout import Layout
from backprop_cli.engine.record import StepRecord
from backprop_cli.errors import counted
from backprop_cli.immutable import immutable
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.quantity import Attached, Derivative, Quantity, Variable
from backprop_cli.render.numbers import format_count, format_number, format_seconds
from backprop_cli.rules.condition import Condition
from backprop_cli.training.events import Checked, Confusion, Counts, RunStarted, RunStopped, Values
from backprop_cli.worksheet.rounding import Rounding

# Samples and parameters beyond these are counted, not shown.
MOST_SAMPLES = 10
# A table of more classes is left to JSON.
MOST_CLASSES = 10
# Enough significant digits to write any float.
_ALL_DIGITS = 17


@immutable
class Table:
    """A table of text.

    Attributes:
        columns: headings; the first column names the row.
        rows: cells, as many as there are headings.
        title: stands above; may be empty.
        note: stands below; may be empty.
        formulas: numbers of the columns that hold formulas: they may be folded before a sign.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    note: str = ""
    formulas: frozenset[int] = frozenset()


@immutable
class Chain:
    """How a gradient comes about: its factors in symbols, and with the numbers put in."""

    symbols: str
    numbers: str


@immutable
class Speaker:
    """Says numbers and names as the config asks for.

    Attributes:
        rounding: how many digits are shown, of what.
        names: the config's own names.
        layout: where each parameter is.
        samples: how many samples are trained on.
    """

    rounding: Rounding
    names: NameTable
    layout: Layout
    samples: int

    def number(self, x: float, of: Quantity | None = None) -> str:
        """Write a number, the value of a quantity where it is one's."""
        return format_number(x, self.rounding.digits if of is None else self.rounding.of(of))

    def step_heading(self, record: StepRecord) -> str:
        """Say which step it is, on what, and its loss."""
        parts = [f"Step {record.step}", f"epoch {record.epoch}"]
        if len(record.samples) < self.samples:
            parts.append(listed_samples(record.samples))
        loss = self.number(record.loss, Variable("L"))
        parts += [f"learning rate {self.number(record.rate, Variable('eta'))}", f"loss {loss}"]
        if record.penalty:
            parts.append(f"of which penalty {self.number(record.penalty, Variable('penalty'))}")
        return " · ".join(parts)

    def predictions(self, record: StepRecord) -> Table:
        """Show what the step predicted, beside the targets."""
        outputs, samples = record.predictions.shape
        shown = [(row, column) for column in range(min(samples, MOST_SAMPLES)) for row in range(outputs)]
        rows = tuple(self._prediction(record, row, column) for row, column in shown)
        more = samples - MOST_SAMPLES
        note = f"… and {counted(more, 'more sample')}" if more > 0 else ""
        return Table(("output", "prediction", "target"), rows, note=note)

    def _prediction(self, record: StepRecord, row: int, column: int) -> tuple[str, ...]:
        sample = record.samples[column] if len(record.samples) > 1 else None
        prediction, target = (Variable(symbol, None, (row + 1,), sample=sample) for symbol in ("yhat", "y"))
        predicted = self.number(float(record.predictions[row, column]), prediction)
        return (self.names.short_label(prediction), predicted, self.number(float(record.y[row, column]), target))

    def gradients(self, record: StepRecord, chains: Mapping[Variable, Chain] | None = None) -> Table:
        """Show every parameter: its gradient, how that comes about, its value before and after.

        Where clipping changed a gradient it is shown as applied, too.

        Args:
            record: the step.
            chains: how the gradient of each trainable parameter comes about; left out where it is not told.
        """
        clipped = bool((record.applied != record.gradient).any())
        formulas = ("factors", "in numbers") if chains else ()
        columns = ("parameter", *formulas, "gradient", *(("applied",) if clipped else ()), "before", "after")
        rows = tuple(
            self._parameter(record, parameter, at, chains or {}, clipped=clipped)
            for parameter, at in self.layout.parameters()
        )
        return Table(columns, rows, formulas=frozenset({1, 2} if chains else ()))

    def _parameter(
        self, record: StepRecord, parameter: Variable, at: int, chains: Mapping[Variable, Chain], *, clipped: bool
    ) -> tuple[str, ...]:
        """Show one parameter; a frozen one has no gradient."""
        learned = at < self.layout.trainable
        cells = [self.names.short_label(parameter)]
        if chains:
            chain = chains.get(parameter, Chain("", ""))
            cells += [chain.symbols, chain.numbers]
        gradient = self.number(float(record.gradient[at]), _gradient_of(parameter)) if learned else "frozen"
        cells.append(gradient)
        if clipped:
            cells.append(self.number(float(record.applied[at]), Attached("g", parameter)) if learned else "frozen")
        after = replace(parameter, moment="new")
        return (*cells, self.number(float(record.before[at]), parameter), self.number(float(record.after[at]), after))

    def summary(self, stopped: RunStopped) -> Table:
        """Show loss and metrics before the first update, and after the last or those that were restored."""
        return summary_table(stopped, lambda loss: self.number(loss, Variable("L")), self.number)

    def parameters(self, values: Mapping[str, float]) -> Table:
        """Show all parameters, which come in reading order."""
        named = zip(self.layout.parameters(), values.values(), strict=True)
        rows = tuple(
            (self.names.short_label(parameter), self.number(value, replace(parameter, moment="new")))
            for (parameter, _), value in named
        )
        return Table(("parameter", "value"), rows)


def _gradient_of(parameter: Variable) -> Derivative:
    return Derivative(Variable("L"), parameter)


def circumstances(started: RunStarted) -> str:
    """Say in one line what a run starts from: samples, steps, seed and dtype."""
    held_back = f" + {format_count(started.validation_samples)} for validation" if started.validation_samples else ""
    held_back += f" + {format_count(started.test_samples)} for the test" if started.test_samples else ""
    samples, steps = counted(started.samples, "sample"), counted(started.steps, "step")
    return f"{samples}{held_back} · {steps} · seed {started.seed} · {started.dtype}"


def summary_table(stopped: RunStopped, loss: Callable[[float], str], metric: Callable[[float], str]) -> Table:
    """Show the loss and the metrics of a run, each written by a function, at its beginning and at its end."""
    measured = {"first": stopped.initial, "best" if stopped.restored else "last": stopped.final}
    if stopped.validation is not None:
        measured["validation"] = stopped.validation
    if stopped.test is not None:
        measured["test"] = stopped.test
    losses = ("loss", *(loss(values.loss) for values in measured.values()))
    metrics = (
        (name, *(metric(values.metrics[name]) for values in measured.values())) for name in stopped.final.metrics
    )
    return Table(("", *measured), (losses, *metrics), note=_facts(stopped))


def listed_samples(samples: tuple[int, ...]) -> str:
    """List the samples of a batch, the first few where there are many."""
    shown = ", ".join(str(number) for number in samples[:MOST_SAMPLES])
    return f"sample{'' if len(samples) == 1 else 's'} {shown}{', …' if len(samples) > MOST_SAMPLES else ''}"


def checks_table(checks: Sequence[Checked], digits: Digits) -> Table:
    """Show what was expected of a run, and what was found."""
    rows = tuple(
        (f"{'✓' if check.met else '✗'} {check.name} {check.condition}", _telling(check, digits)) for check in checks
    )
    unmet = sum(not check.met for check in checks)
    note = f"{unmet} of {counted(len(checks), 'expectation')} not met" if unmet else "all expectations are met"
    return Table(("expected", "found"), rows, note=note)


def _telling(check: Checked, digits: Digits) -> str:
    """Write what was found with as many digits as it takes to see whether it is as expected."""
    condition = Condition.read(check.condition)
    for asked in (digits, *(Digits(None, significant) for significant in range(digits.significant + 1, _ALL_DIGITS))):
        text = format_number(check.found, asked)
        if condition.holds(float(text)) == check.met:
            return text
    return repr(check.found)


def confusion_table(confusion: Confusion) -> Table | None:
    """Show which classes were taken for which, of the part that judges best; None for too many classes."""
    parts = {"test": confusion.test, "validation": confusion.validation, "training": confusion.training}
    part, counts = next((part, counts) for part, counts in parts.items() if counts is not None)
    return counts_table(confusion.classes, counts, f"{part} sample")


def counts_table(classes: Sequence[str], counts: Counts, what: str = "sample") -> Table | None:
    """Show which classes were taken for which; None for too many classes."""
    if len(classes) > MOST_CLASSES:
        return None
    rows = tuple((name, *(format_count(count) for count in row)) for name, row in zip(classes, counts, strict=True))
    note = f"rows: the class, columns: what was predicted · {counted(sum(map(sum, counts)), what)}"
    return Table(("class", *classes), rows, note=note)


def _facts(stopped: RunStopped) -> str:
    parts = [counted(stopped.steps, "step"), counted(stopped.epochs, "epoch")]
    if stopped.outcome != "finished":
        parts.append(stopped.outcome)
    if stopped.best_epoch and stopped.epochs > 1:
        parts.append(f"best epoch {format_count(stopped.best_epoch)}{', restored' if stopped.restored else ''}")
    if stopped.plateaus:
        parts.append(counted(stopped.plateaus, "plateau"))
    return " · ".join([*parts, format_seconds(stopped.seconds)])


def progress_line(epoch: int, epochs: int, training: Values, validation: Values | None, digits: Digits) -> str:
    """Say how far training is, in one line."""
    parts = [f"epoch {epoch:,}/{epochs:,}", *_measured("loss", training, digits)]
    if validation is not None:
        parts += _measured("validation loss", validation, digits)
    return " · ".join(parts)


def _measured(loss: str, values: Values, digits: Digits) -> list[str]:
    """Write a loss under its name, and the first metric beside it: the others would make the line too long."""
    named = [(loss, values.loss), *islice(values.metrics.items(), 1)]
    return [f"{name} {format_number(value, digits)}" for name, value in named]
