"""Training that starts from a model: with its very parameters, and only where they fit."""

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from typer.testing import CliRunner

from backprop_cli.cli.app import app
from backprop_cli.config.loader import Setup, load
from backprop_cli.documents.yaml_reader import read_yaml
from backprop_cli.errors import ConfigError, DataError, Interrupted, StorageError
from backprop_cli.training.loop import train
from backprop_cli.training.model import opened
from backprop_cli.training.recording import record, resume, setup_in
from backprop_cli.training.start import starting_network
from backprop_cli.training.warm import first_network

CONFIG = """
network:
  inputs: 2
  layers:
    - {units: 3, activation: {name: leaky_relu, negative_slope: 0.2}, bias: {per: BIAS}}
    - {units: 1, activation: sigmoid}
data: {inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [0, 1, 1, 0]}
loss: binary_cross_entropy
training: {epochs: 6, batch_size: 2}
"""
START = "training.start_from=runs/a"


def config_in(folder: Path, bias: str = "neuron") -> Path:
    path = folder / "c.yaml"
    path.write_text(CONFIG.replace("BIAS", bias), encoding="utf-8")
    return path


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """Give a config beside the run that it trained."""
    path = config_in(tmp_path)
    list(record(load(path), tmp_path / "runs" / "a", ()))
    return path


def warm(config: Path, *settings: str) -> Setup:
    return load(config, [START, *settings])


def interrupted(setup: Setup, out: Path) -> None:
    """Begin a run, and be interrupted after its first step."""
    with pytest.raises(Interrupted):
        list(record(setup, out, (), lambda: signal.SIGINT))


@pytest.mark.parametrize("bias", ["neuron", "layer", "connection", "none"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("frozen", ["true", "false"])
def test_training_starts_with_the_parameters_of_the_model(bias: str, dtype: str, frozen: str, tmp_path: Path) -> None:
    config = config_in(tmp_path, bias)
    list(record(load(config), tmp_path / "runs" / "a", ()))
    tensors = load_file(tmp_path / "runs" / "a" / "model.safetensors")
    setup = warm(config, f"training.dtype={dtype}", f"network.layers.0.trainable={frozen}", "training.seed=7")

    layers = first_network(setup).layers

    for number, view in enumerate(layers, start=1):
        np.testing.assert_array_equal(view.weights, tensors[f"w{number}"].astype(dtype))
        if view.bias is not None:
            np.testing.assert_array_equal(view.bias, tensors[f"b{number}"].astype(dtype))
    assert layers[0].weights.dtype == dtype


def test_a_run_and_its_model_file_are_the_same_start(trained: Path) -> None:
    whole = [event.parameters for event in train(warm(trained)) if hasattr(event, "parameters")]
    named = load(trained, ["training.start_from=runs/a/model.safetensors"])

    assert [event.parameters for event in train(named) if hasattr(event, "parameters")] == whole
    assert first_network(named).theta.tobytes() == opened(trained.parent / "runs" / "a").network.theta.tobytes()
    assert first_network(named).theta.tobytes() != starting_network(named).theta.tobytes()


def test_where_training_went_on_the_loss_does_too(trained: Path) -> None:
    run = json.loads((trained.parent / "runs" / "a" / "run.json").read_text())
    started = next(event for event in train(warm(trained)) if hasattr(event, "initial"))

    assert started.initial.loss == run["final"]["loss"]


@pytest.mark.parametrize("command", ["explain", "gradcheck", "train", "validate"])
def test_every_command_starts_there(command: str, trained: Path) -> None:
    words = [command, str(trained), "--set", START]
    words += {"explain": ["--only", "z3_1@2", "--format", "json"], "gradcheck": ["--format", "json"]}.get(command, [])
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0, told.output

    if command == "explain":
        tensors = load_file(trained.parent / "runs" / "a" / "model.safetensors")
        given = {line["name"]: line["value"] for line in _lines(json.loads(told.stdout))}
        assert given["w2_1_3"] == tensors["w2"][0, 2]


def _lines(sheet: Any) -> list[Any]:
    """Walk a document for all that has a name and a value."""
    found = []
    if isinstance(sheet, dict):
        found = [sheet] if {"name", "value"} <= sheet.keys() else []
        return found + [line for item in sheet.values() for line in _lines(item)]
    return [line for item in sheet for line in _lines(item)] if isinstance(sheet, list) else found


def test_figures_are_marked_from_there(trained: Path, tmp_path: Path) -> None:
    weight = load_file(trained.parent / "runs" / "a" / "model.safetensors")["w1"][0, 1]
    (tmp_path / "sheet.csv").write_text(f"name,printed\nw1_1_2,{weight:.6f}\n", encoding="utf-8")

    told = CliRunner().invoke(app, ["check", str(trained), str(tmp_path / "sheet.csv"), "--set", START])
    assert told.exit_code == 0, told.output
    assert CliRunner().invoke(app, ["check", str(trained), str(tmp_path / "sheet.csv")]).exit_code == 1


ADVICE = "; start from another model, or change the layers"
MISFITS = {
    "network.layers.0.units=4": "network.layers[0].units is 4, that of runs/a 3",
    "network.layers.1.activation=tanh": "network.layers[1].activation is tanh, that of runs/a sigmoid",
    "network.layers.0.activation=leaky_relu": (
        "network.layers[0].activation is leaky_relu, that of runs/a leaky_relu(negative_slope=0.2)"
    ),
    "network.layers.0.bias.per=layer": "network.layers[0].bias.per is layer, that of runs/a neuron",
    "network.layers=[{units: 1}]": "the network has 1 layer, that of runs/a 2",
    "network.inputs=1": "network.inputs is 1, that of runs/a 2",
}


@pytest.mark.parametrize(("setting", "misfit"), MISFITS.items())
def test_a_model_of_another_network_is_refused_where_it_is_named(setting: str, misfit: str, trained: Path) -> None:
    text = trained.read_text(encoding="utf-8").replace("batch_size: 2", "batch_size: 2, start_from: runs/a")
    trained.write_text(text, encoding="utf-8")
    settings = [setting, "loss=mse"]
    if "inputs" in setting:
        settings.append("data.inputs=[[0], [0], [1], [1]]")
    (line,) = [number for number, line in enumerate(text.splitlines(), start=1) if "start_from" in line]
    column = text.splitlines()[line - 1].index("runs/a") + 1

    for use in (first_network, lambda setup: list(record(setup, trained.parent / "runs" / "b", ()))):
        with pytest.raises(ConfigError) as caught:
            use(load(trained, settings))
        (problem,) = caught.value.problems
        assert problem.heading() == f"{trained}:{line}:{column}: training.start_from: {misfit}{ADVICE}"
    assert not (trained.parent / "runs" / "b" / "config.yaml").exists()


def test_numbers_and_a_model_exclude_each_other(trained: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        warm(trained, "network.layers.1.weights=[[1, 2, 3]]", "network.layers.0.bias=0.5")

    told = "training.start_from gives the parameters of all layers; leave it or these out"
    assert {problem.message for problem in caught.value.problems} == {
        f"network.layers[0].bias: {told}",
        f"network.layers[1].weights: {told}",
    }
    # How to draw is said for when one draws.
    assert warm(trained, "network.layers.1.weights=he_normal")


def test_a_model_that_is_not_there_is_said_to_be_missing(trained: Path) -> None:
    path = trained.parent / "runs" / "none"
    message = f"training.start_from: {path}: there is no such file; check the name and the folder"
    setup = load(trained, ["training.start_from=runs/none"])

    for use in (first_network, lambda setup: list(record(setup, trained.parent / "runs" / "b", ()))):
        with pytest.raises(StorageError) as caught:
            use(setup)
        assert str(caught.value) == message
    told = CliRunner().invoke(app, ["validate", str(trained), "--set", "training.start_from=runs/none"])
    assert (told.exit_code, told.stderr) == (6, f"{trained}: {message}\n")
    for flags in ([], ["--dry-run"]):
        told = CliRunner().invoke(app, ["train", str(trained), *flags, "--set", "training.start_from=runs/none"])
        assert (told.exit_code, told.stdout, told.stderr) == (6, "", f"backprop: {message}\n")


def test_a_model_that_diverged_is_no_start(trained: Path) -> None:
    model = opened(trained.parent / "runs" / "a")
    model.network.theta[0] = np.nan
    path = trained.parent / "runs" / "a" / "model.safetensors"
    model.write(path)

    with pytest.raises(StorageError) as caught:
        first_network(warm(trained))
    message = "its parameters are not all finite; start from another model"
    assert str(caught.value) == f"training.start_from: {path}: {message}"


def test_a_run_says_where_it_started_from_its_own_folder(trained: Path) -> None:
    out = trained.parent / "other" / "deep" / "b"
    list(record(warm(trained), out, ()))

    document = read_yaml(out / "config.yaml").plain()
    assert isinstance(document, dict)
    assert document["training"]["start_from"] == "../../../runs/a"
    assert set(json.loads((out / "run.json").read_text())["data"]) == {"../../../runs/a"}
    assert first_network(setup_in(out)).theta.tobytes() == first_network(warm(trained)).theta.tobytes()


def test_a_run_goes_on_without_the_model_that_it_started_from(trained: Path) -> None:
    runs = trained.parent / "runs"
    list(record(warm(trained), runs / "whole", ()))
    interrupted(warm(trained), runs / "cut")
    shutil.rmtree(runs / "a")
    list(resume(setup_in(runs / "cut"), runs / "cut", ()))

    for name in ("model.safetensors", "history.csv", "checkpoint", "config.yaml"):
        assert (runs / "cut" / name).read_bytes() == (runs / "whole" / name).read_bytes()


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_run_without_checkpoint_does_not_start_from_anything_else(is_gone: bool, trained: Path) -> None:
    runs = trained.parent / "runs"
    interrupted(warm(trained), runs / "b")
    (runs / "b" / "checkpoint").unlink()
    if is_gone:
        shutil.rmtree(runs / "a")
    else:
        list(record(load(trained, ["training.seed=9"]), runs / "a", (), force=True))

    with pytest.raises(StorageError if is_gone else DataError) as caught:
        list(resume(setup_in(runs / "b"), runs / "b", ()))
    here = runs / "b" / ".." / "a"
    assert str(caught.value) == (
        f"training.start_from: {here}: there is no such file; check the name and the folder"
        if is_gone
        else f"{here}: this file is not as it was when the run began; put it back, or start another run"
    )


@pytest.mark.parametrize("force", [True, False])
def test_a_run_never_replaces_what_it_starts_from(force: bool, trained: Path) -> None:
    out = trained.parent / "runs" / "a"
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    with pytest.raises(ConfigError) as caught:
        list(record(warm(trained), out, (), force=force))
    (problem,) = caught.value.problems
    assert problem.message == "training.start_from reads runs/a, which this run would replace; choose another folder"
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_model_beyond_the_precision_of_the_run_is_refused(trained: Path) -> None:
    model = opened(trained.parent / "runs" / "a")
    model.network.theta[0] = -1e300
    model.write(trained.parent / "runs" / "a" / "model.safetensors")

    assert first_network(warm(trained)).theta[0] == -1e300
    with pytest.raises(StorageError, match="its parameters are not all finite in float32; start from another model"):
        first_network(warm(trained, "training.dtype=float32"))
