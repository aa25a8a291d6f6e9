"""`backprop check`: mark the figures of a hand calculation, or those of the config itself."""

import os
from pathlib import Path

from rich.console import Console

from backprop_cli.api.marking import check
from backprop_cli.cli.output import FILE_WIDTH, chosen_form, write_result
from backprop_cli.errors import StorageError, UsageError
from backprop_cli.immutable import immutable
from backprop_cli.render.mark_console import lay_out
from backprop_cli.render.mark_telling import tell
from backprop_cli.render.marked import Marked
from backprop_cli.render.marks import FORMS, render
from backprop_cli.render.sheets import Form, Options, form_named
from backprop_cli.render.to_console import show_rows

# Names the file whose Markdown GitHub shows as the summary of a job.
SUMMARY = "GITHUB_STEP_SUMMARY"


@immutable
class Choices:
    """What was asked for beside the figures.

    Attributes:
        form: the form of the result; None for the one that suits the file, or the console.
        output: the file it goes to; None for standard output.
        reveal: whose true values are shown.
        strict: whether carried, rounded and cut-off figures do not pass, either.
    """

    form: str | None
    output: Path | None
    reveal: str
    strict: bool


def run(config: str, answers: str | None, settings: list[str], choices: Choices) -> int:
    """Mark figures, show or write the result, and give the exit code: 0 if nothing is refused, else 1.

    Raises:
        UsageError: there is nothing to mark, or nothing to read it from.
    """
    form = chosen_form(choices.form, choices.output, FORMS)
    if config == answers == "-":
        raise UsageError("config and answers cannot both come from standard input; give one of them as a file")
    marked = check(config, answers, settings).marked(choices.reveal, strict=choices.strict)
    _show(marked, form, choices.output)
    return 0 if marked.passes else 1


def _show(marked: Marked, form: Form, output: Path | None) -> None:
    if form.name == "github":
        _summarize(marked)
    console = Console()
    if form.name == "console" and output is None and console.is_terminal:
        show_rows(console, lay_out(tell(marked), console.width))
        return
    width = console.width if output is None else FILE_WIDTH
    write_result(render(marked, form, Options(width=width)), output)


def _summarize(marked: Marked) -> None:
    """Append the result to the summary of GitHub's job, where this is one."""
    path = os.environ.get(SUMMARY)
    if not path:
        return
    text = render(marked, form_named("markdown", FORMS), Options())
    try:
        with Path(path).open("a", encoding="utf-8") as summary:
            summary.write(text + "\n")
    except OSError as error:
        raise StorageError(f"{SUMMARY}: {path} cannot be written: {error.strerror}") from error
