"""What a result shows, as headings and tables of text, before any terminal is known."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop_cli.engine.layout import Layout
from backprop_cli.engine.record import StepRecord
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.quantity import Variable
from backprop_cli.render.numbers import Digits, format_number, format_seconds
from backprop_cli.training.events import RunStopped, Trouble, Values

# Samples and parameters beyond these are counted, not shown.
MOST_SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Attributes:
        columns: headings; the first column names the row.
        rows: cells, as many as there are headings.
        title: stands above; may be empty.
        note: stands below; may be empty.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says numbers and names as the config asks for.

    Attributes:
        digits: how many digits are shown.
        names: the config's own names.
        layout: where each parameter is.
        samples: how many samples are trained on.
    """

    digits: Digits
    names: NameTable
    layout: Layout
    samples: int

    def number(self, x: float) -> str:
        """Write a number."""
        return format_number(x, self.digits)

    def step_heading(self, record: StepRecord) -> str:
        """Say which step it is, on what, and its loss."""
        parts = [f"Step {record.step}", f"epoch {record.epoch}"]
        if len(record.samples) < self.samples:
            shown = ", ".join(str(number) for number in record.samples[:MOST_SAMPLES])
            more = "" if len(record.samples) <= MOST_SAMPLES else ", …"
            parts.append(f"sample{'' if len(record.samples) == 1 else 's'} {shown}{more}")
        parts.append(f"learning rate {self.number(record.rate)}")
        parts.append(f"loss {self.number(record.loss)}")
        if record.penalty:
            parts.append(f"of which penalty {self.number(record.penalty)}")
        return " · ".join(parts)

    def predictions(self, record: StepRecord) -> Table:
        """Show what the step predicted, beside the targets."""
        outputs, samples = record.predictions.shape
        rows = []
        for column in range(min(samples, MOST_SAMPLES)):
            sample = record.samples[column] if samples > 1 else None
            for row in range(outputs):
                name = self.names.short_label(Variable("yhat", None, (row + 1,), sample=sample))
                pair = (record.predictions[row, column], record.y[row, column])
                rows.append((name, *(self.number(float(value)) for value in pair)))
        note = f"… and {samples - MOST_SAMPLES:,} more samples" if samples > MOST_SAMPLES else ""
        return Table(("output", "prediction", "target"), tuple(rows), note=note)

    def gradients(self, record: StepRecord) -> Table:
        """Show every parameter: gradient, before, change, after."""
        clipped = record.applied is not record.gradient and bool((record.applied != record.gradient).any())
        columns = ("parameter", "gradient", *(("applied",) if clipped else ()), "before", "change", "after")
        change = record.change
        rows = []
        for parameter, at in self.layout.parameters():
            learned = at < self.layout.trainable
            cells = [
                self.names.short_label(parameter),
                self.number(float(record.gradient[at])) if learned else "frozen",
            ]
            if clipped:
                cells.append(self.number(float(record.applied[at])) if learned else "frozen")
            cells += [self.number(float(vector[at])) for vector in (record.before, change, record.after)]
            rows.append(tuple(cells))
        return Table(columns, tuple(rows))

    def summary(self, stopped: RunStopped) -> Table:
        """Show loss and metrics before the first and after the last update."""
        held_back = stopped.validation
        columns = ("", "first", "last", *(("validation",) if held_back else ()))
        measured = [values for values in (stopped.initial, stopped.final, held_back) if values is not None]
        measured = [values for values in (stopped.initial, stopped.final, held_back) if values is not None]
        rows = [("loss", *(self.number(values.loss) for values in measured))]
        rows += [(name, *(self.number(values.metrics[name]) for values in measured)) for name in stopped.final.metrics]
        return Table(columns, tuple(rows), note=_facts(stopped))

    def parameters(self, values: Mapping[str, float]) -> Table:
        """Show all parameters, which come in reading order."""
        named = zip(self.layout.parameters(), values.values(), strict=True)
        rows = tuple((self.names.short_label(parameter), self.number(value)) for (parameter, _), value in named)
        return Table(("parameter", "value"), rows)

    def with_digits(self, digits: Digits) -> "Speaker":
        """Give the same speaker with other digits."""
        return replace(self, digits=digits)


def _facts(stopped: RunStopped) -> str:
    best = f" · best epoch {stopped.best_epoch:,}" if stopped.best_epoch and stopped.epochs > 1 else ""
    steps = f"{stopped.steps:,} step{'' if stopped.steps == 1 else 's'}"
    epochs = f"{stopped.epochs:,} epoch{'' if stopped.epochs == 1 else 's'}"
    return f"{steps} · {epochs}{best} · {format_seconds(stopped.seconds)}"


def progress_line(epoch: int, epochs: int, training: Values, validation: Values | None, digits: Digits) -> str:
    """Say how far training is, in one line."""
    parts = [f"epoch {epoch:,}/{epochs:,}", f"loss {format_number(training.loss, digits)}"]
    parts += [f"{name} {format_number(value, digits)}" for name, value in training.metrics.items()]
    if validation is not None:
        parts.append(f"validation loss {format_number(validation.loss, digits)}")
        parts += [f"{name} {format_number(value, digits)}" for name, value in validation.metrics.items()]
    return " · ".join(parts)


def trouble_text(trouble: Trouble) -> str:
    """Say what stopped being finite and what to do."""
    return (
        f"{trouble.quantity} is {trouble.value} in step {trouble.step:,}; training stopped before the update of that "
        f"step; {trouble.advice}"
    )
