"""Training in JAX: a compiled step called from Python, and a whole epoch compiled as one scan."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from peers.workloads import BETA, BETA1, BETA2, EPS, Trainer, Workload


class _Jax:
    """A workload's step in JAX."""

    def __init__(self, work: Workload) -> None:
        jax.config.update("jax_enable_x64", work.dtype == "float64")
        self.work = work
        self.x, self.y = jnp.asarray(work.x), jnp.asarray(work.y)

    def start(self) -> Any:
        """Give the parameters and the optimizer's state of zeros."""
        # Copies, since they are given away to the first step.
        parameters = [(jnp.array(weights), jnp.array(bias)) for weights, bias in self.work.weights]
        zeros = jax.tree.map(jnp.zeros_like, parameters)
        return parameters, zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.zeros((), dtype="int32")

    def loss(self, parameters: Any, x: Any, y: Any) -> Any:
        """Give the mean loss of a batch."""
        a = z = x
        for (weights, bias), name in zip(parameters, self.work.activations, strict=True):
            z = a @ weights.T + bias
            a = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu, "softmax": lambda each: each}[name](z)
        if self.work.loss == "half_sse":
            return 0.5 * jnp.sum((y - a) ** 2) / len(x)
        if self.work.loss == "binary_cross_entropy":
            return jnp.sum(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z)))) / len(x)
        return -jnp.sum(y * jax.nn.log_softmax(z, axis=1)) / len(x)

    def step(self, carried: Any, rows: Any, x: Any, y: Any) -> Any:
        """Train one step on some rows of the samples."""
        parameters, first, second, count = carried
        tree, work = jax.tree, self.work
        loss, gradient = jax.value_and_grad(self.loss)(parameters, x[rows], y[rows])
        count = count + 1
        if work.optimizer == "sgd":
            change = gradient
        elif work.optimizer == "momentum":
            change = first = tree.map(lambda m, g: BETA * m + g, first, gradient)
        else:
            first = tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
            second = tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
            t = count.astype(x.dtype)
            change = tree.map(lambda m, v: m / (1 - BETA1**t) / (jnp.sqrt(v / (1 - BETA2**t)) + EPS), first, second)
        parameters = tree.map(lambda p, c: p - work.rate * c, parameters, change)
        return (parameters, first, second, count), loss


def _rows(work: Workload, epoch: int, *, shuffle: bool) -> np.ndarray[Any, Any]:
    """Give the rows of each batch of an epoch; a scan wants them all of one size."""
    return np.stack(list(work.batches(epoch, shuffle=shuffle)))


def by_step(work: Workload) -> Trainer:
    """Train with a compiled step that is called for every batch."""
    kit = _Jax(work)
    step = jax.jit(kit.step, donate_argnums=0)

    def run(epochs: int, shuffle: bool) -> Iterator[float | None]:
        carried = kit.start()
        yield None
        for epoch in range(epochs):
            losses = []
            for rows in work.batches(epoch, shuffle=shuffle):
                carried, loss = step(carried, rows, kit.x, kit.y)
                losses.append(loss)
            # Looked at in the end, so that steps need not wait for it.
            yield float(np.mean([float(loss) for loss in losses]))

    return run


def by_epoch(work: Workload) -> Trainer:
    """Train with whole epochs compiled as one scan; a run on a single sample is one scan in all."""
    kit = _Jax(work)

    def epoch_of(carried: Any, batches: Any, x: Any, y: Any) -> Any:
        return jax.lax.scan(lambda held, rows: kit.step(held, rows, x, y), carried, batches)

    scan = jax.jit(epoch_of, donate_argnums=0)

    def run(epochs: int, shuffle: bool) -> Iterator[float | None]:
        carried = kit.start()
        yield None
        if work.samples == 1:
            _, found = scan(carried, np.zeros((epochs, 1), dtype=np.int32), kit.x, kit.y)
            yield from np.asarray(found).tolist()
            return
        for epoch in range(epochs):
            carried, found = scan(carried, _rows(work, epoch, shuffle=shuffle), kit.x, kit.y)
            yield float(found.mean())

    return run
