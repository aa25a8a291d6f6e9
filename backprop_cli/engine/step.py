"""One training step: forward, loss, backward, update."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from backprop_cli.engine.dropout import Dropout
from backprop_cli.engine.finite import NotFinite, first_not_finite
from backprop_cli.engine.network import LayerView, Network, view_layers
from backprop_cli.engine.passes import back, forward, gradient, measure, output_error
from backprop_cli.engine.record import StepRecord, frozen
from backprop_cli.engine.script import Script, bind
from backprop_cli.engine.workspace import Workspace
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array, Calls, Measure
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.optimizers import Optimizer

UpdateOrder: TypeAlias = Literal["simultaneous", "sequential"]
# Parameters that are updated at once, at least: an optimizer passes over them several times, and those of networks with
# millions would not be in the processor's cache any more at the next pass.  Measured best between 65,536 and 262,144.
_PORTION = 131_072
# Each is written out, so there are not to be too many.
_MOST_PORTIONS = 256


@immutable
class Learner:
    """What learning needs beside the network: the loss, the optimizer, the gradient and the optimizer's state.

    All vectors are over the trainable parameters.

    Attributes:
        network: what learns.
        loss: what is made small.
        optimizer: how.
        order: whether hidden errors go back through the weights before or after their update.
        gradient: dL/dθ.
        gradient_views: the same, layer by layer.
        applied: the gradient after clipping; the same array where nothing is clipped.
        change: what is subtracted from the parameters, once it is found finite.
        state: the optimizer's vectors by letter.
        work: two vectors for whatever is needed in between.
        mask: 1 for weights, 0 for biases.
        dropout: which units take part in a step; None where all do.
    """

    network: Network
    loss: Loss
    optimizer: Optimizer
    order: UpdateOrder
    gradient: Array
    gradient_views: tuple[LayerView, ...]
    applied: Array
    change: Array
    state: Mapping[str, Array]
    work: tuple[Array, Array]
    mask: Array
    dropout: Dropout | None = None

    @classmethod
    def create(
        cls,
        network: Network,
        loss: Loss,
        optimizer: Optimizer,
        order: UpdateOrder = "simultaneous",
        dropout: Dropout | None = None,
    ) -> "Learner":
        """Allocate a gradient and a state of zeros."""
        size, dtype = network.layout.trainable, network.theta.dtype

        def zeros() -> Array:
            # Filled, so that the memory is there before the first step.
            return np.full(size, 0.0, dtype)

        # Frozen parameters have room, so that every layer has its views; nothing is ever written there.
        everything = np.full(network.layout.size, 0.0, dtype)
        gradient = everything[:size]
        return cls(
            network=network,
            loss=loss,
            optimizer=optimizer,
            order=order,
            gradient=gradient,
            gradient_views=view_layers(network.layout, everything),
            applied=gradient if optimizer.clip is None else zeros(),
            change=zeros(),
            state={letter: zeros() for letter in optimizer.state},
            # Left unwritten: without a penalty, only the first portion of it is used.
            work=(np.zeros(size, dtype), np.zeros(size, dtype)),
            mask=network.layout.weight_mask(dtype),
            dropout=dropout,
        )

    def bind(self, x_and_one: Array, y: Array, weights: Array | None = None) -> "Step":
        """Bind a step to the arrays that hold its samples, and what each counts where they do not count the same."""
        thinned = self.dropout.thinned if self.dropout else ()
        return Step(self, Workspace.create(self.network, x_and_one, y, weights, thinned))

    def penalties(self) -> list[Measure]:
        """Give the penalty of the parameters, where there is one."""
        penalty = self.optimizer.penalty
        return [] if penalty is None else [penalty.measure(self.network.trained, self.mask, self.work[0])]

    def finish_gradient(self, where: slice) -> Calls:
        """Give the calls of applied ← what the optimizer works with, from the loss's own part of a slice's gradient."""
        if self.optimizer.penalty is not None:
            theta, work = self.network.trained[where], self.work[0][where]
            yield from self.optimizer.penalty.push(theta, self.mask[where], self.gradient[where], work)
        if self.optimizer.clip is not None:
            yield from self.optimizer.clip.pull(self.gradient[where], self.applied[where])

    def update(self, where: slice) -> Calls:
        """Give the calls of change ← what is subtracted from a portion, whose gradient is finished."""
        # All portions share what they work with, which so stays in the processor's cache.
        work = (self.work[0][: where.stop - where.start], self.work[1][: where.stop - where.start])
        state = [vector[where] for vector in self.state.values()]
        theta, change = self.network.trained[where], self.change[where]
        yield from self.optimizer.kernel(theta, self.applied[where], change, state, work)


@dataclass(slots=True)
class Step:
    """A training step bound to its arrays; calling it again refreshes them.

    Attributes:
        learner: what learns.
        space: the step's own arrays.
        script: the step, written out.
    """

    learner: Learner
    space: Workspace
    script: Script = field(init=False)
    _run: Callable[[float, int], float] = field(init=False)

    def __post_init__(self) -> None:
        self.script = _written(self.learner, self.space)
        run = self.script.bound()
        self._run = _all_or_nothing(self.learner, run) if self.learner.order == "sequential" else run

    def __call__(self, rate: float, t: int) -> float:
        """Train one step.

        Args:
            rate: the learning rate.
            t: the step's number, from 1.

        Returns:
            The loss of the batch before the update, penalty included.

        Raises:
            NotFinite: a value is not finite; the parameters, not the optimizer's state, are those before the step.
        """
        return self._run(rate, t)

    def recorded(
        self, rate: float, t: int, *, epoch: int, samples: tuple[int, ...], turn: tuple[int, int] = (0, 1)
    ) -> StepRecord:
        """Train one step and give all that it did, as copies."""
        learner, space = self.learner, self.space
        before, state_before = frozen(learner.network.theta), _copy_state(learner)
        penalty = penalty_of(learner)
        loss = self(rate, t)
        a = tuple(frozen(layer.a) for layer in space.layers)
        return StepRecord(
            step=t,
            epoch=epoch,
            samples=samples,
            rate=rate,
            x=frozen(space.x_and_one[:, :-1].T),
            y=frozen(space.y.T),
            weights=None if space.weights is None else frozen(space.weights),
            z=tuple(frozen(layer.z) for layer in space.layers),
            f=tuple(one if layer.f is layer.a else frozen(layer.f) for one, layer in zip(a, space.layers, strict=True)),
            kept=tuple(None if layer.factor is None else frozen(np.sign(layer.factor)) for layer in space.layers),
            a=a,
            delta=tuple(frozen(layer.delta) for layer in space.layers),
            loss=loss,
            penalty=penalty,
            gradient=frozen(learner.gradient),
            applied=frozen(learner.applied),
            before=before,
            after=frozen(learner.network.theta),
            state_before=state_before,
            state_after=_copy_state(learner),
            turn=turn,
        )


def penalty_of(learner: Learner) -> float:
    """Give the penalty of the parameters as they are."""
    return bind((), learner.penalties())()


def _copy_state(learner: Learner) -> dict[str, Array]:
    return {letter: frozen(vector) for letter, vector in learner.state.items()}


def _written(learner: Learner, space: Workspace) -> Script:
    """Write a step out: forward, loss, backward, update."""
    network, script = learner.network, Script()
    if learner.dropout is not None:
        script.add(learner.dropout.draw(space.layers))
    script.add(forward(network, space))
    script.let("loss", [measure(network, learner.loss, space), *learner.penalties()])
    script.expect_finite("loss", _refusal(learner, space))
    script.add(output_error(network, learner.loss, space))
    (_write_sequential if learner.order == "sequential" else _write_simultaneous)(script, learner, space)
    script.give("loss")
    return script


def _write_simultaneous(script: Script, learner: Learner, space: Workspace) -> None:
    """Append the whole gradient, then one update of all parameters."""
    for number in range(learner.network.layout.topology.depth, 0, -1):
        script.add(gradient(learner.network, number, learner.gradient_views[number - 1], space))
        script.add(back(learner.network, number, space))
    _write_update(script, learner, space, slice(None))


def _write_sequential(script: Script, learner: Learner, space: Workspace) -> None:
    """Append an update of each layer before its errors go back through its weights."""
    for number in range(learner.network.layout.topology.depth, 0, -1):
        script.add(gradient(learner.network, number, learner.gradient_views[number - 1], space))
        _write_update(script, learner, space, learner.network.layout.layers[number - 1].trained)
        script.add(back(learner.network, number, space))


def _write_update(script: Script, learner: Learner, space: Workspace, where: slice) -> None:
    """Append the update of a slice of the parameters, once the new ones are found finite."""
    script.add(learner.finish_gradient(where))
    if learner.optimizer.clip is not None:
        # Clipping makes finite what is not, so the change would not tell.
        gradient = learner.gradient[where]
        _watch(script, gradient, _closer_look(learner, space, lambda: gradient))
    for portion in _portions(where, len(learner.change)):
        script.add(learner.update(portion))
        _watch_change(script, learner, space, portion)
    trained = learner.network.trained[where]
    script.add([(np.subtract, trained, learner.change[where], trained)])


def _portions(where: slice, size: int) -> list[slice]:
    """Cut a slice of so many numbers into portions that are updated one after the other."""
    start, stop, _ = where.indices(size)
    each = max(_PORTION, -(-(stop - start) // _MOST_PORTIONS))
    return [slice(at, min(at + each, stop)) for at in range(start, stop, each)]


def _watch_change(script: Script, learner: Learner, space: Workspace, where: slice) -> None:
    """Append a look at whether a slice of the parameters will be finite.

    They are finite before.  A change with a square within float64 or float32 is less than half the last place of their
    largest number, so it makes none infinite.
    """
    trained, change = learner.network.trained[where], learner.change[where]
    _watch(script, change, _closer_look(learner, space, lambda: trained - change))


def _watch(script: Script, values: Array, closer: Callable[[float], None]) -> None:
    """Append a look at the sum of the squares of some numbers, and where it is beyond the dtype, a closer look."""
    script.let("total", [Measure((), (values.dot, values))])
    script.expect_finite("total", closer)


def _refusal(learner: Learner, space: Workspace) -> Callable[[float], None]:
    def refuse(loss: float) -> None:
        raise first_not_finite(learner.network, space, loss)

    return refuse


def _closer_look(learner: Learner, space: Workspace, values: Callable[[], Array]) -> Callable[[float], None]:
    def look(_total: float) -> None:
        if not np.isfinite(values()).all():
            new = learner.network.trained - learner.change
            raise first_not_finite(learner.network, space, 0.0, learner.gradient, new)

    return look


def _all_or_nothing(learner: Learner, run: Callable[[float, int], float]) -> Callable[[float, int], float]:
    """Give a step whose parameters are those before it where it fails on the way."""
    trained, saved = learner.network.trained, np.empty_like(learner.network.trained)

    def whole(rate: float, t: int) -> float:
        np.copyto(saved, trained)
        learner.change.fill(0.0)
        try:
            return run(rate, t)
        except NotFinite:
            np.copyto(trained, saved)
            raise

    return whole
