"""`backprop export`: write a trained model in a format of others."""

from pathlib import Path

from backprop_cli.cli.output import refuse_screen, write_pieces
from backprop_cli.errors import UsageError
from backprop_cli.exchange.forms import form_for, written
from backprop_cli.training.model import model_file, opened


def run(model: Path, name: str | None, output: Path | None, *, raw: bool) -> None:
    """Write a model to a file, or to standard output where nobody would look at bytes.

    Raises:
        UsageError: nothing says which format, or the result would replace the model.
        StorageError: the model cannot be read, or the file cannot be written.
    """
    form = form_for(name, output)
    if raw and not form.has_choice:
        raise UsageError(f"--raw is for --format onnx; {form.name} leaves the preparation of inputs to its reader")
    if not form.is_text:
        refuse_screen(form.name, output)
    found = opened(model)
    if output is not None and output.exists() and output.samefile(model_file(model)):
        raise UsageError(f"{output} is the model itself; choose another name for what is made of it")
    write_pieces([written(found, form, prepares=not raw)], output)
