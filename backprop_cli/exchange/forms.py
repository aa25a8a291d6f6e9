"""The formats that a model can be written in; a format's module is loaded when it is asked for."""

from importlib import import_module
from pathlib import Path

from backprop_cli.errors import UsageError, did_you_mean
from backprop_cli.immutable import immutable
from backprop_cli.training.model import Model


@immutable
class Form:
    """One format.

    Attributes:
        name: what it is called.
        suffix: of files that are written in it.
        is_text: whether it can be shown.
        has_choice: whether the preparation of inputs can be left out.
        module: has `written(model) -> bytes`, with `prepares` as a keyword where there is a choice.
    """

    name: str
    suffix: str
    is_text: bool
    has_choice: bool
    module: str


FORMS = (
    Form("onnx", ".onnx", is_text=False, has_choice=True, module="backprop_cli.exchange.to_onnx"),
    Form("state_dict", ".safetensors", is_text=False, has_choice=False, module="backprop_cli.exchange.to_state_dict"),
    Form("json", ".json", is_text=True, has_choice=False, module="backprop_cli.exchange.to_json"),
)


def form_for(name: str | None, output: Path | None) -> Form:
    """Give the format that is asked for by its name, or else by the suffix of a file.

    Raises:
        UsageError: there is no such format, or nothing says which.
    """
    names, suffixes = [form.name for form in FORMS], [form.suffix for form in FORMS]
    if name in names:
        return FORMS[names.index(name)]
    if name is not None:
        raise UsageError(f"there is no form {name!r}{did_you_mean(name, names)}; there are: {', '.join(names)}")
    if output is None or not output.suffix:
        raise UsageError(f"which form? name one with --format: {', '.join(names)}")
    if output.suffix.lower() not in suffixes:
        message = f"{output}: no form has this suffix; there are {', '.join(suffixes)}"
        raise UsageError(f"{message}, or name a form with --format")
    return FORMS[suffixes.index(output.suffix.lower())]


def written(model: Model, form: Form, *, prepares: bool = True) -> bytes:
    """Write a model in a format.

    Args:
        model: what was trained.
        form: the format.
        prepares: whether what is written prepares its inputs itself, where the format leaves a choice.

    Raises:
        MissingExtra: the package that writes the format is not installed.
        StorageError: the format cannot hold so large a model.
    """
    choice = {"prepares": prepares} if form.has_choice else {}
    content: bytes = import_module(form.module).written(model, **choice)
    return content
