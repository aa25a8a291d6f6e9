"""One training step: forward, loss, backward, update."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from backprop_cli.engine.dropout import Dropout
from backprop_cli.engine.finite import NotFinite, first_not_finite
from backprop_cli.engine.network import LayerView, Network, view_layers
from backprop_cli.engine.passes import (
    bind_back,
    bind_forward,
    bind_gradient,
    bind_measure,
    bind_output_error,
)
from backprop_cli.engine.record import StepRecord, frozen
from backprop_cli.engine.workspace import Workspace
from backprop_cli.rules.base import Array, Run
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.optimizers import Optimizer
from backprop_cli.rules.optimizers.base import Update

UpdateOrder: TypeAlias = Literal["simultaneous", "sequential"]


@dataclass(frozen=True, slots=True)
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
        new: the updated parameters, until they are found finite.
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
    new: Array
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

        def zeros() -> Array:
            return np.zeros(network.layout.trainable, dtype=network.theta.dtype)

        # Frozen parameters have room, so that every layer has its views; nothing is ever written there.
        everything = np.zeros(network.layout.size, dtype=network.theta.dtype)
        gradient = everything[: network.layout.trainable]
        return cls(
            network=network,
            loss=loss,
            optimizer=optimizer,
            order=order,
            gradient=gradient,
            gradient_views=view_layers(network.layout, everything),
            applied=gradient if optimizer.clip is None else zeros(),
            new=zeros(),
            state={letter: zeros() for letter in optimizer.state},
            work=(zeros(), zeros()),
            mask=network.layout.weight_mask(network.theta.dtype),
            dropout=dropout,
        )

    def bind(self, x_and_one: Array, y: Array, weights: Array | None = None) -> "Step":
        """Bind a step to the arrays that hold its samples, and what each counts where they do not count the same."""
        thinned = self.dropout.thinned if self.dropout else ()
        return Step(self, Workspace.create(self.network, x_and_one, y, weights, thinned))

    def bind_penalty(self, where: slice) -> list[Run]:
        """Bind the penalty's part of the gradient, for a slice of the parameters."""
        if self.optimizer.penalty is None:
            return []
        theta, work = self.network.trained[where], self.work[0][where]
        return [self.optimizer.penalty.push(theta, self.mask[where], self.gradient[where], work)]

    def bind_clip(self, where: slice) -> list[Run]:
        """Bind the clipping of a slice of the gradient."""
        clip = self.optimizer.clip
        return [] if clip is None else [clip.bind(self.gradient[where], self.applied[where])]

    def bind_update(self, where: slice) -> Update:
        """Bind new ← the updated parameters of a slice."""
        state = [vector[where] for vector in self.state.values()]
        one, two = self.work
        return self.optimizer.kernel(
            self.network.trained[where], self.applied[where], self.new[where], state, (one[where], two[where])
        )


@dataclass(slots=True)
class Step:
    """A training step bound to its arrays; calling it again refreshes them."""

    learner: Learner
    space: Workspace
    measure: Callable[[], float] = field(init=False)
    forward: list[Run] = field(init=False)
    advance: Callable[[float, int], None] = field(init=False)
    draw: Callable[[int], None] | None = field(init=False)

    def __post_init__(self) -> None:
        network, dropout = self.learner.network, self.learner.dropout
        self.draw = dropout.bind(self.space.layers) if dropout else None
        self.forward = bind_forward(network, self.space)
        self.measure = _with_penalty(self.learner, bind_measure(network, self.learner.loss, self.space))
        self.advance = _bind_sequential(self) if self.learner.order == "sequential" else _bind_simultaneous(self)

    def __call__(self, rate: float, t: int) -> float:
        """Train one step.

        Args:
            rate: the learning rate.
            t: the step's number, from 1.

        Returns:
            The loss of the batch before the update, penalty included.

        Raises:
            NotFinite: a value is not finite; the parameters are those before the step.
        """
        if self.draw is not None:
            self.draw(t)
        for run in self.forward:
            run()
        loss = self.measure()
        if not math.isfinite(loss):
            raise first_not_finite(self.learner.network, self.space, loss)
        self.advance(rate, t)
        return loss

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
    if learner.optimizer.penalty is None:
        return 0.0
    return learner.optimizer.penalty.measure(learner.network.trained, learner.mask, learner.work[0])()


def _copy_state(learner: Learner) -> dict[str, Array]:
    return {letter: frozen(vector) for letter, vector in learner.state.items()}


def _with_penalty(learner: Learner, measure: Callable[[], float]) -> Callable[[], float]:
    if learner.optimizer.penalty is None:
        return measure
    penalty = learner.optimizer.penalty.measure(learner.network.trained, learner.mask, learner.work[0])
    return lambda: measure() + penalty()


def _bind_refusal(learner: Learner, space: Workspace, where: slice) -> Run:
    """Bind a look at the new parameters that raises when one is not finite; their sum is enough to see that all are."""
    watched = [learner.new[where]]
    if learner.optimizer.clip is not None:
        # Clipping makes finite what is not, so the new parameters would not tell.
        watched.append(learner.gradient[where])

    def refuse() -> None:
        for values in watched:
            if not math.isfinite(np.add.reduce(values)) and not np.isfinite(values).all():
                raise first_not_finite(learner.network, space, 0.0, learner.gradient, learner.new)

    return refuse


def _bind_simultaneous(step: Step) -> Callable[[float, int], None]:
    """Bind the whole gradient, then one update of all parameters."""
    learner, space, everything = step.learner, step.space, slice(None)
    network = learner.network
    runs = bind_output_error(network, learner.loss, space)
    for number in range(network.layout.topology.depth, 0, -1):
        runs += bind_gradient(network, number, learner.gradient_views[number - 1], space)
        runs += bind_back(network, number, space)
    runs += learner.bind_penalty(everything) + learner.bind_clip(everything)
    update, refuse = learner.bind_update(everything), _bind_refusal(learner, space, everything)
    trained, new = network.trained, learner.new

    def advance(rate: float, t: int) -> None:
        for run in runs:
            run()
        update(rate, t)
        refuse()
        np.copyto(trained, new)

    return advance


def _bind_sequential(step: Step) -> Callable[[float, int], None]:
    """Bind an update of each layer before its errors go back through its weights."""
    learner, space = step.learner, step.space
    trained, saved = learner.network.trained, np.empty_like(learner.network.trained)
    start = bind_output_error(learner.network, learner.loss, space)
    layers = [_bind_layer(learner, number, space) for number in range(learner.network.layout.topology.depth, 0, -1)]

    def advance(rate: float, t: int) -> None:
        np.copyto(saved, trained)
        np.copyto(learner.new, trained)
        try:
            for run in start:
                run()
            for layer in layers:
                layer(rate, t)
        except NotFinite:
            np.copyto(trained, saved)
            raise

    return advance


def _bind_layer(learner: Learner, number: int, space: Workspace) -> Callable[[float, int], None]:
    """Bind one layer's gradient, update, and way back."""
    network, where = learner.network, learner.network.layout.layers[number - 1].trained
    gradient = bind_gradient(network, number, learner.gradient_views[number - 1], space)
    gradient += learner.bind_penalty(where) + learner.bind_clip(where)
    back = bind_back(network, number, space)
    update, refuse = learner.bind_update(where), _bind_refusal(learner, space, where)
    trained, new = network.trained[where], learner.new[where]

    def advance(rate: float, t: int) -> None:
        for run in gradient:
            run()
        update(rate, t)
        refuse()
        np.copyto(trained, new)
        for run in back:
            run()

    return advance
