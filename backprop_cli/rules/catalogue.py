"""The whole catalogue: every family with its rules, each described from its own definition."""

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

from backprop_cli.immutable import immutable
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.base import LARGEST_COUNT, Rule, members, rule_name
from backprop_cli.rules.initializers import Initializer
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.metrics import Metric
from backprop_cli.rules.optimizers import Optimizer
from backprop_cli.rules.schedules import Schedule


@immutable
class Family:
    """Rules of one kind.

    Attributes:
        one: what one of them is called.
        many: what all of them are called.
        base: the class that they share.
        letters: what the letters of their formulas mean.
    """

    one: str
    many: str
    base: type[Rule]
    letters: str


FAMILIES: tuple[Family, ...] = (
    Family("activation", "activations", Activation, "z weighted input · a activation · a′ slope da/dz"),
    Family("loss", "losses", Loss, "y target · ŷ prediction · k number of an output, of K"),
    Family(
        "optimizer",
        "optimizers",
        Optimizer,
        "θ parameter · g its gradient, as applied · η learning rate · t number of the step; all other letters with an "
        "arrow are remembered from step to step and start at 0",
    ),
    Family(
        "schedule",
        "schedules",
        Schedule,
        "η learning rate · η₀ that of the optimizer · t completed epochs, or completed steps with `per: step`",
    ),
    Family(
        "initializer",
        "initializers",
        Initializer,
        "w parameter · U even between bounds · N normal, with mean and variance · fan_in, fan_out connections into and "
        "out of a neuron",
    ),
    Family("metric", "metrics", Metric, "y target · ŷ prediction · ȳ mean of the targets"),
)


@immutable
class Setting:
    """One setting of a rule, as a reader needs it.

    Attributes:
        key: how it is called in a config.
        kind: its type and range, in words.
        required: whether it has no default.
        default: its default as plain data; None where there is none.
        description: what it means.
    """

    key: str
    kind: str
    required: bool
    default: Any
    description: str


@immutable
class Entry:
    """One rule of the catalogue."""

    family: Family
    rule: type[Rule]

    @property
    def name(self) -> str:
        """Give the word that chooses it in a config."""
        return rule_name(self.rule)

    @property
    def example(self) -> Rule:
        """Give an instance: defaults, and an example where a setting has none."""
        return self.rule(**self.rule.example)

    @property
    def summary(self) -> str:
        """Say what it does, in one sentence with its formula."""
        return _paragraphs(self.rule)[0]

    @property
    def notes(self) -> str:
        """Say what else there is to know, without the source."""
        return " ".join(re.split(r"\s*\bSources?: ", paragraph)[0] for paragraph in _paragraphs(self.rule)[1:]).strip()

    @property
    def source(self) -> str:
        """Say where it is from; empty where nothing is said."""
        found = re.search(r"\bSources?: (.*)", " ".join(_paragraphs(self.rule)))
        return found[1] if found else ""

    @property
    def settings(self) -> tuple[Setting, ...]:
        """List its settings; those that are its own come before those that its family shares."""
        schema = self.rule.model_json_schema()
        shared = [key for key in self.rule.model_fields if key in self.family.base.model_fields]
        own = [key for key in self.rule.model_fields if key != "name" and key not in shared]
        return tuple(_setting(key, schema) for key in (*own, *shared))


def entries() -> Iterator[Entry]:
    """Walk all rules, family by family."""
    for family in FAMILIES:
        for rule in members(family.base).values():
            yield Entry(family, rule)


def find(name: str) -> tuple[Entry, ...]:
    """Give every rule of this name; families may share one."""
    return tuple(entry for entry in entries() if entry.name == name)


def _paragraphs(rule: type[Rule]) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in str(inspect.getdoc(rule)).split("\n\n")]


def _setting(key: str, schema: Mapping[str, Any]) -> Setting:
    described = schema["properties"][key]
    required = key in schema.get("required", ())
    kind = _kind(described, schema.get("$defs", {}))
    return Setting(key, kind, required, described.get("default"), described["description"])


def _kind(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Say what a JSON schema allows, in words."""
    match schema:
        case {"anyOf": choices}:
            kinds = [_kind(choice, definitions) for choice in choices if choice != {"type": "null"}]
            return ", or ".join(kinds)
        case {"$ref": reference}:
            keys = definitions[reference.rpartition("/")[2]]["properties"]
            return f"mapping of {', '.join(keys)}"
        case {"enum": _} | {"const": _}:
            return " | ".join(schema.get("enum") or [schema["const"]])
        case {"type": "boolean" | "string" as kind}:
            return "true | false" if kind == "boolean" else "text"
        case {"type": "number" | "integer"}:
            return _range("number" if schema["type"] == "number" else "whole number", schema)
        case _:
            return "mapping with settings"


def _range(noun: str, schema: Mapping[str, Any]) -> str:
    """Write a number with its bounds: `0 ≤ number < 1`."""
    low = [f"{schema[key]:g} {sign}" for key, sign in (("minimum", "≤"), ("exclusiveMinimum", "<")) if key in schema]
    high = [
        f"{sign} {schema[key]:g}"
        for key, sign in (("maximum", "≤"), ("exclusiveMaximum", "<"))
        if key in schema and schema[key] != LARGEST_COUNT
    ]
    if low and not high:
        bound, sign = low[0].split()
        return f"{noun} {'≥' if sign == '≤' else '>'} {bound}"
    return " ".join([*low, noun, *high])
