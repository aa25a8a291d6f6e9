"""JUnit's XML, as far as the schemas agree: a case for each figure, a failure for each refused one, nothing else."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

from backprop_cli.grading.marking import Status
from backprop_cli.render.mark_telling import tell
from backprop_cli.render.marked import Marked

Sheet = Callable[..., Marked]
Written = Callable[..., str]

COUNTS = {"tests", "failures", "errors", "time"}
# Of each element: its attributes, and what may stand in it, in this order.
SCHEMA: dict[str, tuple[set[str], list[str]]] = {
    "testsuites": ({"name", *COUNTS}, ["testsuite"]),
    "testsuite": ({"name", *COUNTS}, ["properties", "testcase"]),
    "properties": (set(), ["property"]),
    "property": ({"name", "value"}, []),
    "testcase": ({"name", "classname", "time"}, ["failure", "system-out"]),
    "failure": ({"message", "type"}, []),
    "system-out": (set(), []),
}


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text.encode("utf-8"))  # noqa: S314  it was written here


def test_it_is_valid(each: Marked, written: Written) -> None:
    root = parsed(written(each, "junit"))

    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, inner = SCHEMA[element.tag]
        tags = [child.tag for child in element]

        assert set(element.attrib) == attributes
        assert tags == sorted(tags, key=inner.index)


def test_there_is_a_case_for_every_figure_and_a_failure_for_every_refused_one(each: Marked, written: Written) -> None:
    report, root = tell(each), parsed(written(each, "junit"))
    failed = [case.find("failure") is not None for case in root.iter("testcase")]
    (suite,) = root.iter("testsuite")

    assert failed == [figure.refused for figure in report.figures]
    assert (suite.attrib["tests"], suite.attrib["failures"]) == (str(len(failed)), str(sum(failed)))


def test_the_score_is_a_property(sheet: Sheet, written: Written) -> None:
    root = parsed(written(sheet("two-neurons"), "junit"))
    properties = {each.attrib["name"]: each.attrib["value"] for each in root.iter("property")}

    assert properties["score"] == "12/17"
    assert properties["carried"] == "3"
    assert set(properties) >= {status.value for status in Status}


def test_a_failure_says_where_what_and_why(sheet: Sheet, written: Written) -> None:
    root = parsed(written(sheet("mazur"), "junit"))
    failures = {case.attrib["name"]: failure for case in root.iter("testcase") for failure in case.iter("failure")}
    failure = failures["yhat_1 of step 10001 (out_o1)"]

    assert failure.attrib == {
        "message": "✓ right: written 0.015912196, true 0.0159121961; the sheet declares it carried",
        "type": "not_as_declared",
    }
    assert failure.text == f"mazur.csv:9:1\n{failure.attrib['message']}"
