"""The engine's gradient held against what oracles say of it: one row per parameter, the worst first."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.immutable import immutable
from backprop_cli.oracles import central, kinks
from backprop_cli.oracles.engine_digits import last_digits, sizes
from backprop_cli.oracles.findings import Row, Verdict
from backprop_cli.oracles.objective import Estimate, Gradient
from backprop_cli.oracles.witnesses import Case
from backprop_cli.quantities.quantity import Variable

# How closely a value must lie within its bracket, and how many disagreements are looked at for kinks.
NEAR_A_KINK, _LOOKED_AT = 1e-4, 1000
# An oracle whose own error is beyond these parts of the largest gradient, and of its size undamped, cannot tell.
_OF_GRADIENT, _OF_SIZE = 1e-3, 1e-5


@immutable
class _Compared:
    """One oracle's values beside the engine's, by address; not a number where it cannot tell."""

    name: str
    tolerance: float
    values: Gradient
    absolute: Gradient
    relative: Gradient
    crossed: NDArray[np.bool_]


def judge(case: Case, estimates: Mapping[str, Estimate], tolerances: Mapping[str, float]) -> tuple[Row, ...]:
    """Judge every parameter that an oracle was asked about.

    Args:
        case: the step's gradient.
        estimates: what each oracle says.
        tolerances: the relative error that passes, by oracle.
    """
    with np.errstate(all="ignore"):
        return _judge(case, estimates, tolerances)


def _judge(case: Case, estimates: Mapping[str, Estimate], tolerances: Mapping[str, float]) -> tuple[Row, ...]:
    digits = last_digits(case.objective, case.record)
    largest = float(np.abs(case.record.gradient).max())
    telling = max(_OF_GRADIENT * largest, _OF_SIZE * float(sizes(case.objective, case.record).max()))
    sides = [_compare(case, name, found, tolerances[name], digits, telling) for name, found in estimates.items()]
    asked = sorted({int(at) for found in estimates.values() for at in found.addresses})
    named = {at: parameter for parameter, at in case.objective.network.layout.parameters()}
    rows = {at: _row(named[at], float(case.record.gradient[at]), at, sides) for at in asked}
    for at in _to_look_at(case, rows, sides):
        rows[at] = _at_kink(case, rows[at], at, sides, float(digits[at]))
    return tuple(sorted(rows.values(), key=lambda row: row.rank))


def _compare(case: Case, name: str, found: Estimate, tolerance: float, digits: Gradient, most: float) -> _Compared:
    size, at = case.objective.network.layout.trainable, found.addresses
    engine = case.record.gradient.astype(np.float64)[at]
    least = found.errors + digits[at]
    absolute = np.abs(engine - found.values)
    telling = np.isfinite(found.values) & ((least <= most) | found.crossed)
    allowed = np.maximum(tolerance * np.maximum(np.abs(engine), np.abs(found.values)), least)
    # Nothing is allowed only where both are 0.
    relative = np.divide(absolute, allowed, out=np.zeros_like(absolute), where=allowed > 0.0) * tolerance
    values, by, over = (
        _spread(size, at, np.where(telling, part, np.nan)) for part in (found.values, absolute, relative)
    )
    crossed = np.zeros(size, dtype=np.bool_)
    crossed[at] = found.crossed
    return _Compared(name, tolerance, values, by, over, crossed)


def _spread(size: int, addresses: NDArray[Any], values: Gradient) -> Gradient:
    everywhere = np.full(size, np.nan)
    everywhere[addresses] = values
    return everywhere


def _row(parameter: Variable, engine: float, at: int, sides: Sequence[_Compared]) -> Row:
    values = {side.name: float(side.values[at]) for side in sides if math.isfinite(side.values[at])}
    telling = [side for side in sides if side.name in values]
    if not telling:
        return Row(parameter, engine, values, "", math.nan, math.nan, math.nan, Verdict.UNKNOWN)
    worst = max(telling, key=lambda side: float(side.relative[at]) / side.tolerance)
    absolute, relative = float(worst.absolute[at]), float(worst.relative[at])
    verdict = Verdict.RIGHT if relative <= worst.tolerance else Verdict.WRONG
    return Row(parameter, engine, values, worst.name, absolute, relative, worst.tolerance, verdict)


def _to_look_at(case: Case, rows: Mapping[int, Row], sides: Sequence[_Compared]) -> Iterator[int]:
    """Walk the parameters whose disagreement, or whose difference, may be that of a kink."""
    if not kinks.has_kinks(case.objective):
        return
    crossed = {int(at) for side in sides for at in np.flatnonzero(side.crossed)}
    yield from crossed
    wrong = sorted((row.rank, at) for at, row in rows.items() if row.verdict is Verdict.WRONG and at not in crossed)
    for _, at in wrong[:_LOOKED_AT]:
        if central.crosses(case.objective, at, case.step):
            yield at


def _at_kink(case: Case, row: Row, at: int, sides: Sequence[_Compared], digits: float) -> Row:
    """Judge a parameter by the derivatives on both sides, where its difference reached over a kink."""
    found = kinks.bracket(case.objective, at)
    # On a kink, no other oracle has more than a convention; near one, they still know the one derivative there is.
    own = [side for side in sides if side.name in row.values and not side.crossed[at] and not found.undecided]
    others = _row(row.parameter, row.engine, at, own)
    if others.verdict is Verdict.WRONG:
        return replace(others, values=row.values, bracket=found)
    beyond = max(found.low - row.engine, row.engine - found.high, 0.0)
    size = max(abs(row.engine), abs(found.low), abs(found.high))
    allowed = max(NEAR_A_KINK * size, kinks.error(case.objective) + digits)
    relative = beyond / allowed * NEAR_A_KINK if allowed else 0.0
    verdict = Verdict.KINK if relative <= NEAR_A_KINK else Verdict.WRONG
    return Row(row.parameter, row.engine, row.values, "kink", beyond, relative, NEAR_A_KINK, verdict, found)
