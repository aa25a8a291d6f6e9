"""A marked sheet in Python: the same forms as on the command line, and itself in a notebook."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from backprop_cli.api import Checked, check
from backprop_cli.cli.app import app
from backprop_cli.errors import UsageError
from backprop_cli.render.marks import FORMS

ROOT = Path(__file__).parents[2]
CONFIG = str(ROOT / "configs" / "two-neurons.yaml")


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check(CONFIG)


@pytest.mark.parametrize("form", [form.name for form in FORMS])
@pytest.mark.parametrize(("flags", "asked"), [([], {}), (["--reveal", "never", "--strict"], {"reveal": "never"})])
def test_python_writes_what_the_command_does(
    form: str, flags: list[str], asked: dict[str, str], checked: Checked
) -> None:
    result = CliRunner().invoke(app, ["check", CONFIG, "--format", form, *flags], env={"COLUMNS": "100"})

    assert result.stdout == checked.text(form, width=100, strict=bool(flags), **asked)  # type: ignore[arg-type]


def test_a_notebook_shows_it_as_a_piece_of_its_page(checked: Checked) -> None:
    assert checked._repr_html_() == checked.text("html", document=False)
    assert checked._repr_html_().startswith("<div ")
    assert repr(checked) == f"<Marking of {CONFIG}: 20 of 24 figures right in method>"


def test_a_form_or_a_way_that_does_not_exist_is_refused(checked: Checked) -> None:
    with pytest.raises(UsageError, match=r"^there is no form 'htm'; did you mean 'html'"):
        checked.text("htm")
    with pytest.raises(UsageError, match=r"^reveal is never, wrong or all, not 'sometimes'$"):
        checked.text(reveal="sometimes")
