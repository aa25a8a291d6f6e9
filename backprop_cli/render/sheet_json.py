"""A worksheet as one JSON document: every line with its expression as a tree; its form is versioned by `schema`.

Names are those of the default notation and refer to lines of the document, or to what `elsewhere` lists.  Lines of the
kind `own` have the reader's own names, which nothing refers to.
"""

from decimal import Decimal
from typing import Any

from backprop_cli import __version__
from backprop_cli.algebra.digits import Digits
from backprop_cli.algebra.rewrite import chain_of
from backprop_cli.algebra.term import Apply, Number, Ref, Term
from backprop_cli.documents.json_writer import write_json
from backprop_cli.quantities.notation import LEAVING, write, write_sample
from backprop_cli.quantities.quantity import RunningIndex
from backprop_cli.render.numbers import format_written
from backprop_cli.render.sheets import Options
from backprop_cli.render.telling import Told, written
from backprop_cli.render.titles import stage_title
from backprop_cli.worksheet.book import Line
from backprop_cli.worksheet.general import Equation
from backprop_cli.worksheet.ground import Key, Own
from backprop_cli.worksheet.sheet import Stage

SCHEMA = 1
# A chain of one of these is one operator with many operands, worked out from left to right.
_CHAINS = {"add", "sum", "mul", "product", "max", "min"}


def render(told: Told, options: Options) -> str:  # noqa: ARG001  every form is given its options
    """Write a worksheet as JSON."""
    return write_json(document(told))


def document(told: Told) -> dict[str, Any]:
    """Build the document of a worksheet."""
    return {
        "schema": SCHEMA,
        "command": "explain",
        "version": __version__,
        "config": told.config,
        "summary": told.summary,
        "notation": told.names.vocabulary.notation.name,
        **_step(told),
        "elsewhere": [_line(told, told.sheet.book.line(key)) for key in _elsewhere(told)],
        "stages": [_stage(told, stage) for stage in told.sheet.stages],
    }


def _step(told: Told) -> dict[str, Any]:
    record, rounding = told.sheet.ground.record, told.sheet.book.rounding
    return {
        "step": record.step,
        "epoch": record.epoch,
        "samples": list(record.samples),
        "learning_rate": record.rate,
        "rounding": _digits(rounding.digits),
        "carry": rounding.carry,
    }


def _digits(digits: Digits) -> dict[str, Any]:
    return {
        "decimals": digits.decimals,
        "significant": digits.significant if digits.decimals is None else None,
    }


def _elsewhere(told: Told) -> list[Key]:
    """List what lines use and no stage tells."""
    told_of = {key for stage in told.sheet.stages for key in stage.keys()}  # noqa: SIM118  a stage is no mapping
    used = (key for line in told.sheet.lines() for key in line.uses)
    return [key for key in dict.fromkeys(used) if key not in told_of]


def _stage(told: Told, stage: Stage) -> dict[str, Any]:
    place, split = stage.place, told.sheet.ground.split
    return {
        "kind": stage.kind.value,
        "topic": place.topic.value,
        "layer": None if place.layer is None else place.layer + LEAVING.node_offset,
        "letter": place.letter or None,
        "title": stage_title(place, told.names, split=split, letter=place.letter),
        "rule": None if stage.rule is None else _rule(stage.rule),
        "count": stage.count,
        "lines": [_line(told, line) for line in stage.lines()],
    }


def _rule(rule: Equation) -> dict[str, Any]:
    return {"name": name_of(rule.left), "term": tree(rule.right)}


def _line(told: Told, line: Line) -> dict[str, Any]:
    """Describe a line; where lines are rounded, with its value before any rounding beside."""
    described = {
        "name": name_of(line.key),
        "label": name_of(line.key) if isinstance(line.key, Own) else told.names.label(line.key),
        "given": line.term is None,
        "term": None if line.term is None else tree(line.term),
        "value": float(line.value),
        "shown": format_written(written(line)),
        "uses": [name_of(key) for key in line.uses],
    }
    if isinstance(line.value, Decimal):
        described["exact"] = told.sheet.book.value(line.key)
    return described


def name_of(key: Key) -> str:
    """Give the name of a line: in the default notation, or the reader's own for an expression."""
    return key.name + write_sample(key.sample) if isinstance(key, Own) else write(key, LEAVING)


def tree(term: Term) -> dict[str, Any]:
    """Take a term apart: `op` with `args`, `ref` to a line, `number`, or the `index` that a sum runs over."""
    match term:
        case Apply():
            return {"op": term.operator, "args": [tree(argument) for argument in _operands(term)]}
        case Ref(RunningIndex() as index):
            return {"index": index.letter}
        case Ref():
            return {"ref": name_of(term.key)}  # type: ignore[arg-type]  # a sheet refers to nothing else
        case Number():
            return {"number": term.value, "symbol": term.symbol} if term.symbol else {"number": term.value}
        case _:
            raise TypeError(f"{term!r} is none of the three kinds of term")


def _operands(term: Apply) -> tuple[Term, ...]:
    return chain_of(term, (term.operator,)) if term.operator in _CHAINS else term.args
