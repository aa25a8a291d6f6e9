"""The figures of a config may be written long or short, and mean the same."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from backprop_cli.cli.schema import text
from backprop_cli.config.loader import Setup, load
from backprop_cli.config.sections import Figure
from backprop_cli.documents.yaml_reader import parse_yaml

SCHEMA: dict[str, Any] = json.loads(text())
REST = "network: {inputs: 1, layers: [{units: 1}]}\ndata: {inputs: [1], targets: [1]}\n"
TWO = (Figure(name="z", printed="0.30"), Figure(name="yhat", printed="0,5"))


def setup(figures: str, folder: Path, settings: tuple[str, ...] = ()) -> Setup:
    (folder / "c.yaml").write_text(REST + figures, encoding="utf-8")
    return load(folder / "c.yaml", settings)


@pytest.mark.parametrize(
    "figures",
    [
        "figures:\n  - {name: z, printed: 0.30}\n  - {name: yhat, printed: '0,5'}\n",
        "figures:\n  - z: 0.30\n  - yhat: 0,5\n",
        "figures: [{z: 0.30}, {name: yhat, printed: '0,5'}]\n",
        "figures:\n  z: 0.30\n  yhat: 0,5\n",
    ],
)
def test_every_form_gives_the_same_figures_and_fits_the_schema(figures: str, tmp_path: Path) -> None:
    assert setup(figures, tmp_path).experiment.figures == TWO
    jsonschema.validate(parse_yaml(REST + figures, "c.yaml").plain(), SCHEMA)


def test_one_mapping_with_a_name_is_one_figure(tmp_path: Path) -> None:
    figures = "figures: {name: z, printed: 0.30, step: 1}\n"

    assert setup(figures, tmp_path).experiment.figures == TWO[:1]
    jsonschema.validate(parse_yaml(REST + figures, "c.yaml").plain(), SCHEMA)


@pytest.mark.parametrize(
    "figures",
    [
        [{"name": "z"}], [{"printed": 0.3}], [{"z": None}], [{"z": [1]}], [{"z": True}], [{"z": ""}], [{}],
        [{"z": 0.3, "a": 0.4}], [{"name": "z", "printed": 0.3, "verdcit": "wrong"}], [0.3], {"z": None}, 3,
        {"name": 0.3, "z": 0.4},
    ],
)  # fmt: skip
def test_the_schema_refuses_what_is_no_figure(figures: Any) -> None:
    config = {"network": {"inputs": 1, "layers": [{"units": 1}]}, "data": {"inputs": [1]}, "figures": figures}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(config, SCHEMA)


def test_a_figure_in_short_form_can_be_set(tmp_path: Path) -> None:
    found = setup("figures: [{z: 0.25}]\n", tmp_path, ("figures.0.z=0.30",))

    assert found.experiment.figures == TWO[:1]


def test_a_setup_knows_where_each_figure_stands(tmp_path: Path) -> None:
    figures = "figures:\n  - z: 0.30\n  - {name: z,\n     printed:  '0.5'}\n  - name: yhat\n    printed: 1\n"

    assert setup(figures, tmp_path).figure_places == ((4, 8), (6, 16), (8, 14))
    assert setup("figures: {z: 0.3, yhat: 1}\n", tmp_path).figure_places == ((3, 14), (3, 25))
    assert setup("", tmp_path).figure_places == ()


def test_a_figure_that_a_flag_sets_stands_at_the_top(tmp_path: Path) -> None:
    figures = "figures:\n  - z: 0.30\n  - z: 0.25\n"

    assert setup(figures, tmp_path, ("figures.1.z=0.5",)).figure_places == ((4, 8), (1, 1))
