"""What every rule of every family promises: a place in the config language, and a description of itself."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from backprop_cli.rules.activations import Activation, AnyActivation
from backprop_cli.rules.base import Rule, is_final, members, names, rule_name
from backprop_cli.rules.initializers import AnyInitializer, Initializer
from backprop_cli.rules.losses import AnyLoss, Loss
from backprop_cli.rules.metrics import AnyMetric, Metric
from backprop_cli.rules.optimizers import AnyOptimizer, Optimizer
from backprop_cli.rules.schedules import AnySchedule, Schedule

CHOICES: list[tuple[type[Rule], Any]] = [
    (Activation, AnyActivation),
    (Loss, AnyLoss),
    (Optimizer, AnyOptimizer),
    (Schedule, AnySchedule),
    (Initializer, AnyInitializer),
    (Metric, AnyMetric),
]
NAMES = [family.__name__ for family, _ in CHOICES]


def test_a_rule_survives_the_way_through_a_config(rule: Rule) -> None:
    assert type(rule).model_validate(rule.model_dump()) == rule
    assert type(rule).model_validate_json(rule.model_dump_json()) == rule


def test_a_rule_takes_nothing_that_it_does_not_know_and_never_changes(rule: Rule) -> None:
    assert type(rule).model_json_schema()["additionalProperties"] is False
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        type(rule).model_validate({**rule.model_dump(), "no_such_setting": 1})
    with pytest.raises(ValidationError, match="frozen"):
        setattr(rule, "name", "other")  # noqa: B010  rules in general have no name to assign to


def test_a_rule_says_what_it_computes_and_where_that_is_from(rule: Rule) -> None:
    documentation = str(type(rule).__doc__)

    assert rule.formula_text
    assert documentation.strip()
    assert "Source" in documentation or isinstance(rule, Metric)
    assert all(field.description for key, field in type(rule).model_fields.items() if key != "name")


def test_a_title_is_the_name_with_the_settings_that_differ(rule: Rule) -> None:
    name = rule_name(type(rule))
    needed = any(field.is_required() for field in type(rule).model_fields.values())

    assert rule.title.startswith(name)
    assert ("(" in rule.title) == (needed or rule != type(rule)())


def subclasses(family: type[Rule]) -> Iterator[type[Rule]]:
    for child in family.__subclasses__():
        yield child
        yield from subclasses(child)


@pytest.mark.parametrize("family", [family for family, _ in CHOICES], ids=NAMES)
def test_a_class_that_has_a_name_is_final_and_alone_in_the_file_of_that_name(family: type[Rule]) -> None:
    members(family)
    found = sorted((rule_name(rule), rule.__module__) for rule in subclasses(family) if is_final(rule))

    assert found == [(name, f"{family.__module__.removesuffix('base')}{name}") for name in names(family)]
    for rule in subclasses(family):
        assert not (is_final(rule) and (rule.__subclasses__() or inspect.isabstract(rule)))


@pytest.mark.parametrize(("family", "choice"), CHOICES, ids=NAMES)
def test_a_bare_name_is_short_for_the_mapping(family: type[Rule], choice: Any) -> None:
    adapter = TypeAdapter(choice)

    assert adapter.json_schema()["anyOf"][0] == {"enum": list(members(family)), "type": "string"}
    for name, rule in members(family).items():
        if not any(field.is_required() for field in rule.model_fields.values()):
            assert adapter.validate_python(name) == adapter.validate_python({"name": name}) == rule()
    with pytest.raises(ValidationError):
        adapter.validate_python("no_such_rule")


def test_defaults_that_are_not_validated_are_valid(rule: Rule) -> None:
    if not any(field.is_required() for field in type(rule).model_fields.values()):
        default = type(rule).by_default()
        assert type(rule).model_validate(default.model_dump()) == default == type(rule)()
