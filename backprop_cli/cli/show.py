"""`backprop show`: what came of runs, and what a model holds."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.text import Text

from backprop_cli import __version__
from backprop_cli.cli.output import console_for, write_result
from backprop_cli.documents.json_writer import write_json
from backprop_cli.render.model import model_document, model_facts, preparation_table, tensors_table
from backprop_cli.render.past import (
    advice,
    comparison,
    config_differences,
    ending,
    facts,
    further,
    headline,
    losses,
    past_document,
)
from backprop_cli.render.plot import plot
from backprop_cli.render.rows import Table
from backprop_cli.render.to_console import show_table, show_text
from backprop_cli.training.model import Model
from backprop_cli.training.past import Epochs, Past

SCHEMA = 1
# A run, or a model with the file that it lies in.
_Found: TypeAlias = Past | tuple[Path, Model]


def run(names: Sequence[str], form: str, output: Path | None) -> None:
    """Show runs and models: one in full, several runs beside each other.

    Raises:
        StorageError: one is not there, or damaged.
    """
    found = [_read(Path(name)) for name in names]
    pasts = [one for one in found if isinstance(one, Past)]
    if form == "json":
        models = [model_document(one[1], str(one[0])) for one in found if not isinstance(one, Past)]
        runs = [past_document(past) for past in pasts]
        plain = {"schema": SCHEMA, "command": "show", "version": __version__, "runs": runs, "models": models}
        write_result(write_json(plain), output)
        return
    with console_for(output) as console:
        if len(pasts) == len(found) > 1:
            _compare(console, pasts)
            return
        for number, one in enumerate(found):
            if number:
                console.print()
            _show(console, one)


def _read(path: Path) -> _Found:
    return (path, Model.read(path)) if path.is_file() else Past.read(path)


def _show(console: Console, found: _Found) -> None:
    if isinstance(found, Past):
        _show_past(console, found)
    else:
        _show_model(console, *found)


def _show_past(console: Console, past: Past) -> None:
    show_text(console, headline(past), "bold")
    for line in facts(past):
        show_text(console, line, "dim")
    # Nothing may be lost of a command that is to be copied.
    show_text(console, advice(past))
    _show_tables(console, [ending(past)])
    _show_losses(console, past.epochs)
    _show_tables(console, further(past))


def _show_losses(console: Console, epochs: Epochs) -> None:
    found = losses(epochs)
    if found is None:
        return
    console.print()
    drawn = Text.from_ansi(plot(found.picture, console.width, whole=True, decades=found.decades))
    for line in drawn.split("\n", allow_blank=True):
        line.rstrip()
        console.print(line, crop=False, overflow="ignore", no_wrap=True)


def _show_model(console: Console, path: Path, model: Model) -> None:
    show_text(console, f"{path}: a trained network", "bold")
    for line in model_facts(model):
        show_text(console, line, "dim")
    _show_tables(console, [preparation_table(model), tensors_table(model)])


def _compare(console: Console, pasts: Sequence[Past]) -> None:
    show_table(console, comparison(pasts))
    differing = config_differences([str(past.folder) for past in pasts], [past.config() for past in pasts])
    _show_tables(console, [differing])
    if differing is None:
        console.print()
        show_text(console, "the configs of these runs are the same")


def _show_tables(console: Console, tables: Iterable[Table | None]) -> None:
    for table in tables:
        if table is not None:
            console.print()
            show_table(console, table)
