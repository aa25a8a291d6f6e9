"""What all families of rules promise, and schedules, initializers and metrics one by one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from backprop_cli.algebra.term import Ref, evaluate
from backprop_cli.rules.activations import Activation, AnyActivation
from backprop_cli.rules.base import Rule, members
from backprop_cli.rules.initializers import Initializer
from backprop_cli.rules.losses import AnyLoss, Loss
from backprop_cli.rules.metrics import R2, Accuracy, Metric
from backprop_cli.rules.optimizers import AnyOptimizer, Optimizer
from backprop_cli.rules.schedules import Constant, Cosine, Exponential, LinearWarmup, Schedule, Step

FAMILIES: list[type[Rule]] = [Activation, Loss, Optimizer, Schedule, Initializer, Metric]
REQUIRED: dict[str, dict[str, Any]] = {
    "step": {"every": 2},
    "exponential": {"factor": 0.5},
    "linear_warmup": {"length": 3},
    "constant": {"value": 1.5},
}


def needed(rule: type[Rule], name: str) -> dict[str, Any]:
    return REQUIRED.get(name, {}) if any(field.is_required() for field in rule.model_fields.values()) else {}


EVERY = [rule(**needed(rule, name)) for family in FAMILIES for name, rule in members(family).items()]


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: f"{type(rule).__module__.split('.')[2]}-{rule.title}")
def test_a_rule_survives_the_way_through_a_config_and_documents_itself(rule: Rule) -> None:
    assert type(rule).model_validate(rule.model_dump()) == rule
    assert type(rule).model_json_schema()["additionalProperties"] is False
    assert rule.formula_text
    assert type(rule).__doc__
    if not isinstance(rule, Metric):
        assert "Source" in str(type(rule).__doc__)


@pytest.mark.parametrize(
    ("choice", "name"), [(AnyActivation, "leaky_relu"), (AnyLoss, "huber"), (AnyOptimizer, "adam")]
)
def test_a_bare_name_is_short_for_the_mapping(choice: Any, name: str) -> None:
    adapter = TypeAdapter(choice)

    assert adapter.validate_python(name) == adapter.validate_python({"name": name})


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (Constant(), [0.8, 0.8, 0.8, 0.8, 0.8]),
        (Step(every=2, factor=0.5), [0.8, 0.8, 0.4, 0.4, 0.2]),
        (Exponential(factor=0.5), [0.8, 0.4, 0.2, 0.1, 0.05]),
        (Cosine(length=4), [0.8, 0.6828427124746190, 0.4, 0.1171572875253810, 0.0]),
        (Cosine(length=2, final=0.2), [0.8, 0.5, 0.2, 0.2, 0.2]),
        (LinearWarmup(length=2), [0.4, 0.8, 0.8, 0.8, 0.8]),
        (LinearWarmup(length=2, then=Exponential(factor=0.5)), [0.4, 0.8, 0.8, 0.4, 0.2]),
    ],
    ids=lambda case: case.title if isinstance(case, Schedule) else "rates",
)
def test_a_schedule_gives_these_rates(schedule: Schedule, rates: list[float]) -> None:
    found = [schedule.formula(0.8, float(t), 4) for t in range(5)]
    term = schedule.formula(0.8, Ref("t"), 4)

    assert found == pytest.approx(rates, abs=1e-15)
    assert [evaluate(term, lambda key, t=t: float(t)) for t in range(5)] == pytest.approx(rates, abs=1e-15)


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("uniform", 1 / 12),
        ("normal", 0.01),
        ("xavier_uniform", 2 / 500),
        ("xavier_normal", 2 / 500),
        ("he_uniform", 2 / 300),
        ("he_normal", 2 / 300),
        ("lecun_normal", 1 / 300),
        ("zeros", 0.0),
    ],
)
def test_an_initializer_draws_with_its_variance_and_repeats_itself(name: str, variance: float) -> None:
    rule = members(Initializer)[name]()
    drawn = rule.draw(np.random.default_rng(7), (200, 300), 300, 200)

    assert drawn.shape == (200, 300)
    assert drawn.mean() == pytest.approx(0.0, abs=0.003)
    assert drawn.var() == pytest.approx(variance, rel=0.03)
    np.testing.assert_array_equal(drawn, rule.draw(np.random.default_rng(7), (200, 300), 300, 200))


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 30), st.integers(1, 3), st.integers(0, 1000), st.data())
def test_joined_tallies_are_the_tally_of_the_whole(samples: int, outputs: int, seed: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    y, yhat = rng.normal(size=(outputs, samples)) + 100, rng.normal(size=(outputs, samples)) + 100
    cut = data.draw(st.integers(1, samples - 1))
    for rule in (metric() for metric in members(Metric).values()):
        pieces = rule.join(rule.tally(y[:, :cut], yhat[:, :cut]), rule.tally(y[:, cut:], yhat[:, cut:]))

        assert rule.value(pieces) == pytest.approx(rule.value(rule.tally(y, yhat)), rel=1e-9)


def test_metrics_are_what_their_formulas_say() -> None:
    y, yhat = np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 3.0, 2.0]])
    values = {name: rule().value(rule().tally(y, yhat)) for name, rule in members(Metric).items() if name != "accuracy"}

    assert values == pytest.approx({"mae": 1.0, "mse": 5 / 3, "rmse": (5 / 3) ** 0.5, "r2": 1 - 5 / (14 / 3)})
    assert np.isnan(R2().value(R2().tally(np.ones((1, 3)), yhat)))


def test_accuracy_counts_sides_and_classes() -> None:
    sides = Accuracy().tally(np.array([[1.0, 0.0, 1.0]]), np.array([[0.7, 0.6, 0.4]]))
    classes = Accuracy().tally(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.6, 0.7], [0.4, 0.3]]))

    assert Accuracy().value(sides) == pytest.approx(1 / 3)
    assert Accuracy().value(classes) == 0.5
