"""Training as tutorials do it in NumPy: lists of matrices, and new arrays at every operation."""

from collections.abc import Iterator

import numpy as np
from peers.workloads import BETA, BETA1, BETA2, EPS, Array, Trainer, Workload


def tutorial(work: Workload) -> Trainer:
    """Train in plain NumPy."""

    def run(epochs: int, shuffle: bool) -> Iterator[float | None]:
        parameters = [part.copy() for layer in work.weights for part in layer]
        state = [[np.zeros_like(part), np.zeros_like(part)] for part in parameters]
        x, y, step = work.x, work.y, 0
        yield None
        for epoch in range(epochs):
            total, count = 0.0, 0
            for rows in work.batches(epoch, shuffle=shuffle):
                step, count = step + 1, count + 1
                loss, gradients = _forward_and_back(work, parameters, x[rows], y[rows])
                total += loss
                changes = [_change(work, *each, step) for each in zip(gradients, state, strict=True)]
                parameters = [part - change for part, change in zip(parameters, changes, strict=True)]
            yield total / count

    return run


def _activate(name: str, z: Array) -> Array:
    if name == "sigmoid":
        return 1.0 / (1.0 + np.exp(-z))
    if name == "relu":
        return np.maximum(z, 0.0)
    exponentials: Array = np.exp(z - z.max(axis=1, keepdims=True))
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
