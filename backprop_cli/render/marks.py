"""The forms that a marked sheet can be written in; a form's module is loaded when it is asked for."""

from importlib import import_module

from backprop_cli.render.mark_telling import tell
from backprop_cli.render.marked import Marked
from backprop_cli.render.sheets import Form, Options

FORMS = (
    Form("console", (".txt",), "backprop_cli.render.mark_console"),
    Form("markdown", (".md", ".markdown"), "backprop_cli.render.mark_markdown"),
    Form("html", (".html", ".htm"), "backprop_cli.render.mark_html"),
    Form("json", (".json",), "backprop_cli.render.mark_json"),
    Form("github", (), "backprop_cli.render.mark_github"),
    Form("junit", (".xml",), "backprop_cli.render.mark_junit"),
)


def render(marked: Marked, form: Form, options: Options) -> str:
    """Write a marked sheet in a form."""
    text: str = import_module(form.module).render(tell(marked), options)
    return text
