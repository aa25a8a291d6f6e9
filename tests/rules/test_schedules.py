"""A schedule gives these rates, as numbers and as terms, and never raises."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.term import Ref
from backprop_cli.rules.schedules import Schedule
from backprop_cli.rules.schedules.constant import Constant
from backprop_cli.rules.schedules.cosine import Cosine
from backprop_cli.rules.schedules.exponential import Exponential
from backprop_cli.rules.schedules.linear_warmup import LinearWarmup
from backprop_cli.rules.schedules.plateau import Plateau
from backprop_cli.rules.schedules.step import Step


@pytest.mark.parametrize(
    ("case", "rates"),
    [
        (Constant(), [0.8, 0.8, 0.8, 0.8, 0.8]),
        (Step(every=2, factor=0.5), [0.8, 0.8, 0.4, 0.4, 0.2]),
        (Exponential(factor=0.5), [0.8, 0.4, 0.2, 0.1, 0.05]),
        (Cosine(), [0.8, 0.6828427124746190, 0.4, 0.1171572875253810, 0.0]),
        (Cosine(length=2, final=0.2), [0.8, 0.5, 0.2, 0.2, 0.2]),
        (LinearWarmup(length=2), [0.4, 0.8, 0.8, 0.8, 0.8]),
        (LinearWarmup(length=2, then=Exponential(factor=0.5)), [0.4, 0.8, 0.8, 0.4, 0.2]),
        (Plateau(), [0.8, 0.4, 0.2, 0.1, 0.05]),
        (Plateau(factor=0.25, min_rate=0.1), [0.8, 0.2, 0.1, 0.1, 0.1]),
        # The cosine has the two turns that the warm-up leaves of four.
        (LinearWarmup(length=2, then=Cosine()), [0.4, 0.8, 0.8, 0.4, 0.0]),
    ],
    ids=lambda case: case.title if isinstance(case, Schedule) else "rates",
)
def test_a_schedule_gives_these_rates(case: Schedule, rates: list[float]) -> None:
    assert [case.formula(0.8, float(t), 4) for t in range(5)] == pytest.approx(rates, abs=1e-15)


def test_formula_is_one_function_of_floats_arrays_and_terms(schedule: Schedule) -> None:
    turns = [float(t) for t in range(8)]
    rates = [schedule.formula(0.3, t, 6) for t in turns]
    term = schedule.formula(0.3, Ref("t"), 6)

    assert [evaluate(term, lambda key, t=t: t) for t in turns] == rates
    np.testing.assert_allclose(schedule.formula(0.3, np.array(turns), 6), rates, rtol=1e-14, atol=1e-16)
    assert all(rate >= 0 for rate in rates)


@pytest.mark.parametrize(
    ("case", "t", "rate"),
    [
        # The power that stands behind a long warm-up is not needed yet, and beyond floats.
        (LinearWarmup(length=10_000, then=Exponential(factor=0.9)), 0.0, 1e-4),
        (LinearWarmup(length=10_000, then=Step(every=1)), 0.0, 1e-4),
        (Exponential(factor=2.0), 5_000.0, math.inf),
        (Step(every=1, factor=10.0), 400.0, math.inf),
        (Exponential(factor=0.5), 5_000.0, 0.0),
    ],
    ids=lambda case: case.title if isinstance(case, Schedule) else str(case),
)
def test_a_power_beyond_floats_is_infinite_or_zero_and_no_error(case: Schedule, t: float, rate: float) -> None:
    assert case.formula(1.0, t, 20_000) == rate


@pytest.mark.parametrize("name", ["plateau", "linear_warmup"])
def test_what_follows_a_warm_up_counts_from_its_end_alone(name: str) -> None:
    with pytest.raises(ValidationError, match="does not match any of the expected tags"):
        LinearWarmup.model_validate({"length": 2, "then": {"name": name}})
