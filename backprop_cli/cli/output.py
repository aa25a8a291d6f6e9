"""Where results go: standard output, or the file that `--output` names."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from backprop_cli.documents.writing import put_whole, unwritable
from backprop_cli.errors import StorageError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from backprop_cli.render.sheets import Form

# Width of a console result that goes to a file.
FILE_WIDTH = 100


def chosen_form(name: str | None, output: Path | None, forms: "Sequence[Form]") -> "Form":
    """Give the form that was asked for, or else the one that suits the file.

    Raises:
        UsageError: there is no such form, or none for such a file.
    """
    from backprop_cli.render.sheets import form_named, form_of_suffix

    if name is not None:
        return form_named(name, forms)
    if output is None or not output.suffix:
        return form_named("console", forms)
    suited = form_of_suffix(output.suffix, forms)
    if suited is None:
        known = ", ".join(suffix for form in forms for suffix in form.suffixes)
        raise UsageError(f"{output}: no form has this suffix; there are {known}, or name a form with --format")
    return suited


def write_result(text: str, output: Path | None) -> None:
    """Write a result to a file in one go, or to standard output.

    Raises:
        StorageError: the file cannot be written; what stood there before is kept.
    """
    if output is None or str(output) == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        _put([text.encode()], output)
    except OSError as error:
        raise StorageError(f"{output}: cannot be written: {error.strerror}; choose another place") from error


def write_pieces(pieces: Iterable[str | bytes], output: Path | None) -> None:
    """Write a long result piece by piece: to a file that is put in its place once it is whole, or to standard output.

    Raises:
        StorageError: the file cannot be written; what stood there before is kept.
    """
    encoded = (piece.encode() if isinstance(piece, str) else piece for piece in pieces)
    if output is None or str(output) == "-":
        sys.stdout.flush()
        for piece in encoded:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    try:
        _put(encoded, output)
    except OSError as error:
        raise unwritable(output, error) from error


def _put(pieces: Iterable[bytes], output: Path) -> None:
    """Put a result into a file in one go; a pipe or a device is written to, never replaced."""
    if not output.exists() or output.is_file():
        put_whole(output, pieces)
        return
    with output.open("wb") as file:
        file.writelines(pieces)


@contextmanager
def console_for(output: Path | None) -> "Iterator[Console]":
    """Give a console for a result; what goes to a file is written in one go once all of it is there."""
    from rich.console import Console

    if output is None:
        console = Console()
        # Rich would end the program with 1, which is the answer no; the door ends it with 0.
        console.on_broken_pipe = _hang_up  # type: ignore[method-assign]
        yield console
        return
    text = StringIO()
    yield Console(file=text, width=FILE_WIDTH)
    write_result(text.getvalue(), output)


def _hang_up() -> None:
    raise BrokenPipeError


def refuse_screen(form: str, output: Path | None) -> None:
    """Raise UsageError where what is not text would go to a terminal."""
    if (output is None or str(output) == "-") and sys.stdout.isatty():
        raise UsageError(f"{form} is not text, so it is not shown; name a file with --output")


def refuse_same(output: Path | None, given: Path) -> None:
    """Raise UsageError where a result would replace what it is made of."""
    if output is not None and output.exists() and given.exists() and output.samefile(given):
        raise UsageError(f"{output} is what the result is made of; choose another name")


def refuse_to_overwrite(path: Path, *, force: bool) -> None:
    """Raise StorageError when a file is there and may not be replaced."""
    if path.exists() and not force:
        raise StorageError(f"{path} exists; choose another name, or replace it with --force")
