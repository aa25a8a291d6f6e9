"""A marked sheet as the XML of JUnit, which CI servers read: a case for each figure, a failure for each refused one."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from backprop_cli.grading.marking import Place, Status
from backprop_cli.render.mark_github import message_on
from backprop_cli.render.mark_telling import Column, Figure, Report
from backprop_cli.render.sheets import Options


def render(report: Report, options: Options) -> str:  # noqa: ARG001  every form is given its options
    """Write a marked sheet as JUnit's XML."""
    suites = Element("testsuites", {"name": "backprop check", **_counts(report)})
    suite = SubElement(suites, "testsuite", {"name": report.title, **_counts(report)})
    properties = SubElement(suite, "properties")
    for name, value in _properties(report).items():
        SubElement(properties, "property", name=name, value=value)
    for figure in report.figures:
        _case(suite, figure, report.marked.sheet or report.marked.config)
    indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _counts(report: Report) -> dict[str, str]:
    refused = sum(figure.refused for figure in report.figures)
    return {"tests": str(len(report.figures)), "failures": str(refused), "errors": "0", "time": "0"}


def _properties(report: Report) -> Mapping[str, str]:
    marking = report.marked.marking
    good, every = marking.score
    return {
        "config": report.marked.config,
        "sheet": report.marked.sheet,
        "score": f"{good}/{every}",
        "summary": "; ".join([report.score, *report.endings]),
        **{status.value: str(marking.counts[status]) for status in Status},
    }


def _case(suite: Element, figure: Figure, sheet: str) -> None:
    source = figure.verdict.claim.source_name
    name = f"{figure.label} ({source})" if source else figure.label
    # Servers take a dot in the name of a class for a folder.
    case = SubElement(suite, "testcase", name=name, classname=sheet.replace(".", "_") or "figures", time="0")
    if figure.refused:
        message = f"{figure.cells[Column.VERDICT]}: {message_on(figure)}"
        kind = "not_as_declared" if figure.verdict.is_missed else figure.status.value
        failure = SubElement(case, "failure", message=message, type=kind)
        failure.text = "\n".join(part for part in (_place(figure.verdict.claim.place), message) if part)
    elif figure.cells[Column.NOTE]:
        SubElement(case, "system-out").text = message_on(figure)


def _place(place: Place) -> str:
    return ":".join(str(part) for part in (place.file, place.line, place.column) if part)
