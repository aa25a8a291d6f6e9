"""Every parameter has one address; a step allocates no arrays, and stops before an update that is not finite."""

import tracemalloc
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.engine.finite import NotFinite
from backprop_cli.engine.layout import Trainable, arrange
from backprop_cli.engine.network import Network
from backprop_cli.engine.step import Learner
from backprop_cli.engine.workspace import with_ones
from backprop_cli.quantities.quantity import Variable
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.activations.squashing import Identity, Sigmoid
from backprop_cli.rules.base import members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.distances import HalfSse
from backprop_cli.rules.losses.likelihoods import BinaryCrossEntropy, CrossEntropy
from backprop_cli.rules.optimizers import Clip, Optimizer, Penalty
from backprop_cli.rules.optimizers.descent import Sgd


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_every_parameter_has_one_address_and_trainable_ones_come_first(data: st.DataObject) -> None:
    widths = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    shapes = tuple(LayerShape(out, into, data.draw(st.sampled_from(list(BiasKind)))) for into, out in pairwise(widths))
    may = tuple(Trainable(data.draw(st.booleans()), data.draw(st.booleans())) for _ in shapes)
    layout = arrange(Topology(widths[0], shapes), may)
    pairs = list(layout.parameters())
    theta = np.arange(layout.size, dtype=np.float64)
    network = Network.create(layout, [Sigmoid()] * len(shapes))
    network.theta[...] = theta

    assert sorted(address for _, address in pairs) == list(range(layout.size))
    for parameter, address in pairs:
        assert layout.address(parameter) == address
        assert layout.parameter_at(address) == parameter
        own = may[(parameter.layer or 0) - 1]
        assert (address < layout.trainable) == (own.weights if parameter.symbol == "w" else own.bias)
        view = network.layers[(parameter.layer or 0) - 1]
        part = view.weights if parameter.symbol == "w" else view.bias
        assert part is not None
        assert part[tuple(index - 1 for index in parameter.indices)] == address
        assert np.shares_memory(part, network.theta)


def test_an_unknown_parameter_has_no_address() -> None:
    layout = arrange(Topology(1, (LayerShape(1, 1, BiasKind.NEURON),)), (Trainable(),))

    with pytest.raises(KeyError):
        layout.address(Variable("w", 1, (2, 1)))


def learner(
    loss: Loss,
    optimizer: Optimizer,
    *activations: Activation,
    kind: BiasKind = BiasKind.NEURON,
    order: Any = "simultaneous",
) -> Learner:
    shapes = tuple(LayerShape(256, 256, kind, activation.rowwise) for activation in activations)
    network = Network.create(arrange(Topology(256, shapes), tuple(Trainable() for _ in shapes)), activations)
    network.theta[...] = np.random.default_rng(0).normal(size=network.theta.size) * 0.05
    return Learner.create(network, loss, optimizer, order)


BOTH = ("simultaneous", "sequential")
SQUARED, OWN = HalfSse(), BiasKind.NEURON
CASES: list[tuple[Any, ...]] = [
    *((SQUARED, Sgd(), (rule(), Sigmoid()), OWN, BOTH[0]) for rule in members(Activation).values()),
    *((SQUARED, rule(), (Sigmoid(), Identity()), OWN, BOTH[0]) for rule in members(Optimizer).values()),
    *((SQUARED, Sgd(), (Sigmoid(), Sigmoid()), kind, order) for kind in BiasKind for order in BOTH),
    (BinaryCrossEntropy(), Sgd(clip=Clip(norm=1)), (Sigmoid(), Sigmoid()), OWN, BOTH[0]),
    (CrossEntropy(), Sgd(clip=Clip(value=1)), (Sigmoid(), Softmax()), OWN, BOTH[0]),
    (SQUARED, Sgd(penalty=Penalty(l1=0.1, l2=0.1)), (Sigmoid(), Sigmoid()), OWN, BOTH[1]),
]


@pytest.mark.parametrize(("loss", "optimizer", "activations", "kind", "order"), CASES)
def test_no_array_is_allocated_after_the_first_step(
    loss: Loss, optimizer: Optimizer, activations: tuple[Activation, ...], kind: BiasKind, order: str
) -> None:
    rng = np.random.default_rng(1)
    y = np.eye(256)[rng.integers(0, 256, size=64)]
    step = learner(loss, optimizer, *activations, kind=kind, order=order).bind(
        with_ones(rng.normal(size=(64, 256)), np.dtype(np.float64)), y
    )
    step(1e-3, 1)
    tracemalloc.start()
    step(1e-3, 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 16_000


def tiny(optimizer: Optimizer, *, order: Any = "simultaneous", scale: float = 1.0, activation: Any = Identity) -> Any:
    shapes = (LayerShape(1, 1, BiasKind.NEURON), LayerShape(1, 1, BiasKind.NEURON))
    network = Network.create(arrange(Topology(1, shapes), (Trainable(), Trainable())), [activation(), activation()])
    network.theta[...] = 0.5
    made = Learner.create(network, HalfSse(), optimizer, order)
    return network, made.bind(np.array([[scale, 1.0]]), np.array([[0.0]]))


@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
@pytest.mark.parametrize("clip", [None, Clip(value=1.0)])
@pytest.mark.parametrize(
    ("scale", "rate", "quantity"),
    [
        (np.inf, 0.1, Variable("z", 1, (1,), sample=1)),
        (1e200, 0.1, Variable("L")),
        (1.0, 1e308, None),
    ],
)
def test_what_is_not_finite_is_named_and_changes_no_parameter(
    scale: float, rate: float, quantity: Variable | None, clip: Clip | None, order: str
) -> None:
    network, step = tiny(Sgd(clip=clip), order=order, scale=scale)
    found, kept = None, network.theta.copy()
    with np.errstate(all="ignore"):
        for t in range(1, 9):
            kept = network.theta.copy()
            try:
                step(rate, t)
            except NotFinite as error:
                found = error
                break

    assert found is not None
    np.testing.assert_array_equal(network.theta, kept)
    assert np.isfinite(network.theta).all()
    if quantity is not None:
        assert found.quantity == quantity
