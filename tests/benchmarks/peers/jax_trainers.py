"""The same training in JAX: a compiled step called from Python, and a whole epoch compiled as one scan."""

from typing import Any

import numpy as np
from trainers import BETA, BETA1, BETA2, EPS, Trainer
from workloads import Workload


class _Jax:
    """A workload's step in JAX."""

    def __init__(self, work: Workload) -> None:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", work.dtype == "float64")
        self.jax, self.jnp, self.work = jax, jnp, work
        self.x, self.y = jnp.asarray(work.x), jnp.asarray(work.y)

    def start(self) -> Any:
        """Give the parameters and the optimizer's state of zeros."""
        parameters = [(self.jnp.asarray(weights), self.jnp.asarray(bias)) for weights, bias in self.work.weights]
        zeros = self.jax.tree.map(self.jnp.zeros_like, parameters)
        return parameters, zeros, self.jax.tree.map(self.jnp.zeros_like, parameters), self.jnp.zeros((), dtype="int32")

    def loss(self, parameters: Any, x: Any, y: Any) -> Any:
        """Give the mean loss of a batch."""
        nn, jnp, a = self.jax.nn, self.jnp, x
        for (weights, bias), name in zip(parameters, self.work.activations, strict=True):
            z = a @ weights.T + bias
            a = {"sigmoid": nn.sigmoid, "relu": nn.relu, "softmax": lambda each: each}[name](z)
        if self.work.loss == "half_sse":
            return 0.5 * jnp.sum((y - a) ** 2) / len(x)
        if self.work.loss == "binary_cross_entropy":
            return jnp.sum(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z)))) / len(x)
        return -jnp.sum(y * nn.log_softmax(z, axis=1)) / len(x)

    def step(self, carried: Any, rows: Any) -> Any:
        """Train one step."""
        parameters, first, second, count = carried
        tree, work, jnp = self.jax.tree, self.work, self.jnp
        loss, gradient = self.jax.value_and_grad(self.loss)(parameters, self.x[rows], self.y[rows])
        count = count + 1
        if work.optimizer == "sgd":
            change = gradient
        elif work.optimizer == "momentum":
            change = first = tree.map(lambda m, g: BETA * m + g, first, gradient)
        else:
            first = tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
            second = tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
            t = count.astype(self.x.dtype)
            change = tree.map(lambda m, v: m / (1 - BETA1**t) / (jnp.sqrt(v / (1 - BETA2**t)) + EPS), first, second)
        parameters = tree.map(lambda p, c: p - work.rate * c, parameters, change)
        return (parameters, first, second, count), loss


def _rows(work: Workload, epoch: int, *, shuffle: bool) -> np.ndarray[Any, Any]:
    """Give the rows of each whole batch of an epoch; a scan wants them all of one size."""
    rows = np.random.default_rng(epoch).permutation(work.samples) if shuffle else np.arange(work.samples)
    whole = work.samples // work.batch * work.batch
    return rows[:whole].reshape(-1, work.batch)


def jax_step(work: Workload) -> Trainer:
    """Train in JAX with a compiled step that is called for every batch."""
    kit = _Jax(work)
    step = kit.jax.jit(kit.step)

    def run(epochs: int, shuffle: bool) -> list[float]:
        carried, losses = kit.start(), []
        for epoch in range(epochs):
            total, batches = 0.0, _rows(work, epoch, shuffle=shuffle)
            for rows in batches:
                carried, loss = step(carried, rows)
                total += float(loss)
            losses.append(total / len(batches))
        return losses

    return run


def jax_scan(work: Workload) -> Trainer:
    """Train in JAX with whole epochs compiled as one scan; a run on a single sample is one scan in all."""
    kit = _Jax(work)
    scan = kit.jax.jit(lambda carried, batches: kit.jax.lax.scan(kit.step, carried, batches))

    def run(epochs: int, shuffle: bool) -> list[float]:
        carried, losses = kit.start(), []
        if work.samples == 1:
            _, found = scan(carried, np.zeros((epochs, 1), dtype=np.int32))
            return [float(loss) for loss in np.asarray(found)]
        for epoch in range(epochs):
            carried, found = scan(carried, _rows(work, epoch, shuffle=shuffle))
            losses.append(float(found.mean()))
        return losses

    return run
