"""`backprop explain`: tell one training step, every number of it."""

from pathlib import Path

from rich.console import Console

from backprop_cli.api.asking import NotInStep
from backprop_cli.api.explaining import Choice, told_step
from backprop_cli.cli.output import FILE_WIDTH, chosen_form, write_result
from backprop_cli.config.loader import load
from backprop_cli.errors import UsageError
from backprop_cli.render.sheet_console import lay_out
from backprop_cli.render.sheets import FORMS, Options, render
from backprop_cli.render.to_console import show_rows


def run(
    config: str, settings: list[str], choice: Choice, form: str | None, output: Path | None, *, standalone: bool
) -> None:
    """Explain a step of a config's run and show or write it.

    Raises:
        UsageError: the choice cannot be met.
    """
    chosen = chosen_form(form, output, FORMS)
    if standalone and chosen.name != "latex":
        raise UsageError(f"--standalone is for --format latex; {chosen.name} is always whole")
    try:
        told = told_step(load(config, settings), choice)
    except NotInStep as problem:
        raise UsageError(f"--only: {problem}") from None
    console = Console()
    if chosen.name == "console" and output is None and console.is_terminal:
        show_rows(console, lay_out(told, console.width))
        return
    width = console.width if output is None else FILE_WIDTH
    document = standalone or chosen.name != "latex"
    write_result(render(told, chosen, Options(width=width, document=document)), output)
