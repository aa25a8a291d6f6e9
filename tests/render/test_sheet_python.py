"""The script of a worksheet: run by a fresh interpreter, it gives every value of the sheet, digit for digit."""

import ast
import builtins
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal

import pytest

from backprop_cli.api import Explanation
from backprop_cli.render.numbers import format_written
from backprop_cli.render.telling import written
from backprop_cli.worksheet.ground import Own

Sheets = Callable[..., Explanation]


def output_of(script: str) -> list[tuple[str, str]]:
    """Run a script without anything around it and give the names and the values that it prints."""
    done = subprocess.run([sys.executable, "-I", "-"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    pairs = [line.partition(" = ") for line in done.stdout.splitlines()]
    return [(name, value) for name, _, value in pairs]


def test_every_value_is_the_worksheets_bit_for_bit(exact_sheet: Explanation) -> None:
    printed = output_of(exact_sheet.text("python"))
    lines = list(exact_sheet)

    assert [repr(float(line.value)) for line in lines] == [value for _, value in printed]
    for line, (name, _) in zip(lines, printed, strict=True):
        assert exact_sheet.line(name).key == line.key


def test_every_line_is_rounded_as_on_the_worksheet(carried_sheet: Explanation) -> None:
    printed = output_of(carried_sheet.text("python"))
    lines = list(carried_sheet)

    assert [line.value for line in lines] == [Decimal(value) for _, value in printed]
    for line, (name, value) in zip(lines, printed, strict=True):
        assert carried_sheet.line(name).key == line.key
        shown = format_written(written(line))
        assert line.term is None or "e" in shown or shown == value


def test_the_script_needs_the_standard_library_alone(carried_sheet: Explanation) -> None:
    for node in ast.walk(ast.parse(carried_sheet.text("python"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
            assert {str(name).partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_only_what_a_script_uses_is_defined_in_it(sheet_of: Sheets) -> None:
    tree = ast.parse(sheet_of("two-neurons").text("python"))
    defined = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]

    assert defined == ["exp"]


def test_only_lines_at_which_python_would_raise_are_written_with_functions(sheet_of: Sheets) -> None:
    net = "network: {inputs: 1, layers: [{units: 1, activation: sigmoid}]}\ndata: {inputs: [[0.5]], targets: [[1.5]]}\n"
    names = "loss: half_sse\noptimizer: {name: sgd}\nnames: {none: 1 / (1 + 1 / (y - y)), half: y / 2}\n"
    script = sheet_of(net + names).text("python")

    assert "none = divide(1.0, 1.0 + divide(1.0, y - y))" in script
    assert "half = y / 2.0" in script


@pytest.mark.parametrize("config", ["two-neurons", "mazur", "xor"])
def test_no_variable_is_assigned_twice_or_hides_a_word_of_python(config: str, sheet_of: Sheets) -> None:
    tree = ast.parse(sheet_of(config).text("python"))
    targets = [ast.unparse(target) for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]

    assert len(set(targets)) == len(targets)
    assert not set(targets) & set(dir(builtins))


def test_lines_of_a_script_are_short_enough_to_read(exact_sheet: Explanation) -> None:
    lines = exact_sheet.text("python").splitlines()
    long = [line for line in lines if len(line) > 160 and not line.startswith(("#", "print(")) and "larger" not in line]

    assert not long


def test_a_stage_that_is_left_out_gives_its_values(sheet_of: Sheets) -> None:
    script = sheet_of("two-neurons", stages=["update"]).text("python")

    assert "From the rest of the step" in script
    assert [name for name, _ in output_of(script)] == ["w1_new", "b1_new", "w2_new", "b2_new"]


def test_names_of_the_readers_own_are_variables_that_python_takes(sheet_of: Sheets) -> None:
    names = "names: {if: z2_1, print: a2_1, power: w1, math: x_1, dL_dw1: L, to_3_decimals: y_1, P: yhat_1 ** 2.5}"
    more = "\nreport: {decimals: 3}\n"
    net = (
        "network: {inputs: 1, layers: [{units: 1, activation: sigmoid}, {units: 1, activation: sigmoid}]}\n"
        "data: {inputs: [[0.5]], targets: [[1.5]]}\nloss: half_sse\noptimizer: {name: sgd}\n"
    )
    for carry in (False, True):
        explained = sheet_of(net + names + more, carry=carry)

        printed = dict(output_of(explained.text("python")))

        assert {"if", "print", "power", "math", "dL_dw1", "to_3_decimals", "P"} <= printed.keys()
        assert any(isinstance(line.key, Own) for line in explained)
