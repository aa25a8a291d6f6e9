"""The same training in different hands: this product's own loop, a tutorial's NumPy loop, and other libraries.

Each trainer is made once for a workload and trains a number of epochs when it is called, with a new order of the
samples in every epoch, and gives the mean loss of each epoch's steps.
"""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from workloads import Array, Workload

# Trains so many epochs, shuffled or not, and gives the mean loss of each.
Trainer: TypeAlias = Callable[[int, bool], list[float]]
BETA, BETA1, BETA2, EPS = 0.9, 0.9, 0.999, 1e-8


def ours(work: Workload) -> Trainer:
    """Train by the product's own loop: events of every epoch are emitted and taken."""
    from backprop_cli.training.events import EpochDone
    from backprop_cli.training.loop import train

    setup = _setup(work)
    experiment = setup.experiment

    def run(epochs: int, shuffle: bool) -> list[float]:
        training = experiment.training.model_copy(update={"epochs": epochs, "shuffle": shuffle})
        asked = replace(setup, experiment=experiment.model_copy(update={"training": training}))
        return [event.training.loss for event in train(asked) if isinstance(event, EpochDone)]

    return run


def _setup(work: Workload) -> Any:
    """Read a config, and put the workload's numbers in, which are too many for a file."""
    from backprop_cli.api import load
    from backprop_cli.data.samples import Samples

    layers = [
        {"units": units, "activation": name} for units, name in zip(work.widths[1:], work.activations, strict=True)
    ]
    config: dict[str, Any] = {
        "network": {"inputs": work.widths[0], "layers": layers},
        "data": {"inputs": work.x[:1].tolist(), "targets": work.y[:1].tolist()},
        "loss": {"name": work.loss, "reduction": "mean"},
        "optimizer": {"name": work.optimizer, "learning_rate": work.rate},
        "training": {"epochs": 1, "batch_size": work.batch, "dtype": work.dtype},
        "metrics": [],
        "report": {"trace": 0},
    }
    setup = load("-", stdin=io.StringIO(json.dumps(config)))
    network = setup.experiment.network
    started = tuple(
        layer.model_copy(
            update={"weights": tuple(weights), "bias": layer.bias.model_copy(update={"values": tuple(bias)})}
        )
        for layer, (weights, bias) in zip(network.layers, work.weights, strict=True)
    )
    experiment = setup.experiment.model_copy(update={"network": network.model_copy(update={"layers": started})})
    samples = Samples(work.x, work.y)
    return replace(setup, experiment=experiment, dataset=replace(setup.dataset, training=samples))


def _batches(work: Workload, epoch: int, *, shuffle: bool) -> Iterator[np.ndarray[Any, Any]]:
    rows = np.random.default_rng(epoch).permutation(work.samples) if shuffle else np.arange(work.samples)
    for start in range(0, work.samples, work.batch):
        yield rows[start : start + work.batch]


def tutorial(work: Workload) -> Trainer:
    """Train as tutorials do in NumPy: lists of matrices, new arrays at every operation."""

    def run(epochs: int, shuffle: bool) -> list[float]:
        parameters = [part.copy() for layer in work.weights for part in layer]
        state = [[np.zeros_like(part), np.zeros_like(part)] for part in parameters]
        losses, step = [], 0
        for epoch in range(epochs):
            total, count = 0.0, 0
            for rows in _batches(work, epoch, shuffle=shuffle):
                step, count = step + 1, count + 1
                loss, gradients = _forward_and_back(work, parameters, work.x[rows], work.y[rows])
                total += loss
                changes = [_change(work, *each, step) for each in zip(gradients, state, strict=True)]
                parameters = [part - change for part, change in zip(parameters, changes, strict=True)]
            losses.append(total / count)
        return losses

    return run


def _activate(name: str, z: Array) -> Array:
    if name == "sigmoid":
        return 1.0 / (1.0 + np.exp(-z))
    if name == "relu":
        return np.maximum(z, 0.0)
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def _forward_and_back(work: Workload, parameters: list[Array], x: Array, y: Array) -> tuple[float, list[Array]]:
    outputs = [x]
    for number, name in enumerate(work.activations):
        outputs.append(_activate(name, outputs[-1] @ parameters[2 * number].T + parameters[2 * number + 1]))
    a, samples = outputs[-1], len(x)
    if work.loss == "half_sse":
        loss, delta = 0.5 * np.sum((y - a) ** 2) / samples, (a - y) * a * (1.0 - a) / samples
    elif work.loss == "binary_cross_entropy":
        loss, delta = -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)) / samples, (a - y) / samples
    else:
        loss, delta = -np.sum(y * np.log(a + 1e-30)) / samples, (a - y) / samples
    gradients: list[Array] = []
    for number in range(len(work.activations) - 1, -1, -1):
        gradients = [delta.T @ outputs[number], delta.sum(axis=0), *gradients]
        if number:
            below = outputs[number]
            slope = below * (1.0 - below) if work.activations[number - 1] == "sigmoid" else below > 0.0
            delta = (delta @ parameters[2 * number]) * slope
    return float(loss), gradients


def _change(work: Workload, gradient: Array, memory: list[Array], step: int) -> Array:
    if work.optimizer == "sgd":
        return work.rate * gradient
    if work.optimizer == "momentum":
        memory[0] = BETA * memory[0] + gradient
        return work.rate * memory[0]
    memory[0] = BETA1 * memory[0] + (1.0 - BETA1) * gradient
    memory[1] = BETA2 * memory[1] + (1.0 - BETA2) * gradient**2
    first, second = memory[0] / (1.0 - BETA1**step), memory[1] / (1.0 - BETA2**step)
    return work.rate * first / (np.sqrt(second) + EPS)


def torch_eager(work: Workload) -> Trainer:
    """Train in PyTorch, operation by operation."""
    import torch

    torch.set_num_threads(work.threads)
    x, y = torch.tensor(work.x), torch.tensor(work.y)
    makers = {
        "sgd": partial(torch.optim.SGD, lr=work.rate),
        "momentum": partial(torch.optim.SGD, lr=work.rate, momentum=BETA),
        "adam": partial(torch.optim.Adam, lr=work.rate),
    }

    def run(epochs: int, shuffle: bool) -> list[float]:
        model = _torch_network(work, torch)
        optimizer, losses = makers[work.optimizer](model.parameters()), []
        for epoch in range(epochs):
            total, count = 0.0, 0
            for rows in _batches(work, epoch, shuffle=shuffle):
                chosen = torch.from_numpy(rows)
                loss = _torch_loss(work, torch, model(x[chosen]), y[chosen])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total, count = total + loss.item(), count + 1
            losses.append(total / count)
        return losses

    return run


def _torch_network(work: Workload, torch: Any) -> Any:
    """Build the network; the likelihoods take what comes before the last activation."""
    named = {"sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU}
    parts: list[Any] = []
    for number, ((weights, bias), name) in enumerate(zip(work.weights, work.activations, strict=True), 1):
        layer = torch.nn.Linear(weights.shape[1], weights.shape[0])
        layer.weight.data, layer.bias.data = torch.tensor(weights), torch.tensor(bias)
        is_last = number == len(work.activations)
        parts += [layer] if is_last and work.loss != "half_sse" else [layer, named[name]()]
    return torch.nn.Sequential(*parts)


def _torch_loss(work: Workload, torch: Any, prediction: Any, target: Any) -> Any:
    functional = torch.nn.functional
    if work.loss == "half_sse":
        return 0.5 * functional.mse_loss(prediction, target, reduction="sum") / len(target)
    if work.loss == "binary_cross_entropy":
        return functional.binary_cross_entropy_with_logits(prediction, target)
    return functional.cross_entropy(prediction, target)


def sklearn_mlp(work: Workload) -> Trainer:
    """Train scikit-learn's multi-layer perceptron: its own starting weights, and its own losses and last layer."""
    import warnings

    from sklearn.neural_network import MLPClassifier, MLPRegressor

    names = {"sigmoid": "logistic", "relu": "relu"}
    kind, targets = (MLPRegressor, work.y) if work.loss == "half_sse" else (MLPClassifier, work.y.argmax(axis=1))
    if work.loss == "binary_cross_entropy":
        targets = work.y[:, 0]
    settings: dict[str, Any] = {
        "hidden_layer_sizes": work.widths[1:-1] or (1,),
        "activation": names[work.activations[0]],
        "solver": "adam" if work.optimizer == "adam" else "sgd",
        "learning_rate_init": min(work.rate, 0.1),
        "batch_size": work.batch,
        "momentum": BETA if work.optimizer == "momentum" else 0.0,
        "tol": 0.0,
        "n_iter_no_change": 10**9,
        "alpha": 0.0,
    }

    def run(epochs: int, shuffle: bool) -> list[float]:
        model = kind(max_iter=epochs, shuffle=shuffle, **settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(work.x, targets.ravel() if targets.ndim == 2 and targets.shape[1] == 1 else targets)
        return [float(loss) for loss in model.loss_curve_]

    return run
