"""A marked sheet as one JSON document; its form is versioned by `schema`.

Names are those of the default notation; `label` is the config's, and `as_written` the sheet's own.  What is kept from
the readers is null.
"""

from collections.abc import Mapping
from typing import Any

from backprop_cli import __version__
from backprop_cli.documents.json_writer import write_json
from backprop_cli.grading.marking import Convention, Place, Status, Suspicion, Verdict
from backprop_cli.quantities.names import NameTable
from backprop_cli.render.mark_telling import Figure, Report
from backprop_cli.render.sheet_json import name_of
from backprop_cli.render.sheets import Options
from backprop_cli.worksheet.ground import Own

SCHEMA = 1


def render(report: Report, options: Options) -> str:  # noqa: ARG001  every form is given its options
    """Write a marked sheet as JSON."""
    return write_json(document(report))


def document(report: Report) -> dict[str, Any]:
    """Build the document of a marked sheet."""
    marked, marking = report.marked, report.marked.marking
    good, every = marking.score
    return {
        "schema": SCHEMA,
        "command": "check",
        "version": __version__,
        "config": marked.config,
        "sheet": marked.sheet,
        "notation": marked.names.vocabulary.notation.name,
        "reveal": marked.reveal.value,
        "strict": marked.strict,
        "passes": marked.passes,
        "summary": report.score,
        "score": {"right_in_method": good, "figures": every},
        "counts": {status.value: marking.counts[status] for status in Status},
        "declared": _declared(marking.verdicts),
        "roots": [verdict.claim.number for verdict in marking.roots],
        "conventions": [_convention(convention) for convention in marking.conventions],
        "verdicts": [_verdict(figure, marked.names) for figure in report.figures],
    }


def _declared(verdicts: tuple[Verdict, ...]) -> dict[str, int]:
    """Count the verdicts that the sheet itself declares, and those of them that were found."""
    return {
        "verdicts": sum(verdict.claim.verdict is not None for verdict in verdicts),
        "found": sum(verdict.is_declared for verdict in verdicts),
    }


def _convention(convention: Convention) -> dict[str, Any]:
    return {"name": convention.name, "sentence": convention.sentence, "explains": list(convention.explains)}


def _verdict(figure: Figure, names: NameTable) -> dict[str, Any]:
    verdict, claim = figure.verdict, figure.verdict.claim
    return {
        "number": claim.number,
        **_names(verdict, names),
        "as_written": claim.name,
        "source_name": claim.source_name or None,
        "step": claim.step,
        "printed": claim.printed,
        "value": None if claim.figure is None else float(claim.figure.value),
        "verdict": verdict.status.value,
        "refused": figure.refused,
        "true": verdict.true,
        "own": verdict.own,
        "slip": verdict.slip or None,
        "suspicions": [_suspicion(suspicion) for suspicion in verdict.suspicions],
        "roots": list(verdict.roots),
        "effects": verdict.effects,
        "hidden": verdict.hidden,
        "trouble": claim.trouble or None,
        "why": claim.why or None,
        "declared": None if claim.verdict is None else _declaration(verdict),
        "notes": list(figure.notes),
        "place": _place(claim.place),
    }


def _names(verdict: Verdict, names: NameTable) -> Mapping[str, str | None]:
    key = verdict.claim.key
    if key is None:
        return {"name": None, "label": None}
    return {"name": name_of(key), "label": name_of(key) if isinstance(key, Own) else names.label(key)}


def _suspicion(suspicion: Suspicion) -> dict[str, Any]:
    return {
        "slip": suspicion.slip,
        "also": list(suspicion.also),
        "sentence": suspicion.sentence,
        "value": suspicion.value,
    }


def _declaration(verdict: Verdict) -> dict[str, Any]:
    claim = verdict.claim
    return {"verdict": claim.verdict, "slip": claim.slip or None, "found": verdict.is_declared}


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file or None, "line": place.line, "column": place.column}
