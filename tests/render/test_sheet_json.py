"""The JSON of a worksheet: complete enough that every value can be worked out from the document alone."""

import json
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce
from typing import Any, TypeVar

import pytest

from backprop_cli.algebra.decimals import DECIMALS
from backprop_cli.algebra.digits import Digits, rounded
from backprop_cli.algebra.evaluation import FLOATS, Domain
from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.term import Number, Ref, apply
from backprop_cli.api import Explanation
from backprop_cli.quantities.quantity import Variable
from backprop_cli.render.sheet_json import tree

N = TypeVar("N")
Sheets = Callable[..., Explanation]


CHAIN = """
network: {inputs: 1, layers: [{units: 1, activation: sigmoid}, {units: 1, activation: sigmoid}]}
data: {inputs: [[0.5]], targets: [[1.5]]}
loss: half_sse
optimizer: {name: sgd}
notation: zero_based
names: {E: L}
"""


def read(explained: Explanation) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(explained.text("json"), parse_constant=pytest.fail)
    return document


def lines_of(document: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(stage["kind"], line) for stage in document["stages"] for line in stage["lines"]]


def value_of(tree: Mapping[str, Any], domain: Domain[N], values: Mapping[str, N]) -> N:
    """Evaluate a tree; an operator with more operands than it takes is worked out from left to right."""
    if "number" in tree:
        return domain.number(tree["number"])
    if "ref" in tree:
        return values[tree["ref"]]
    action = domain.actions[tree["op"]]
    operands = [value_of(argument, domain, values) for argument in tree["args"]]
    return reduce(action, operands) if OPERATORS[tree["op"]].arity == 2 else action(*operands)


def references(tree: Mapping[str, Any] | None) -> list[str]:
    if tree is None:
        return []
    inner = [name for argument in tree.get("args", ()) for name in references(argument)]
    return [tree["ref"]] if "ref" in tree else list(dict.fromkeys(inner))


def test_every_value_follows_from_the_document_bit_for_bit(exact_sheet: Explanation) -> None:
    document = read(exact_sheet)
    values = {line["name"]: line["value"] for line in document["elsewhere"]}

    for kind, line in lines_of(document):
        value = line["value"] if line["given"] else value_of(line["term"], FLOATS, values)
        assert (value, math.copysign(1.0, value)) == (line["value"], math.copysign(1.0, line["value"])), line
        if kind != "own":
            values[line["name"]] = value


def test_every_rounded_value_follows_from_the_document(carried_sheet: Explanation) -> None:
    document = read(carried_sheet)
    digits = Digits(document["rounding"]["decimals"], document["rounding"]["significant"] or 4)
    values: dict[str, Decimal] = {}

    for kind, line in lines_of(document):
        if line["given"]:
            value = Decimal(repr(line["value"]))
        else:
            value = rounded(value_of(line["term"], DECIMALS, values), digits)
            assert (float(value), value) == (line["value"], Decimal(line["shown"]))
        assert line["exact"] == carried_sheet.sheet.book.value(carried_sheet.line(line["label"]).key)
        if kind != "own":
            values[line["name"]] = value


def test_the_document_has_what_the_sheet_has(exact_sheet: Explanation) -> None:
    document, sheet = read(exact_sheet), exact_sheet.sheet
    record = sheet.ground.record

    assert {"schema": 1, "command": "explain", "carry": False}.items() <= document.items()
    assert (document["step"], document["epoch"], document["samples"]) == (
        record.step,
        record.epoch,
        list(record.samples),
    )
    assert [stage["count"] for stage in document["stages"]] == [len(stage["lines"]) for stage in document["stages"]]
    assert [line["value"] for _, line in lines_of(document)] == [line.value for line in exact_sheet]
    assert all(line["uses"] == references(line["term"]) for _, line in lines_of(document))


def test_labels_are_names_that_the_command_line_takes(exact_sheet: Explanation) -> None:
    for line, (_, described) in zip(exact_sheet, lines_of(read(exact_sheet)), strict=True):
        assert exact_sheet.line(described["label"]).key == line.key


def test_a_line_has_its_name_in_the_default_notation_and_its_label_in_the_configs(sheet_of: Sheets) -> None:
    document = read(sheet_of(CHAIN, only=["dE/dw1"]))
    gradient = lines_of(document)[-1][1]

    assert document["notation"] == "zero_based"
    assert (gradient["name"], gradient["label"]) == ("dL/dw1_1_1", "dE/dw1_1_1")
    assert gradient["uses"] == ["dL/dyhat_1", "dyhat_1/dz3_1", "dz3_1/da2_1", "da2_1/dz2_1", "dz2_1/dw1_1_1"]


def test_a_rule_is_a_tree_over_running_indices(sheet_of: Sheets) -> None:
    stages = {stage["topic"]: stage for stage in read(sheet_of("mazur"))["stages"]}
    product = {"op": "mul", "args": [{"ref": "w2_j_i"}, {"ref": "a2_i"}]}

    assert stages["inputs"]["rule"] is None
    assert stages["weighted_inputs"]["layer"] == 3
    assert stages["weighted_inputs"]["rule"] == {
        "name": "z3_j",
        "term": {"op": "add", "args": [{"op": "sum_over", "args": [{"index": "i"}, product]}, {"ref": "b2"}]},
    }


def test_settings_keep_their_letter(sheet_of: Sheets) -> None:
    stages = read(sheet_of("xor", only=["mhat:w1_1_1"], step=2))["stages"]

    assert stages[-1]["lines"][0]["term"]["args"][1]["args"][1] == {
        "op": "pow",
        "args": [{"number": 0.9, "symbol": "beta1"}, {"number": 2.0, "symbol": "t"}],
    }


def test_what_other_parts_of_the_step_give_is_listed(sheet_of: Sheets) -> None:
    document = read(sheet_of("two-neurons", stages=["loss"]))

    assert [(line["name"], line["given"]) for line in document["elsewhere"]] == [("y_1", True), ("yhat_1", False)]


def test_a_chain_is_one_operator_and_so_never_deep() -> None:
    chain = Ref(Variable("x", None, (1,)))
    for index in range(2, 3000):
        chain = apply("max", chain, Ref(Variable("x", None, (index,))))  # type: ignore[assignment]

    assert len(tree(chain)["args"]) == 2999
    assert json.loads(json.dumps(tree(apply("sub", chain, Number(1.0)))))["args"][1] == {"number": 1.0}
