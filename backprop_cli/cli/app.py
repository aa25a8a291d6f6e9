"""The command line. Everything heavy is imported inside the commands."""

import sys
from collections.abc import Sequence
from copy import copy
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from backprop_cli import __version__
from backprop_cli.cli.door import door

app = typer.Typer(
    name="backprop",
    help="Train a neural network that a YAML file describes, and show every number of every step.",
    epilog="Example: backprop train configs/two-neurons.yaml",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """Forms of a result."""

    console = "console"
    json = "json"


class SheetForm(StrEnum):
    """Forms of a worksheet."""

    console = "console"
    markdown = "markdown"
    latex = "latex"
    html = "html"
    json = "json"
    python = "python"


class Oracle(StrEnum):
    """What a gradient is checked against."""

    central = "central"
    complex = "complex"
    mpmath = "mpmath"
    torch = "torch"


class MarkForm(StrEnum):
    """Forms of a marked sheet."""

    console = "console"
    markdown = "markdown"
    html = "html"
    json = "json"
    github = "github"
    junit = "junit"


class ModelForm(StrEnum):
    """Formats of others that a model can be written in."""

    onnx = "onnx"
    state_dict = "state_dict"
    json = "json"


class Revealed(StrEnum):
    """Whose true values a marked sheet shows."""

    never = "never"
    wrong = "wrong"
    all = "all"


class PredictionForm(StrEnum):
    """Forms of predictions."""

    console = "console"
    csv = "csv"
    jsonl = "jsonl"
    npz = "npz"


class Part(StrEnum):
    """Parts of a worksheet."""

    forward = "forward"
    loss = "loss"
    backward = "backward"
    gradients = "gradients"
    update = "update"


ModelPath = Annotated[str, typer.Argument(metavar="MODEL", help="run folder, or .safetensors file of one")]
DataPath = Annotated[
    str, typer.Argument(metavar="DATA", help="file of any format that training reads; - reads CSV from standard input")
]
ConfigPath = Annotated[str, typer.Argument(metavar="CONFIG", help="YAML file; - reads standard input")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY.PATH=VALUE", help="set one value of the config, as optimizer.learning_rate=0.5"),
]
FormatOption = Annotated[Format, typer.Option("--format", help="form of the result")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="write the result to a file")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="no progress and no notices")]
DebugOption = Annotated[bool, typer.Option("--debug", help="show the traceback of a bug")]


def _show_version(asked: bool) -> None:
    if asked:
        print(f"backprop {__version__}")
        raise typer.Exit


@app.callback()
def backprop(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="show the version and exit")
    ] = False,
) -> None:
    """Hold the options of the program itself."""


@app.command(epilog="Example: backprop train configs/two-neurons.yaml --set optimizer.learning_rate=0.5")
def train(
    config: Annotated[
        str | None, typer.Argument(metavar="CONFIG", help="YAML file; - reads standard input; not needed with --resume")
    ] = None,
    settings: Settings = None,
    out: Annotated[
        Path | None,
        # Whether it can be read is for the run to say, with its own exit code.
        typer.Option("--out", metavar="FOLDER", readable=False, help="write history, model and checkpoint to a folder"),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="go on with the run in the folder; start CONFIG where there is none"),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace the run that is in the folder")] = False,
    trace: Annotated[
        int | None, typer.Option(min=0, help="show the first so many steps number by number; 0 for none")
    ] = None,
    expect: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="exit with 1 unless this is reached: 'validation.accuracy >= 0.95', 'final.loss < 0.1'; repeatable",
        ),
    ] = None,
    form: FormatOption = Format.console,
    output: OutputOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="build and report everything, train nothing")] = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Train the network that CONFIG describes."""
    with door(debug=debug):
        from backprop_cli.cli import train as command

        choices = command.Choices(
            out=out,
            resume=resume,
            force=force,
            form=form.value,
            output=output,
            trace=trace,
            expect=tuple(expect or ()),
            dry_run=dry_run,
            quiet=quiet,
        )
        raise typer.Exit(command.run(config, settings or [], choices))


@app.command(epilog="Example: backprop predict runs/iris configs/data/iris.csv")
def predict(
    model: ModelPath,
    data: DataPath,
    form: Annotated[
        PredictionForm | None,
        typer.Option("--format", help="form of the result; by default as --output's suffix says"),
    ] = None,
    output: OutputOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Predict DATA with a trained MODEL: the class of each row, where there are classes, and every output.

    DATA is prepared as it was for training. Columns go by their names in training and others are ignored; where either
    has no names, the inputs come first.
    """
    with door(debug=debug):
        from backprop_cli.cli import predict as command

        command.run(model, data, None if form is None else form.value, output, quiet=quiet)


@app.command(epilog="Example: backprop evaluate runs/iris configs/data/iris.csv --expect 'accuracy >= 0.95'")
def evaluate(
    model: ModelPath,
    data: DataPath,
    targets: Annotated[
        str | None, typer.Option(metavar="FILE", help="where the targets are, if they are not in DATA")
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC", help="measure this, not what the config says: f1, '{name: top_k, k: 2}'; repeatable"
        ),
    ] = None,
    expect: Annotated[
        list[str] | None,
        typer.Option(metavar="CONDITION", help="exit with 1 unless this is found: 'accuracy >= 0.95'; repeatable"),
    ] = None,
    form: FormatOption = Format.console,
    output: OutputOption = None,
    debug: DebugOption = False,
) -> None:
    """Say how well a trained MODEL does on DATA: loss, metrics, each class, and which class it takes for which."""
    with door(debug=debug):
        from backprop_cli.cli import evaluate as command

        choices = command.Choices(targets, metric or [], expect or [], form.value, output)
        raise typer.Exit(command.run(model, data, choices))


@app.command(epilog="Example: backprop show runs/iris")
def show(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="run folder, or .safetensors file; several are compared")
    ],
    form: FormatOption = Format.console,
    output: OutputOption = None,
    debug: DebugOption = False,
) -> None:
    """Show what came of a run: how it stands, its network, data and times, losses, metrics, and what was expected.

    Several runs are shown beside each other, with what their configs do not have in common.
    """
    with door(debug=debug):
        from backprop_cli.cli import show as command

        command.run(runs, form.value, output)


@app.command(epilog="Example: backprop explain configs/two-neurons.yaml --only dL/dw1")
def explain(
    config: ConfigPath,
    settings: Settings = None,
    step: Annotated[int, typer.Option(min=1, help="train to just before this step, then tell it")] = 1,
    sample: Annotated[int | None, typer.Option(min=1, help="tell this sample of the step alone")] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="tell this quantity and all that it depends on; repeatable")
    ] = None,
    stage: Annotated[list[Part] | None, typer.Option(help="tell this part of the sheet alone; repeatable")] = None,
    long: Annotated[
        bool, typer.Option("--long", help="write the output error as a full product, without the shortcut of the loss")
    ] = False,
    decimals: Annotated[int | None, typer.Option(min=0, max=30, help="digits after the point")] = None,
    significant: Annotated[int | None, typer.Option(min=1, max=30, help="significant digits")] = None,
    carry: Annotated[
        bool | None,
        typer.Option(
            "--carry/--no-carry", help="round each line before the next uses it; a later step starts from exact values"
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="tell a whole sheet of more than 2,000 lines")] = False,
    form: Annotated[
        SheetForm | None, typer.Option("--format", help="form of the sheet; by default as --output's suffix says")
    ] = None,
    standalone: Annotated[bool, typer.Option("--standalone", help="with latex: a whole document")] = False,
    output: OutputOption = None,
    debug: DebugOption = False,
) -> None:
    """Tell one training step of CONFIG as a person works it out: every rule, the numbers put in, the result."""
    with door(debug=debug):
        from backprop_cli.api.explaining import Choice
        from backprop_cli.cli import explain as command

        choice = Choice(
            step=step,
            sample=sample,
            only=tuple(only or ()),
            stages=tuple(part.value for part in stage or ()),
            long=long,
            decimals=decimals,
            significant=significant,
            carry=carry,
            everything=everything,
        )
        name = None if form is None else form.value
        command.run(config, settings or [], choice, name, output, standalone=standalone)


@app.command(epilog="Example: backprop gradcheck configs/xor.yaml --step 100 --against central --against complex")
def gradcheck(
    config: ConfigPath,
    settings: Settings = None,
    step: Annotated[int, typer.Option(min=1, help="train to just before this step, then check its gradient")] = 1,
    against: Annotated[
        list[Oracle] | None,
        typer.Option(help="ask this oracle; repeatable; all that are installed and fit if left out"),
    ] = None,
    h: Annotated[float, typer.Option("--h", help="step of the central differences, above 0")] = 1e-5,
    most: Annotated[
        int | None,
        typer.Option(min=1, help="check so many parameters one by one; what a few seconds allow if left out"),
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            help="relative error that passes; by default 1e-6 for central, 1e-9 for the others, 1e-4 in float32"
        ),
    ] = None,
    show: Annotated[int, typer.Option(min=1, help="rows of the table, the worst first")] = 20,
    form: FormatOption = Format.console,
    output: OutputOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Check the gradient of one training step of CONFIG against independent oracles, parameter by parameter."""
    with door(debug=debug):
        from backprop_cli.api.gradients import Asked
        from backprop_cli.cli import gradcheck as command

        names = tuple(oracle.value for oracle in against or ())
        asked = Asked(step=step, against=names, h=h, most=most, tolerance=tolerance)
        shown = command.Shown(form=form.value, output=output, rows=show, quiet=quiet)
        raise typer.Exit(command.run(config, settings or [], asked, shown))


@app.command(epilog="Example: backprop check configs/two-neurons.yaml --reveal wrong")
def check(
    config: ConfigPath,
    answers: Annotated[
        str | None,
        typer.Argument(
            metavar="ANSWERS",
            help="the figures to mark, a CSV, YAML or JSON file; - reads standard input; the config's own if left out",
        ),
    ] = None,
    settings: Settings = None,
    reveal: Annotated[
        Revealed, typer.Option(help="show the true values of no figure, of wrong ones, or of all")
    ] = Revealed.all,
    strict: Annotated[
        bool, typer.Option("--strict", help="let rounded, cut-off and carried figures not pass, either")
    ] = False,
    form: Annotated[
        MarkForm | None, typer.Option("--format", help="form of the result; by default as --output's suffix says")
    ] = None,
    output: OutputOption = None,
    debug: DebugOption = False,
) -> None:
    """Mark a hand calculation: which figures are right, which follow from an earlier slip, and what went wrong first.

    The exit code is 0 when every figure passes, and 1 when one does not.  A figure with a declared verdict passes when
    that is what is found.
    """
    with door(debug=debug):
        from backprop_cli.cli import check as command

        name = None if form is None else form.value
        choices = command.Choices(form=name, output=output, reveal=reveal.value, strict=strict)
        raise typer.Exit(command.run(config, answers, settings or [], choices))


@app.command(epilog="Example: backprop validate configs/two-neurons.yaml configs/iris.yaml")
def validate(
    configs: Annotated[list[str], typer.Argument(metavar="CONFIG...", help="YAML files; - reads standard input")],
    settings: Settings = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Check configs and their data, and report every problem of all of them; train nothing."""
    with door(debug=debug):
        from backprop_cli.cli import validate as command

        raise typer.Exit(command.run(configs, settings or [], quiet=quiet))


@app.command(epilog="Example: backprop export runs/iris --output /tmp/iris.json")
def export(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="run folder, or the model.safetensors of one")],
    form: Annotated[
        ModelForm | None, typer.Option("--format", help="format of the result; by default as --output's suffix says")
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="with onnx: the network alone, for inputs that are already prepared")
    ] = False,
    output: OutputOption = None,
    debug: DebugOption = False,
) -> None:
    """Write a trained model as ONNX, as a PyTorch state_dict in safetensors, or as plain JSON.

    Suffixes are .onnx, .safetensors and .json.
    """
    with door(debug=debug):
        from backprop_cli.cli import export as command

        command.run(model, None if form is None else form.value, output, raw=raw)


@app.command(epilog="Example: backprop rules sigmoid")
def rules(
    name: Annotated[str | None, typer.Argument(help="show one rule in full; all of them in a list if left out")] = None,
    form: FormatOption = Format.console,
    output: OutputOption = None,
    debug: DebugOption = False,
) -> None:
    """List activations, losses, optimizers and all other rules, or work out the derivative of one step by step."""
    with door(debug=debug):
        from backprop_cli.cli import rules as command

        command.run(name, form.value, output)


@app.command(epilog="Example: backprop schema --output /tmp/backprop.schema.json")
def schema(output: OutputOption = None, debug: DebugOption = False) -> None:
    """Print the JSON Schema of configs, for editors and other tools."""
    with door(debug=debug):
        from backprop_cli.cli import schema as command
        from backprop_cli.cli.output import write_result

        write_result(command.text(), output)


@app.command(epilog="Example: backprop init xor --output /tmp/my-xor.yaml --force")
def init(
    name: Annotated[str, typer.Argument(help="which starter config; --list shows them")] = "two-neurons",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="where to write it; NAME.yaml if left out")
    ] = None,
    list_names: Annotated[bool, typer.Option("--list", help="list the starter configs and exit")] = False,
    force: Annotated[bool, typer.Option("--force", help="replace files that are there")] = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a commented starter config, with the schema that editors read beside it."""
    with door(debug=debug):
        from backprop_cli.cli import init as command

        if list_names:
            command.show_list()
        else:
            command.run(name, output, force=force, quiet=quiet)


def main() -> None:
    """Run the program."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a stand-in instead of a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    _app_for(sys.argv[1:])()


def _app_for(words: Sequence[str]) -> typer.Typer:
    """Give the app with the command that is named alone: to work out the options of all takes a while."""
    named = [one for one in app.registered_commands if one.callback and one.callback.__name__ in words[:1]]
    chosen = copy(app)
    chosen.registered_commands = named or app.registered_commands
    return chosen
