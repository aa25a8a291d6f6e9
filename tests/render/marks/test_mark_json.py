"""JSON: one document of a stable form, with names in every notation, and null for what is no number."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from backprop_cli.api import load
from backprop_cli.render.marked import Marked

ROOT = Path(__file__).parents[3]
Sheet = Callable[..., Marked]
Written = Callable[..., str]


def of(kind: str, *, null: bool = False) -> dict[str, Any]:
    return {"type": [kind, "null"] if null else kind}


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def many(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


TEXT, MAYBE_TEXT = of("string"), of("string", null=True)
COUNT, NUMBER = {"type": "integer", "minimum": 0}, of("number", null=True)
STATUS = {"enum": ["right", "rounded", "cut_off", "carried", "wrong", "unread"]}
FORM = closed(
    schema={"const": 1},
    command={"const": "check"},
    version=TEXT,
    config=TEXT,
    sheet=TEXT,
    notation=TEXT,
    reveal={"enum": ["never", "wrong", "all"]},
    strict=of("boolean"),
    passes=of("boolean"),
    summary=TEXT,
    score=closed(right_in_method=COUNT, figures=COUNT),
    counts=closed(**dict.fromkeys(STATUS["enum"], COUNT)),
    declared=closed(verdicts=COUNT, found=COUNT),
    roots=many(COUNT),
    conventions=many(closed(name=TEXT, sentence=TEXT, explains=many(COUNT))),
    verdicts=many(
        closed(
            number=COUNT,
            name=MAYBE_TEXT,
            label=MAYBE_TEXT,
            as_written=TEXT,
            source_name=MAYBE_TEXT,
            step=COUNT,
            printed=TEXT,
            value=NUMBER,
            verdict=STATUS,
            refused=of("boolean"),
            true=NUMBER,
            own=NUMBER,
            slip=MAYBE_TEXT,
            suspicions=many(closed(slip=TEXT, also=many(TEXT), sentence=TEXT, value=NUMBER)),
            roots=many(COUNT),
            effects=COUNT,
            hidden=of("boolean"),
            trouble=MAYBE_TEXT,
            why=MAYBE_TEXT,
            declared={"oneOf": [of("null"), closed(verdict=STATUS, slip=MAYBE_TEXT, found=of("boolean"))]},
            notes=many(TEXT),
            place=closed(file=MAYBE_TEXT, line=of("integer", null=True), column=of("integer", null=True)),
        )
    ),
)


def test_its_form_is_stable(each: Marked, written: Written) -> None:
    for reveal in ("never", "wrong", "all"):
        document = json.loads(written(replace(each, reveal=type(each.reveal)(reveal)), "json"))

        assert [error.message for error in Draft202012Validator(FORM).iter_errors(document)] == []


def test_values_are_whole_and_names_those_of_the_default_notation(sheet: Sheet, written: Written) -> None:
    settings = ["notation=entering", "names={E: L}", "figures=[]", "report.digits={}"]
    names = load(ROOT / "configs" / "two-neurons.yaml", settings).names
    document = json.loads(written(replace(sheet("two-neurons"), names=names), "json"))
    by_number = {verdict["number"]: verdict for verdict in document["verdicts"]}

    assert [by_number[9][name] for name in ("name", "label", "as_written")] == ["dL/dw2_1_1", "dE/dw3_1_1", "dL/dw2"]
    assert by_number[9]["true"] == sheet("two-neurons").marking.verdicts[8].true
    assert by_number[9]["roots"] == [8, 7]
    assert by_number[15]["name"] is by_number[15]["true"] is None
    assert (by_number[8]["slip"], by_number[11]["slip"]) == ("input_for_activation", None)
    assert document["roots"] == [8, 7, 11, 17]


def test_what_is_no_number_is_null(sheet: Sheet, written: Written) -> None:
    verdict = json.loads(written(sheet("hostile"), "json"))["verdicts"][0]

    assert (verdict["true"], verdict["own"]) == (None, None)
