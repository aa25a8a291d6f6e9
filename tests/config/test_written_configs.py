"""A config with all its defaults, as a run folder keeps it, is the same experiment."""

import json
from pathlib import Path
from typing import Any

import pytest
from drawing import documents
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from backprop_cli.cli.schema import text as schema_text
from backprop_cli.config.loader import Setup, load
from backprop_cli.documents.yaml_writer import write_yaml
from backprop_cli.errors import BackpropError

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))
SCHEMA = json.loads(schema_text())
# Sections that leave the others valid most of the time, each with what the schema allows.
SECTIONS = ("optimizer", "schedule", "training", "report", "expect", "names", "notation", "update_order", "metrics")
NUMBERS = st.floats(-5, 5, allow_nan=False)


def section(name: str) -> st.SearchStrategy[Any]:
    return documents({"$defs": SCHEMA.get("$defs", {}), **SCHEMA["properties"][name]})


def matrix(rows: int, columns: int) -> st.SearchStrategy[Any]:
    return st.lists(st.lists(NUMBERS, min_size=columns, max_size=columns), min_size=rows, max_size=rows)


@st.composite
def layers(draw: st.DrawFn, inputs: int, units: int, *, is_last: bool) -> dict[str, Any]:
    layer: dict[str, Any] = {"units": units}
    layout = draw(st.sampled_from([None, "rows_are_neurons", "rows_are_inputs"]))
    if layout:
        layer["weights_layout"] = layout
    if draw(st.booleans()):
        layer["weights"] = draw(matrix(inputs, units) if layout == "rows_are_inputs" else matrix(units, inputs))
    layer["bias"] = draw(
        st.booleans()
        | NUMBERS
        | st.lists(NUMBERS, min_size=units, max_size=units)
        | st.fixed_dictionaries({"per": st.sampled_from(["neuron", "layer", "connection", "none"])})
    )
    if draw(st.booleans()):
        layer["activation"] = draw(
            documents({"$defs": SCHEMA["$defs"], **SCHEMA["$defs"]["Layer"]["properties"]["activation"]})
        )
    layer["trainable"] = draw(st.booleans())
    if not is_last:
        layer["dropout"] = draw(st.sampled_from([0, 0.25]))
    return layer


@st.composite
def configs(draw: st.DrawFn) -> dict[str, Any]:
    inputs, hidden, outputs = (draw(st.integers(1, 3)) for _ in range(3))
    rows = draw(st.integers(2, 4))
    found = {
        "network": {
            "inputs": inputs,
            "layers": [
                draw(layers(inputs, hidden, is_last=False)),
                draw(layers(hidden, outputs, is_last=True)),
            ],
            "weights_layout": "rows_are_neurons",
        },
        "data": {"inputs": draw(matrix(rows, inputs)), "targets": draw(matrix(rows, outputs))},
        "loss": draw(st.sampled_from(["mse", "half_sse", {"name": "mse", "reduction": "sum"}])),
    }
    if draw(st.booleans()):
        found["data"]["order"] = draw(
            st.lists(
                st.integers(1, rows) | st.lists(st.integers(1, rows), min_size=1, max_size=2, unique=True), min_size=1
            )
        )
    for name in draw(st.lists(st.sampled_from(SECTIONS), unique=True, max_size=3)):
        found[name] = draw(section(name))
    if draw(st.booleans()):
        digits = st.sampled_from(["0.30", "1e5", "12", "-.5", "1.2500"])
        found["figures"] = [{"name": "L", "printed": text} for text in draw(st.lists(digits, min_size=1, max_size=2))]
    return found


def written(setup: Setup, path: Path) -> Setup:
    path.write_bytes(write_yaml(setup.experiment.as_config()).encode())
    return load(path)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_is_the_same_once_written(config: Path, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(config.parent / "data", target_is_directory=True)
    try:
        setup = load(config)
    except BackpropError:
        pytest.skip("its data is not here")
    again = written(setup, tmp_path / "c.yaml")
    assert again.experiment.model_dump() == setup.experiment.model_dump()


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(plain=configs())
def test_any_config_is_the_same_once_written(plain: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("written")
    (folder / "given.yaml").write_text(json.dumps(plain))
    try:
        setup = load(folder / "given.yaml")
    except BackpropError:
        assume(False)
        raise
    again = written(setup, folder / "c.yaml")
    assert again.experiment.model_dump() == setup.experiment.model_dump()
    assert again.experiment == setup.experiment
