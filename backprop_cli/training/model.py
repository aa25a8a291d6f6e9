"""A trained network with all that is needed to use it: one safetensors file.

The file holds a tensor of the weights and one of the biases of each layer, by the names that the layer's parameters
begin with: `w1` (units, fan-in) and `b1` feed the first layer of neurons.  Its metadata has one entry, `backprop`: the
experiment and the preparation as JSON, and a checksum over both and the tensors.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as save_arrays

from backprop_cli.config.experiment import Experiment
from backprop_cli.config.loader import Setup
from backprop_cli.config.measures import metrics_in_use
from backprop_cli.config.naming import topology_of
from backprop_cli.config.weighing import factors_of
from backprop_cli.data.preparation import Preparation
from backprop_cli.documents.files import Unreadable, open_bytes
from backprop_cli.documents.writing import write_whole
from backprop_cli.engine.layout import Layout
from backprop_cli.engine.network import Network
from backprop_cli.errors import StorageError
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array
from backprop_cli.rules.metrics import Metric
from backprop_cli.training.folder import MODEL, RunFolder
from backprop_cli.training.lock import holder
from backprop_cli.training.plan import classes_of, judge_of_classes
from backprop_cli.training.start import arranged, summary_of

_ENTRY = "backprop"
_VERSION = 1


@immutable
class Model:
    """A trained network.

    Attributes:
        experiment: that it was trained in.
        network: with its parameters.
        preparation: what stands between files and the network.
        classes: what its outputs stand for, in order; empty where they are numbers.
        class_weights: what a sample of each class counted in the loss; empty where all counted the same.
    """

    experiment: Experiment
    network: Network
    preparation: Preparation
    classes: tuple[str, ...]
    class_weights: tuple[float, ...] = ()

    @classmethod
    def of(cls, setup: Setup, network: Network) -> "Model":
        """Give the model of what was trained."""
        is_of_classes = judge_of_classes(setup) is not None
        classes = classes_of(setup) if is_of_classes else ()
        asked, training = setup.experiment.training.class_weights, setup.dataset.training
        weights = () if asked is None else tuple(factors_of(training, asked).tolist())
        return cls(setup.experiment, network, setup.dataset.preparation, classes, weights)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What training measured beside the loss."""
        encoding, experiment = self.preparation.encoding, self.experiment
        has_labels = encoding is not None and bool(encoding.classes)
        return metrics_in_use(experiment.metrics, experiment.loss, classes=has_labels)

    @property
    def summary(self) -> str:
        """Describe the network in one line."""
        layout = self.network.layout
        return summary_of(self.experiment, layout.topology, layout.size)

    def write(self, path: Path) -> None:
        """Write it in one go; raises StorageError, and then what stood there is kept."""
        tensors = tensors_of(self.network.layout, self.network.theta)
        plain = {
            "experiment": self.experiment.model_dump(mode="json"),
            "preparation": self.preparation.description(),
            "classes": list(self.classes),
            "class_weights": list(self.class_weights),
        }
        text = json.dumps(plain)
        # One entry: several would be written in an order that changes from run to run.
        entry = json.dumps({"form": _VERSION, "checksum": _checksum(text, tensors), "model": text})
        write_whole(path, [save_arrays(tensors, {_ENTRY: entry})])

    @classmethod
    def read(cls, path: Path) -> "Model":
        """Read a model.

        Raises:
            StorageError: it cannot be read, is damaged, or was not written by backprop.
        """
        text, tensors = _open(path)
        try:
            plain = json.loads(text)
            experiment = Experiment.model_validate(plain["experiment"])
            preparation = Preparation.restored(plain["preparation"])
            network = _network(experiment, tensors)
            return cls(experiment, network, preparation, tuple(plain["classes"]), tuple(plain["class_weights"]))
        except (KeyError, TypeError, ValueError, ValidationError) as error:
            message = f"this model is not one that backprop {_VERSION} understands"
            raise StorageError(f"{path}: {message}; was it written by another version?") from error


def opened(path: Path) -> Model:
    """Read a model from its file, or from the folder of the run that trained it.

    Raises:
        StorageError: there is none, or it cannot be used.
    """
    return Model.read(model_file(path))


def model_file(path: Path) -> Path:
    """Give the file of a model: the path itself, or that inside a run folder.

    Raises:
        StorageError: the folder holds no run, or none that is over.
    """
    if not path.is_dir():
        return path
    folder = RunFolder(path)
    folder.require_run()
    if not (folder / MODEL).exists():
        writer = holder(path)
        todo = f"go on with: {RunFolder(path).go_on}" if writer is None else f"wait for {writer}"
        raise StorageError(f"{path}: its run is not over, so it has no model yet; {todo}")
    return folder / MODEL


def tensors_of(layout: Layout, theta: Array) -> dict[str, Array]:
    """Give the weights and biases of each layer as arrays of their own, by name."""
    return {f"{part.symbol}{part.layer}": np.array(part.view(theta), order="C") for part in layout.parts()}


def _network(experiment: Experiment, tensors: Mapping[str, NDArray[Any]]) -> Network:
    topology = topology_of(experiment.network, experiment.optimizer, has_targets=True, samples=None)
    layout = arranged(experiment.network, topology)
    activations = [layer.activation for layer in experiment.network.layers]
    network = Network.create(layout, activations, np.dtype(experiment.training.dtype))
    for part in layout.parts():
        tensor, view = tensors[f"{part.symbol}{part.layer}"], part.view(network.theta)
        if tensor.shape != view.shape or tensor.dtype != view.dtype:
            raise ValueError(tensor.shape)
        view[...] = tensor
    return network


def _open(path: Path) -> tuple[str, dict[str, NDArray[Any]]]:
    """Read the description and the tensors, and hold both to the checksum."""
    try:
        # For what the library would not say in plain words: a name that leads nowhere, a folder, permissions.
        with open_bytes(path):
            pass
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  it is no mapping
    except Unreadable as error:
        raise StorageError(f"{path}: {error}") from error
    except (SafetensorError, OSError, TypeError, ValueError, AttributeError) as error:
        raise StorageError(
            f"{path}: this is no model of backprop, or it is damaged; the model is named first, then the data"
        ) from error
    if _ENTRY not in metadata:
        raise StorageError(f"{path}: this model was not written by backprop, so its layers are not known")
    try:
        entry = json.loads(metadata[_ENTRY])
        form, text, checksum = entry["form"], entry["model"], entry["checksum"]
        is_whole = checksum == _checksum(text, tensors)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(path) from error
    if isinstance(form, int) and form > _VERSION:
        raise StorageError(f"{path}: this model has a form that only a newer backprop reads; update backprop")
    if not is_whole:
        raise _damaged(path)
    return text, tensors


def _damaged(path: Path) -> StorageError:
    return StorageError(f"{path}: this model is damaged: its checksum does not match; put back a copy of it")


def _checksum(text: str, tensors: Mapping[str, NDArray[Any]]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        tensor = np.ascontiguousarray(tensors[name])
        digest.update(f"{name} {tensor.dtype.str} {tensor.shape}".encode())
        digest.update(tensor.data)
    return digest.hexdigest()
