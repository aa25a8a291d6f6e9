"""The product from Python: the same objects as the commands work with, shown in a notebook."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from backprop_cli.api import Choice, Explanation, Run, explain, load, train
from backprop_cli.errors import ConfigError, UsageError
from backprop_cli.training.events import RunStarted, RunStopped

CONFIGS = Path(__file__).parent.parent.parent / "configs"
MAZUR, XOR = CONFIGS / "mazur.yaml", CONFIGS / "xor.yaml"


def test_a_run_holds_its_events_from_the_first_to_the_last() -> None:
    run = train(XOR, ["training.epochs=3"])

    assert isinstance(run, Run)
    first, *_, last = run
    assert isinstance(first, RunStarted)
    assert isinstance(last, RunStopped)
    assert run.stopped is last
    assert len(run.losses) == 3
    assert run.parameters == last.parameters


def test_a_config_may_be_read_once_and_used_often() -> None:
    setup = load(MAZUR)

    assert train(setup).parameters == train(MAZUR).parameters
    assert explain(setup).line("L").value == explain(MAZUR).line("L").value == pytest.approx(0.298371108760, rel=1e-11)
    assert train(setup).steps[0].record.step == 1


def test_settings_come_before_a_config_is_read() -> None:
    assert explain(MAZUR, ["optimizer.learning_rate=1.0"]).line("eta").value == 1.0
    with pytest.raises(UsageError, match=r"give them to load\(\)"):
        train(load(MAZUR), ["training.steps=2"])
    with pytest.raises(ConfigError, match="did you mean 'learning_rate'"):
        explain(MAZUR, ["optimizer.learning_rte=1.0"])


def test_any_quantity_of_the_step_may_be_asked_for() -> None:
    step = explain(MAZUR, only=["z2_1"])

    assert [line.key for line in step][-1] == step.line("z2_1").key
    assert step.line("dyhat_1/dw1_1_1").value == pytest.approx(0.18681560180895948 * 0.4 * 0.24130070857232525 * 0.05)
    assert step.line("dL_2/da2_1").value == pytest.approx(-0.019049118258278114, rel=1e-12)
    with pytest.raises(UsageError, match="there is no w7"):
        step.line("w7_1_1")


def test_a_choice_is_given_whole_or_field_by_field() -> None:
    whole, by_field = explain(MAZUR, choice=Choice(step=2, only=("L",))), explain(MAZUR, step=2, only=("L",))

    assert whole.text() == by_field.text()
    with pytest.raises(UsageError, match="not both"):
        explain(MAZUR, choice=Choice(), step=2)
    with pytest.raises(UsageError, match="unexpected keyword argument 'stpe'"):
        explain(MAZUR, stpe=2)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"step": 0}, "step must be a whole number from 1 to 2,147,483,647, not 0"),
        ({"step": 1.5}, "step must be a whole number from 1 to 2,147,483,647, not 1.5"),
        ({"decimals": -1}, "decimals must be a whole number from 0 to 30, not -1"),
        ({"significant": 0}, "significant must be a whole number from 1 to 30, not 0"),
        ({"only": "dL/dw1"}, "only is a list of names, not one; write ['dL/dw1']"),
        ({"stages": "forward"}, "stages is a list of names, not one; write ['forward']"),
        (
            {"stages": ["los"]},
            "there is no stage 'los'; did you mean 'loss'?; there are: forward, loss, backward, gradients, update",
        ),
        ({"only": ["w7"]}, "'w7': there is no w7; w has layers 1 to 2"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_words(chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        explain(MAZUR, **chosen)

    assert str(caught.value) == message


@pytest.mark.parametrize("form", ["console", "markdown", "latex", "html", "json", "python"])
def test_every_form_is_there(form: str) -> None:
    text = explain(MAZUR).text(form)

    assert ("w2_1_1_new" if form == "python" else "0.298") in text


def test_a_form_that_is_not_there_gets_a_suggestion() -> None:
    with pytest.raises(UsageError, match=r"there is no form 'latx'; did you mean 'latex'\?"):
        explain(MAZUR).text("latx")


def test_a_notebook_shows_a_step_in_html_and_latex() -> None:
    step = explain(MAZUR, only=["L"])

    assert isinstance(step, Explanation)
    assert "<math" in step._repr_html_()
    assert "<!DOCTYPE" not in step._repr_html_()
    assert r"\frac" in step._repr_latex_()
    assert r"\documentclass" not in step._repr_latex_()


def test_a_notebook_shows_a_run_as_tables_and_as_an_array() -> None:
    run = train(CONFIGS / "iris.yaml", ["training.epochs=2"])
    tables = ET.fromstring(f"<div>{run._repr_html_()}</div>")  # noqa: S314  our own text
    cells = [cell.text for cell in tables.iter("th")]

    assert cells[:4] == [None, "first", "last", "validation"]
    assert {"loss", "accuracy"} <= set(cells)
    # 67 parameters are more than anyone reads in a table.
    assert "w1_1_1" not in cells
    assert "w1_1_1" in train(MAZUR)._repr_html_()
    assert run._repr_latex_().startswith(r"$$\begin{array}{lrrr}  & \text{first} & \text{last} & \text{validation} \\ ")
    assert run._repr_latex_().endswith(r" \end{array}$$")


def test_a_run_that_diverged_says_so() -> None:
    words = ["optimizer.learning_rate=1e200", "network.layers.0.activation=identity", "training.steps=9"]
    run = train(CONFIGS / "two-neurons.yaml", [*words, "network.layers.1.activation=identity"])

    assert run.stopped.outcome == "diverged"
    assert "training stopped before the update" in run._repr_html_()
