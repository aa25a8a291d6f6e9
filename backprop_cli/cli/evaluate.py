"""`backprop evaluate`: how well a trained network does."""

import sys
from collections.abc import Sequence
from pathlib import Path

from backprop_cli.algebra.digits import Digits
from backprop_cli.api.using import evaluate, load_model
from backprop_cli.cli.output import console_for, write_result
from backprop_cli.documents.json_writer import write_json
from backprop_cli.errors import counted
from backprop_cli.immutable import immutable
from backprop_cli.render.evaluation import evaluation_document, evaluation_tables
from backprop_cli.render.to_console import show_started, show_table
from backprop_cli.training.evaluation import Evaluation
from backprop_cli.training.model import Model

# Exit code where a model is not as good as expected.
NOT_AS_EXPECTED = 1


@immutable
class Choices:
    """What the command line chose."""

    targets: str | None
    metrics: Sequence[str]
    expect: Sequence[str]
    form: str
    output: Path | None


def run(model: str, data: str, choices: Choices) -> int:
    """Judge a model, show the result, and give the exit code: 1 where it is not as expected."""
    found = load_model(model)
    judged = evaluate(found, data, choices.targets, metrics=choices.metrics, expect=choices.expect)
    if judged.forgets_weights:
        what = "samples counted differently in training (data.weights), and these have no such weights"
        print(f"backprop: {what}: all count the same", file=sys.stderr)
    if choices.form == "json":
        write_result(write_json(evaluation_document(judged, model, data)), choices.output)
    else:
        _show(found, data, judged, choices.output)
    return 0 if judged.is_as_expected else NOT_AS_EXPECTED


def _show(model: Model, data: str, judged: Evaluation, output: Path | None) -> None:
    report = model.experiment.report
    with console_for(output) as console:
        show_started(console, model.summary, f"{data} · {counted(judged.samples, 'sample')}")
        for table in evaluation_tables(judged, Digits.asked(report.decimals, report.significant)):
            console.print()
            show_table(console, table)
