"""`backprop predict`: what a trained network says of samples."""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from backprop_cli.algebra.digits import Digits
from backprop_cli.api.using import load_model, predictor_of
from backprop_cli.cli.output import chosen_form, console_for, refuse_same, refuse_screen, write_pieces
from backprop_cli.errors import counted
from backprop_cli.render.predictions import FORMS, predictions_csv, predictions_jsonl, predictions_table
from backprop_cli.render.to_console import show_table
from backprop_cli.training.model import model_file
from backprop_cli.training.predictor import Predictor, archived

_Pieces: TypeAlias = Callable[[Predictor], Iterable[str | bytes]]


def run(model: str, data: str, form: str | None, output: Path | None, *, quiet: bool) -> None:
    """Predict a file, and show or write the result.

    Raises:
        UsageError: binary data would go to a terminal, or the result would replace the data or the model.
    """
    chosen = chosen_form(form, output, FORMS).name
    if chosen == "npz":
        refuse_screen(chosen, output)
    for given in (data, model_file(Path(model))):
        refuse_same(output, Path(given))
    found = load_model(model)
    predictor, rows = predictor_of(found, data)
    if not quiet and rows > predictor.samples:
        what = counted(rows - predictor.samples, "row")
        print(f"backprop: {what} left out, since values are missing (data.missing: drop)", file=sys.stderr)
    if chosen in _PIECES:
        write_pieces(_PIECES[chosen](predictor), output)
        return
    report = found.experiment.report
    with console_for(output) as console:
        show_table(console, predictions_table(predictor, Digits.asked(report.decimals, report.significant)))


_PIECES: Mapping[str, _Pieces] = {"csv": predictions_csv, "jsonl": predictions_jsonl, "npz": archived}
