"""`backprop rules`: the catalogue, and one rule with its derivation, settings and plot."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from backprop_cli.cli.output import FILE_WIDTH, console_for, write_result
from backprop_cli.documents.json_writer import write_json
from backprop_cli.errors import UsageError, did_you_mean
from backprop_cli.render.plot import plot
from backprop_cli.render.rule_document import document
from backprop_cli.render.rule_pages import Line, list_page, page, plot_heading
from backprop_cli.rules.catalogue import Entry, entries, find


def run(name: str | None, form: str, output: Path | None) -> None:
    """Show the whole catalogue, or every rule of a name.

    Raises:
        UsageError: no rule is called so.
    """
    found = tuple(entries()) if name is None else _found(name)
    if form == "json":
        write_result(write_json(document(found)), output)
        return
    with console_for(output) as console:
        if name is None:
            _show(console, list_page(found, console.width))
        else:
            _show_pages(console, found)


def _found(name: str) -> Sequence[Entry]:
    found = find(name)
    if not found:
        known = [entry.name for entry in entries()]
        raise UsageError(f"there is no rule {name!r}{did_you_mean(name, known)}; backprop rules lists all of them")
    return found


def _show_pages(console: Console, found: Iterable[Entry]) -> None:
    for number, entry in enumerate(found):
        if number:
            _print(console, Text("\n" + "─" * min(console.width, FILE_WIDTH) + "\n", "dim"))
        _show(console, page(entry, console.width))
        picture = entry.example.picture()
        if picture is not None:
            _show(console, plot_heading(picture, console.width))
            _print(console, Text.from_ansi(plot(picture, console.width)))


def _show(console: Console, lines: Iterable[Line]) -> None:
    for line in lines:
        _print(console, Text.assemble((line.text, line.style), (line.aside, "dim")))


def _print(console: Console, text: Text) -> None:
    for line in text.split("\n", allow_blank=True):
        line.rstrip()
        console.print(line, crop=False, overflow="ignore", no_wrap=True)
