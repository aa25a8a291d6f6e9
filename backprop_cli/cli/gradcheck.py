"""`backprop gradcheck`: the engine's gradient against independent oracles."""

import sys
from pathlib import Path
from typing import Any

from backprop_cli.api.gradients import Asked, GradientCheck, checked_step
from backprop_cli.cli.output import console_for, write_result
from backprop_cli.config.loader import load
from backprop_cli.documents.json_writer import write_json
from backprop_cli.immutable import immutable
from backprop_cli.render.gradients import gradients_document, narrow_table, rows_table, summary, worst_line
from backprop_cli.render.numbers import format_count
from backprop_cli.render.rows import listed_samples
from backprop_cli.render.to_console import needed_width, show_started, show_table, show_text
from backprop_cli.training.plan import describe

FAILED = 1


@immutable
class Shown:
    """How the command line wants the result."""

    form: str = "console"
    output: Path | None = None
    rows: int = 20
    quiet: bool = False


def run(config: str, settings: list[str], asked: Asked, shown: Shown) -> int:
    """Check the gradient of a step of a config's run, show the result, and give the exit code.

    Raises:
        UsageError: what was asked for cannot be met.
    """
    found = checked_step(load(config, settings), asked)
    if not shown.quiet:
        for name, reason in found.left_out.items():
            print(f"{name} is left out: {reason}", file=sys.stderr)
    if shown.form == "json":
        write_result(write_json(_document(found)), shown.output)
    else:
        _show(found, shown)
    return 0 if found.passed else FAILED


def _show(found: GradientCheck, shown: Shown) -> None:
    names = found.setup.names
    with console_for(shown.output) as console:
        show_started(console, describe(found.setup).summary, _circumstances(found))
        console.print()
        table = rows_table(found.rows, list(found.checked), names, shown.rows)
        if needed_width(table) > console.width and len(found.checked) > 1:
            table = narrow_table(found.rows, names, shown.rows)
        show_table(console, table)
        console.print()
        verdict = summary(found.rows, found.checked, found.tolerances, found.trainable, passed=found.passed)
        show_text(console, verdict, "bold")
        show_text(console, worst_line(found.worst, names))


def _circumstances(found: GradientCheck) -> str:
    record, setup = found.record, found.setup
    parts = [f"Step {format_count(record.step)}", f"epoch {format_count(record.epoch)}"]
    if len(record.samples) < len(setup.dataset.training):
        parts.append(listed_samples(record.samples))
    return " · ".join([*parts, f"seed {setup.experiment.training.seed}", setup.experiment.training.dtype])


def _document(found: GradientCheck) -> dict[str, Any]:
    record, training = found.record, found.setup.experiment.training
    facts = {
        "config": found.setup.name,
        "step": record.step,
        "epoch": record.epoch,
        "samples": list(record.samples),
        "loss": record.loss,
        "seed": training.seed,
        "dtype": training.dtype,
        "passed": found.passed,
        "trainable": found.trainable,
    }
    oracles = [
        {"name": name, "checked": count, "tolerance": found.tolerances[name]} for name, count in found.checked.items()
    ]
    return gradients_document(facts, found.rows, oracles, found.left_out, found.setup.names)
