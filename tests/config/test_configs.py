"""The shipped configs are valid by the schema itself, and the schema knows every default and description."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from backprop_cli.cli.schema import text
from backprop_cli.config.loader import load
from backprop_cli.config.network import Bias
from backprop_cli.config.sections import Report, Training
from backprop_cli.documents.yaml_reader import read_yaml
from backprop_cli.errors import DataError
from backprop_cli.rules.base import Strictly

CONFIGS = sorted((Path(__file__).parent.parent.parent / "configs").glob("*.yaml"))
SCHEMA: dict[str, Any] = json.loads(text())
SMALL: dict[str, Any] = {"network": {"inputs": 1, "layers": [{"units": 1}]}, "data": {"inputs": [1]}}


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_fits_the_schema_and_the_loader(path: Path) -> None:
    jsonschema.validate(read_yaml(path).plain(), SCHEMA)
    try:
        assert load(path).experiment.network.layers
    except DataError as error:
        # The digits are not shipped: the config is valid, its files are missing.
        assert path.stem == "mnist"
        assert all("there is no such file" in problem.message for problem in error.problems)  # noqa: PT017


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_opens_with_how_to_run_it_and_what_to_expect(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("\nnetwork:")[0]

    assert f"backprop train configs/{path.name}" in head
    assert "Expect:" in head


@pytest.mark.parametrize(
    "broken",
    [
        {"network": {"inputs": 1, "layers": [{"units": 1, "activation": "sigmod"}]}, "data": {"inputs": [1]}},
        {"network": {"inputs": 1, "layers": [{"units": 1}]}, "data": {"inputs": [1]}, "lose": "mse"},
        {"network": {"inputs": 1, "layers": [{"units": 0}]}, "data": {"inputs": [1]}},
        {"network": {"inputs": 1, "layers": []}, "data": {"inputs": [1]}},
        {**SMALL, "training": {"early_stopping": 0}},
        {**SMALL, "training": {"early_stopping": {"patiense": 3}}},
        {**SMALL, "training": {"keep_best": {"mode": "up"}}},
        {**SMALL, "schedule": {"name": "plateau", "per": "step"}},
        {**SMALL, "expect": {"final.loss": "=< 1"}},
        {**SMALL, "expect": {"final.loss": 0.5}},
        {**SMALL, "expect": {"final.loss": []}},
    ],
)
def test_the_schema_refuses_what_is_wrong(broken: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


@pytest.mark.parametrize(
    "written",
    [
        {"training": {"early_stopping": 5}},
        {"training": {"early_stopping": True}},
        {"training": {"early_stopping": {"patience": 3, "metric": "training.loss", "restore_best": False}}},
        {"training": {"keep_best": True}},
        {"training": {"keep_best": "training.loss"}},
        {"training": {"keep_best": {"mode": "max"}}},
        {"schedule": "plateau"},
        {"expect": {"final.loss": "<= 0.1", "epochs": ["> 0", "< 5"]}},
    ],
)
def test_the_schema_takes_short_and_long_forms(written: dict[str, Any], tmp_path: Path) -> None:
    config = {**SMALL, "data": {"inputs": [1], "targets": [1]}, **written}
    (tmp_path / "c.yaml").write_text(json.dumps(config))

    jsonschema.validate(config, SCHEMA)
    assert load(tmp_path / "c.yaml")


def test_every_field_of_the_schema_is_described() -> None:
    def models(base: type[Strictly]) -> list[type[Strictly]]:
        return [base, *(found for child in base.__subclasses__() for found in models(child))]

    silent = [
        f"{model.__name__}.{name}"
        for model in models(Strictly)
        if model.__module__.startswith("backprop_cli")
        for name, field in model.model_fields.items()
        if name != "name" and not field.description
    ]

    assert silent == []


def test_no_model_takes_keys_that_it_does_not_know() -> None:
    def refuses(schema: Any) -> bool:
        return "properties" not in schema or schema.get("additionalProperties") is False

    assert refuses(SCHEMA)
    assert all(refuses(definition) for definition in SCHEMA["$defs"].values())


@pytest.mark.parametrize("section", [Bias, Training, Report])
def test_defaults_of_a_section_that_are_not_validated_are_valid(section: type[Strictly]) -> None:
    default = section.by_default()

    assert section.model_validate(default.model_dump()) == default == section()
    assert default.model_fields_set == set()
