"""Training in PyTorch, operation by operation."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from peers.workloads import BETA, Trainer, Workload


def eager(work: Workload) -> Trainer:
    """Train as PyTorch's own tutorials do."""
    x, y = torch.tensor(work.x), torch.tensor(work.y)
    makers: dict[str, Any] = {
        "sgd": partial(torch.optim.SGD, lr=work.rate),
        "momentum": partial(torch.optim.SGD, lr=work.rate, momentum=BETA),
        "adam": partial(torch.optim.Adam, lr=work.rate),
    }

    def run(epochs: int, shuffle: bool) -> Iterator[float | None]:
        model = _network(work)
        optimizer = makers[work.optimizer](model.parameters())
        yield None
        for epoch in range(epochs):
            total, count = 0.0, 0
            for rows in work.batches(epoch, shuffle=shuffle):
                chosen = torch.from_numpy(rows)
                loss = _loss(work, model(x[chosen]), y[chosen])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total, count = total + loss.item(), count + 1
            yield total / count

    return run


def _network(work: Workload) -> torch.nn.Module:
    """Build the network; the likelihoods take what comes before the last activation."""
    named = {"sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU}
    parts: list[torch.nn.Module] = []
    for number, ((weights, bias), name) in enumerate(zip(work.weights, work.activations, strict=True), 1):
        layer = torch.nn.Linear(weights.shape[1], weights.shape[0])
        layer.weight.data, layer.bias.data = torch.tensor(weights), torch.tensor(bias)
        is_last = number == len(work.activations)
        parts += [layer] if is_last and work.loss != "half_sse" else [layer, named[name]()]
    return torch.nn.Sequential(*parts)


def _loss(work: Workload, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    functional = torch.nn.functional
    if work.loss == "half_sse":
        return 0.5 * functional.mse_loss(prediction, target, reduction="sum") / len(target)
    if work.loss == "binary_cross_entropy":
        return functional.binary_cross_entropy_with_logits(prediction, target)
    return functional.cross_entropy(prediction, target)
