"""The forms that a worksheet can be written in; a form's module is loaded when it is asked for."""

from collections.abc import Sequence
from importlib import import_module

from backprop_cli.errors import UsageError, did_you_mean
from backprop_cli.immutable import immutable
from backprop_cli.render.telling import Told


@immutable
class Options:
    """What a form may be told.

    Attributes:
        width: columns of the console form.
        document: whether LaTeX and HTML are whole documents, or pieces of one.
    """

    width: int = 100
    document: bool = True


@immutable
class Form:
    """One form.

    Attributes:
        name: what it is called.
        suffixes: of files that are written in it.
        module: has `render(told, options) -> str`, given what its table of forms is for.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str


FORMS = (
    Form("console", (".txt",), "backprop_cli.render.sheet_console"),
    Form("markdown", (".md", ".markdown"), "backprop_cli.render.sheet_markdown"),
    Form("latex", (".tex",), "backprop_cli.render.sheet_latex"),
    Form("html", (".html", ".htm"), "backprop_cli.render.sheet_html"),
    Form("json", (".json",), "backprop_cli.render.sheet_json"),
    Form("python", (".py",), "backprop_cli.render.sheet_python"),
)


def form_named(name: str, forms: Sequence[Form] = FORMS) -> Form:
    """Give a form by its name.

    Raises:
        UsageError: there is none of that name.
    """
    names = [form.name for form in forms]
    if name not in names:
        raise UsageError(f"there is no form {name!r}{did_you_mean(name, names)}; there are: {', '.join(names)}")
    return forms[names.index(name)]


def form_of_suffix(suffix: str, forms: Sequence[Form] = FORMS) -> Form | None:
    """Give the form of files with a suffix; None where it says nothing."""
    return next((form for form in forms if suffix.lower() in form.suffixes), None)


def render(told: Told, form: Form, options: Options) -> str:
    """Write a worksheet in a form."""
    text: str = import_module(form.module).render(told, options)
    return text
