"""`backprop explain` as a user meets it: what is chosen, what is written, and what is refused with which words."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backprop_cli.cli.app import app

ROOT = Path(__file__).parent.parent.parent
WIDE = """
network:
  inputs: 60
  layers:
    - {units: 40, activation: relu}
    - {units: 3, activation: softmax}
data:
  inputs: [[%s]]
  targets: [[0, 1, 0]]
loss: cross_entropy
"""


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def wide(tmp_path: Path) -> str:
    path = tmp_path / "wide.yaml"
    path.write_text(WIDE % ", ".join("0.1" for _ in range(60)))
    return str(path)


def explain(*words: str, columns: int = 200, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["explain", *words], env={"COLUMNS": str(columns)}, input=stdin)


def equations(result: Result) -> dict[str, str]:
    """Give the right sides by name, where each equation stands on one row."""
    assert result.exit_code == 0, result.output
    rows = (row.strip().partition(" = ") for row in result.stdout.splitlines() if " = " in row)
    return {name: rest for name, _, rest in rows}


def test_every_equation_has_its_rule_its_numbers_and_its_value() -> None:
    told = equations(explain("configs/two-neurons.yaml"))

    assert told["z²"] == "w¹ · x + b¹ = 0.3 · 0.5 + 0.1 = 0.25"
    assert told["∂L/∂w¹"] == (
        "∂L/∂ŷ · ∂ŷ/∂z³ · ∂z³/∂a² · ∂a²/∂z² · ∂z²/∂w¹ = (−0.875) · 0.234 · 0.2 · 0.25 · 0.5 = −0.005"
    )
    assert told["w¹_new"] == "w¹ − η · ∂L/∂w¹ = 0.3 − 0.1 · (−0.005) = 0.3005"


def test_values_stand_out_on_a_terminal_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    plain = explain("configs/two-neurons.yaml").stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    styled = explain("configs/two-neurons.yaml").stdout

    assert "\x1b" not in plain
    assert "\x1b[1;36m0.25\x1b[0m" in styled
    assert re.sub(r"\x1b\[[\d;]*m", "", styled) == plain


def test_a_pencil_gives_the_articles_figures() -> None:
    told = equations(explain("configs/one-neuron.yaml", "--carry"))

    assert told["∂L/∂w"] == "∂L/∂ŷ · ∂ŷ/∂z · ∂z/∂w = (−0.94) · 0.25 · 0.5 = −0.118"
    assert told["∂L/∂b"].endswith("(−0.94) · 0.25 · 1 = −0.235")
    assert told["w_new"] == "w − η · ∂L/∂w = 0.3 − 0.1 · (−0.118) = 0.312"


def test_several_outputs_contribute_parts_that_have_names_of_their_own() -> None:
    told = equations(explain("configs/mazur.yaml", "--significant", "9"))

    assert told["∂L₂/∂a²₁"] == "∂L/∂z³₂ · ∂z³₂/∂a²₁ = (−0.0380982365) · 0.5 = −0.0190491183"
    assert told["∂L/∂a²₁"] == "∂L₁/∂a²₁ + ∂L₂/∂a²₁ = 0.0553994247 + (−0.0190491183) = 0.0363503064"


def test_the_third_example_has_two_biases_at_its_output_neuron() -> None:
    told = equations(explain("configs/two-in-a-layer.yaml"))

    assert told["z³"].startswith("w²₁ · a²₁ + b²₁ + w²₂ · a²₂ + b²₂ = 0.2 · 0.5622 + 0.4 + 0.6 · 0.6106 + 0.3")
    assert {"b²₁_new", "b²₂_new"} <= told.keys()


def test_relu_shows_which_branch_was_taken() -> None:
    told = equations(explain("configs/xor.yaml", "--set", "network.layers.0.activation=relu", "--sample", "2"))
    slopes = [told[name] for name in told if re.fullmatch(r"∂a²\S/∂z²\S@2", name)]

    assert any(re.search(r", else 0\) = 1   \([\d.]+ > 0\)$", slope) for slope in slopes), slopes
    assert any(re.search(r", else 0\) = 0   \(−[\d.]+ ≤ 0\)$", slope) for slope in slopes), slopes


def test_only_tells_a_quantity_with_all_that_it_depends_on_and_nothing_else() -> None:
    told = equations(explain("configs/two-neurons.yaml", "--only", "dL/dw2"))

    given = ["inputs: x", "targets: y", "weights: w¹", "biases: b¹"]
    assert list(told) == [*given, "z²", "a²", "z³", "ŷ", "∂L/∂ŷ", "∂ŷ/∂z³", "∂z³/∂w²", "∂L/∂w²"]


def test_only_may_be_given_again() -> None:
    told = equations(explain("configs/two-neurons.yaml", "--only", "z2", "--only", "L"))

    assert {"z²", "ŷ", "L"} <= told.keys()
    assert not any("∂" in name for name in told)


@pytest.mark.parametrize(
    ("stage", "present", "absent"),
    [
        ("forward", "ŷ", "L"),
        ("loss", "L", "ŷ"),
        ("backward", "∂L/∂ŷ", "∂L/∂w¹"),
        ("gradients", "∂L/∂w¹", "∂L/∂ŷ"),
        ("update", "w¹_new", "∂L/∂w¹"),
    ],
)
def test_a_stage_is_told_alone(stage: str, present: str, absent: str) -> None:
    told = equations(explain("configs/two-neurons.yaml", "--stage", stage))

    assert present in told
    assert absent not in told


def test_a_later_step_starts_from_what_the_steps_before_it_left() -> None:
    first = equations(explain("configs/two-neurons.yaml", "--significant", "12"))
    second = equations(explain("configs/two-neurons.yaml", "--significant", "12", "--step", "2"))

    assert second["weights: w¹"].split("   ")[0] == first["w¹_new"].rpartition("= ")[2]


def test_a_step_may_lie_beyond_the_configured_run() -> None:
    assert "Step 2 · epoch 2 · beyond the configured run" in explain("configs/mazur.yaml", "--step", "2").stdout
    told = equations(explain("configs/mazur.yaml", "--step", "10001", "--only", "L", "--significant", "9"))

    assert told["L"].endswith("= 0.0000351018778") or told["L"].endswith("= 3.51018778×10⁻⁵")


def test_a_sample_is_told_alone_and_the_batch_sums_up() -> None:
    alone = equations(explain("configs/xor.yaml", "--sample", "3"))
    whole = equations(explain("configs/xor.yaml", "--only", "dL/db2"))

    assert "∂L/∂b²@3" in alone
    assert not any("@2" in name or name.endswith("_new") for name in alone)
    assert whole["∂L/∂b²"].startswith("(∂L/∂b²@1 + ∂L/∂b²@2 + ∂L/∂b²@3 + ∂L/∂b²@4) / 4 = ")


def test_a_chosen_sample_stands_for_one_that_a_name_leaves_out() -> None:
    told = equations(explain("configs/xor.yaml", "--sample", "2", "--only", "z3", "--only", " L ", "--only", "dL/db2"))

    assert {"z³@2", "L@2", "∂L/∂b²@2"} <= told.keys()
    assert not any("@1" in name or name in {"L", "∂L/∂b²"} for name in told)


def test_the_output_error_is_a_shortcut_or_the_full_product() -> None:
    words = ("configs/iris.yaml", "--only", "dL/dz3_1@147")
    short, long = equations(explain(*words)), equations(explain(*words, "--long"))

    assert short["∂L/∂z³₁@147"].startswith("ŷ₁@147 − y₁@147 = ")
    assert long["∂L/∂z³₁@147"].startswith("∂L/∂ŷ₁@147 · ∂ŷ₁/∂z³₁@147 + ∂L/∂ŷ₂@147 · ∂ŷ₂/∂z³₁@147")
    assert short["∂L/∂z³₁@147"].rpartition("= ")[2] == long["∂L/∂z³₁@147"].rpartition("= ")[2]
    assert any(name.startswith("s³") for name in long)


def test_a_sum_over_many_inputs_is_shown_by_its_ends_and_the_count_between(wide: str) -> None:
    told = equations(explain(wide, "--only", "z2_1", columns=400))

    assert told["z²₁"].startswith("w¹₁₁ · x₁ + w¹₁₂ · x₂ + w¹₁₃ · x₃ + … 56 more … + w¹[1,60] · x₆₀ + b¹₁ = ")


def test_a_sheet_that_nobody_would_read_is_refused_with_its_length(wide: str) -> None:
    result, asked = explain(wide), explain(wide, "--all", "--stage", "forward", "--stage", "update")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "backprop: the sheet of this step has 7,986 lines; choose with --only NAME or --stage, "
        "or ask for them all with --all\n"
    )
    assert asked.exit_code == 0
    assert asked.stdout.count("_new = ") == 60 * 40 + 40 + 40 * 3 + 3 + 1


@pytest.mark.parametrize(
    ("name", "suffix", "start"),
    [
        ("console", "txt", "1-1-1 · sigmoid, sigmoid"),
        ("markdown", "md", "# Step 1"),
        ("markdown", "MARKDOWN", "# Step 1"),
        ("latex", "tex", "% "),
        ("html", "html", "<!doctype html>"),
        ("html", "htm", "<!doctype html>"),
        ("json", "json", "{"),
        ("python", "py", "# Step 1"),
    ],
)
def test_the_suffix_of_the_output_picks_the_form(name: str, suffix: str, start: str, tmp_path: Path) -> None:
    path = tmp_path / f"step.{suffix}"
    written = explain("configs/two-neurons.yaml", "--output", str(path))
    printed = explain("configs/two-neurons.yaml", "--format", name, "--output", "-")

    assert (written.exit_code, written.stdout) == (0, "")
    assert path.read_text(encoding="utf-8") == printed.stdout
    assert printed.stdout.lower().startswith(start.lower())


def test_a_config_may_come_from_standard_input() -> None:
    text = (ROOT / "configs" / "one-neuron.yaml").read_text(encoding="utf-8")

    assert equations(explain("-", stdin=text))["z"] == "w · x + b = 0.3 · 0.5 + 0.1 = 0.25"


def test_names_and_expressions_of_the_reader_are_lines_like_any_other() -> None:
    names = "names={E: L, w5: w2_1_1, net_o1: z3_1, err_o1: -dL/dz3_1}"
    told = equations(explain("configs/mazur.yaml", "--set", names))

    assert told["err_o1"] == "−∂E/∂net_o1 = −0.1385"
    assert told["∂E/∂w5"].startswith("∂E/∂ŷ₁ · ∂ŷ₁/∂net_o1 · ∂net_o1/∂w5 = ")
    assert equations(explain("configs/mazur.yaml", "--set", names, "--only", "err_o1"))["err_o1"].endswith("−0.1385")


def test_the_three_numberings_tell_the_same_under_their_own_names() -> None:
    values, plain = [], ("--set", "figures=[]")
    for notation, w, z in (("leaving", "w²", "z³"), ("entering", "w³", "z³"), ("zero_based", "w²", "z²")):
        told = equations(
            explain("configs/two-neurons.yaml", "--set", f"notation={notation}", "--set", "report.digits={}", *plain)
        )
        values.append([told[f"∂{z}/∂{w}"].rpartition("= ")[2], told[f"{w}_new"].rpartition("= ")[2]])

    assert values[0] == values[1] == values[2]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["configs/two-neurons.yaml", "--only", "w9"],
            "backprop: --only: 'w9': there is no w9; w has layers 1 to 2",
        ),
        (
            ["configs/two-neurons.yaml", "--only", "dL/dq1"],
            "backprop: --only: 'dL/dq1': no such quantity; names look like z3_1, w1_1_1, yhat_1",
        ),
        (
            ["configs/xor.yaml", "--only", "z2_1"],
            "backprop: --only: 'z2_1': it has a value for each of the step's 4 samples; say which, as z2_1@1",
        ),
        (
            ["configs/iris.yaml", "--only", "z2_1@1"],
            (
                "backprop: --only: 'z2_1@1': sample 1 is not in step 1, which trains on samples "
                "4, 147, 96, 30, 11, 145, 59, 80, 130, 91, …"
            ),
        ),
        (
            ["configs/iris.yaml", "--sample", "1"],
            "backprop: sample 1 is not in step 1, which trains on samples 4, 147, 96, 30, 11, 145, 59, 80, 130, 91, …",
        ),
        (
            ["configs/two-neurons.yaml", "--decimals", "2", "--significant", "3"],
            "backprop: decimals and significant digits exclude each other; keep one",
        ),
        (
            ["configs/xor.yaml", "--only", "m_old(w1_1_1)"],
            "backprop: --only: 'm_old(w1_1_1)': this is named m:w1_1_1_old",
        ),
        (
            ["configs/xor.yaml", "--sample", "2", "--only", "z2_1@3"],
            "backprop: --only: 'z2_1@3': the name says sample 3, and sample 2 is chosen; write the same",
        ),
        (
            ["configs/xor.yaml", "--sample", "2", "--stage", "update"],
            "backprop: nothing of what is chosen belongs to update; it has forward, loss, backward, gradients",
        ),
        (
            ["configs/two-neurons.yaml", "--only", "z2", "--stage", "update", "--stage", "loss"],
            "backprop: nothing of what is chosen belongs to update or loss; it has forward",
        ),
        (
            ["configs/two-neurons.yaml", "--output", "step.pdf"],
            (
                "backprop: step.pdf: no form has this suffix; there are .txt, .md, .markdown, .tex, .html, .htm, "
                ".json, .py, or name a form with --format"
            ),
        ),
        (
            ["configs/two-neurons.yaml", "--standalone"],
            "backprop: --standalone is for --format latex; console is always whole",
        ),
        (
            ["configs/two-neurons.yaml", "--only", "gnorm"],
            (
                "backprop: --only: 'gnorm': the length of the gradient is measured where optimizer.clip has a norm, "
                "and here it has none"
            ),
        ),
    ],
)
def test_a_choice_that_cannot_be_met_says_why(words: list[str], message: str) -> None:
    result = explain(*words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == message + "\n"


def test_data_without_targets_has_no_loss_to_explain(tmp_path: Path) -> None:
    path = tmp_path / "blind.yaml"
    path.write_text("network: {inputs: 1, layers: [{units: 1}]}\ndata: {inputs: [1]}\n")
    result = explain(str(path))

    assert result.exit_code == 3
    assert "data.targets is missing" in result.stderr


def test_a_run_that_diverges_before_the_step_says_where() -> None:
    words = ("--set", "optimizer.learning_rate=1e200", "--set", "network.layers.0.activation=identity")
    identity = ("--set", "network.layers.1.activation=identity", "--step", "9")
    result = explain("configs/two-neurons.yaml", *words, *identity)

    assert result.exit_code == 5
    assert re.match(r"backprop: \S+ is -?(inf|nan) in step \d; training stopped before the update", result.stderr)


def test_a_formula_that_overflows_as_it_is_taught_says_what_to_do() -> None:
    large = ("--set", "network.layers.0.weights=[[900, 0], [0, 0]]", "--set", "network.layers.0.activation=softmax")
    words = ("configs/mazur.yaml", *large, "--set", "data.inputs=[[1, 0]]")
    result, shifted = (
        explain(*words),
        explain(*words, "--set", "network.layers.0.activation={name: softmax, shift: max}"),
    )

    assert result.exit_code == 5
    assert "shift: max" in result.stderr
    assert equations(shifted)["e²₁"].startswith("e^(z²₁ − max(z²₁, z²₂)) = e^(900")


def test_a_gradient_that_is_clipped_by_its_length_is_told_in_a_wide_net(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    inputs = ", ".join("0.5" for _ in range(300))
    path.write_text(
        "network: {inputs: 300, layers: [{units: 10}, {units: 1}]}\n"
        f"data: {{inputs: [[{inputs}]], targets: [1]}}\n"
        "optimizer: {name: sgd, learning_rate: 0.1, clip: {norm: 1e-3}}\n"
    )

    assert "∂L/∂w¹₁₁" in equations(explain(str(path), "--only", "dL/dw1_1_1"))
    assert equations(explain(str(path), "--only", "g:w1_1_1"))["‖g‖"].count("… 3,016 more …") == 2


def test_an_expression_without_a_value_spoils_nothing_else() -> None:
    names = ("configs/one-neuron.yaml", "--set", "names={lx: ln(-1 * x)}")

    assert equations(explain(*names))["lx"] == "ln((−1) · x) = ln((−1) · 0.5) = nan"
    assert equations(explain(*names, "--carry"))["lx"].endswith("= nan")
    assert '"value": null' in explain(*names, "--format", "json").stdout


def test_a_pencil_starts_from_the_text_of_the_config_in_single_precision_too() -> None:
    words = ("configs/one-neuron.yaml", "--carry", "--set", "training.dtype=float32")
    told = equations(explain(*words))

    assert told["weights: w"] == "0.3"
    assert told["w_new"] == "w − η · ∂L/∂w = 0.3 − 0.1 · (−0.118) = 0.312"


def test_the_command_offers_every_form_and_every_part() -> None:
    from backprop_cli.api.explaining import PARTS
    from backprop_cli.cli.app import Part, SheetForm
    from backprop_cli.render.sheets import FORMS

    assert [form.value for form in SheetForm] == [form.name for form in FORMS]
    assert tuple(part.value for part in Part) == PARTS


def test_the_json_is_one_document_whose_values_are_whole() -> None:
    document = json.loads(explain("configs/two-neurons.yaml", "--format", "json").stdout)
    lines = {line["name"]: line for stage in document["stages"] for line in stage["lines"]}

    assert document["command"] == "explain"
    assert lines["dL/dw1_1_1"]["value"] == pytest.approx(-0.005043462628309418, rel=1e-12)
