"""A check of a gradient as a table, as sentences, and as a JSON document."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backprop_cli import __version__
from backprop_cli.algebra.digits import Digits
from backprop_cli.errors import counted
from backprop_cli.oracles.findings import Bracket, Row, Verdict
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.notation import LEAVING, write
from backprop_cli.render.numbers import format_count, format_number
from backprop_cli.render.rows import Table
from backprop_cli.render.to_json import SCHEMA

# Digits of a gradient, and of an error.
_VALUE, _ERROR = Digits(significant=6), Digits(significant=2)


def rows_table(rows: Sequence[Row], oracles: Sequence[str], names: NameTable, show: int) -> Table:
    """Show the first rows: each parameter by the engine and by each oracle, and how far it is from the worst of them.

    Args:
        rows: the worst first.
        oracles: names of those that were asked.
        names: the config's own names.
        show: how many rows.
    """
    shown = rows[:show]
    # What is right needs no verdict of its own: the last line says so for all.
    judged = any(row.verdict is not Verdict.RIGHT for row in shown)
    columns = ("parameter", "engine", *oracles, "error", "relative", *(("verdict",) if judged else ()))
    cells = tuple(_cells(row, oracles, names)[: len(columns)] for row in shown)
    more = len(rows) - len(shown)
    return Table(columns, cells, note=f"… and {counted(more, 'more parameter')}" if more else "")


def _cells(row: Row, oracles: Sequence[str], names: NameTable) -> tuple[str, ...]:
    values = (_written(row.values.get(name, math.nan), _VALUE) for name in oracles)
    errors = (_written(error, _ERROR) for error in (row.absolute, row.relative))
    label = names.short_label(row.parameter)
    return (label, _written(row.engine, _VALUE), *values, *errors, _verdict(row))


def narrow_table(rows: Sequence[Row], names: NameTable, show: int) -> Table:
    """Show the first rows with the value of that oracle alone which each parameter is farthest from."""
    shown, whole = rows[:show], rows_table(rows, (), names, show)
    cells = tuple(
        (*_cells(row, (), names)[:2], row.against, _its_value(row), *_cells(row, (), names)[2:4], row.verdict.value)
        for row in shown
    )
    columns = ("parameter", "engine", "against", "its value", "error", "relative", "verdict")
    end = len(columns) if "verdict" in whole.columns else -1
    note = " · ".join(filter(None, [whole.note, "where there is more room, each oracle has a column"]))
    return Table(columns[:end], tuple(row[:end] for row in cells), note=note)


def _its_value(row: Row) -> str:
    if row.bracket is not None and row.against not in row.values:
        return _between(row.bracket)
    return _written(row.values.get(row.against, math.nan), _VALUE)


def _written(value: float, digits: Digits) -> str:
    return "" if math.isnan(value) else format_number(value, digits)


def _verdict(row: Row) -> str:
    if row.verdict is Verdict.UNKNOWN:
        return "not judged"
    if row.bracket is None:
        return "" if row.verdict is Verdict.RIGHT else row.verdict.value
    near = "kink" if row.verdict is Verdict.KINK else f"{row.verdict.value}, near a kink"
    return f"{near}: {_between(row.bracket)}"


def _between(bracket: Bracket) -> str:
    """Write the derivatives on both sides; one that differs in its last shown digits alone is the same."""
    low, high = (format_number(end, _VALUE) for end in (bracket.low, bracket.high))
    return f"{low} to {high}" if bracket.undecided and low != high else low


def summary(
    rows: Sequence[Row], checked: Mapping[str, int], tolerances: Mapping[str, float], trainable: int, *, passed: bool
) -> str:
    """Say the verdict, and what it rests on: how many parameters each oracle could judge, and what passes."""
    parts = ["passed" if passed else "failed", *_counts(rows)]
    for name, count in checked.items():
        parts.append(f"{name} checked {format_count(count)} of {format_count(trainable)} to {tolerances[name]:g}")
    return " · ".join(parts)


def _counts(rows: Sequence[Row]) -> Iterator[str]:
    said = {Verdict.WRONG: "wrong", Verdict.UNKNOWN: "not judged, for want of digits", Verdict.KINK: "at a kink"}
    for verdict, words in said.items():
        count = sum(row.verdict is verdict for row in rows)
        if count:
            yield f"{format_count(count)} {words}"


def worst_line(row: Row, names: NameTable) -> str:
    """Say which parameter is farthest off, from what, and how far."""
    label = names.short_label(row.parameter)
    if row.verdict is Verdict.UNKNOWN:
        return f"worst: {label}, of which no oracle has a value with enough digits"
    if row.bracket is not None and row.against == "kink":
        where = "outside" if row.verdict is Verdict.WRONG else "inside"
        return f"worst: {label}, {where} the derivatives on both sides of a kink, {_between(row.bracket)}"
    off, size = (format_number(error, _ERROR) for error in (row.absolute, row.relative))
    return f"worst: {label}, off {row.against} by {off}, relative {size}"


def gradients_document(
    facts: Mapping[str, Any],
    rows: Sequence[Row],
    oracles: Sequence[Mapping[str, Any]],
    left_out: Mapping[str, str],
    names: NameTable,
) -> dict[str, Any]:
    """Build the document of a check; its form is versioned by `schema`.

    Args:
        facts: what is said of the check as a whole.
        rows: the worst first.
        oracles: what is said of each oracle that was asked.
        left_out: why others were not, by name.
        names: the config's own names.
    """
    return {
        "schema": SCHEMA,
        "command": "gradcheck",
        "version": __version__,
        **facts,
        "oracles": list(oracles),
        "left_out": [{"name": name, "reason": reason} for name, reason in left_out.items()],
        "parameters": [_row(row, names) for row in rows],
    }


def _row(row: Row, names: NameTable) -> dict[str, Any]:
    bracket = row.bracket
    return {
        "name": write(row.parameter, LEAVING),
        "label": names.label(row.parameter),
        "engine": row.engine,
        "values": dict(row.values),
        "against": row.against or None,
        "absolute": row.absolute,
        "relative": row.relative,
        "tolerance": row.tolerance,
        "verdict": row.verdict.value,
        "kink": None if bracket is None else {"low": bracket.low, "high": bracket.high, "on": bracket.undecided},
    }
