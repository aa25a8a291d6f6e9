"""Every parameter has one address, trainable ones come first, and views are the vector itself."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.engine.layout import Layout, Trainable, arrange
from backprop_cli.engine.network import Network, view_layers
from backprop_cli.quantities.quantity import Variable
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.rules.activations.sigmoid import Sigmoid

EITHER = (Trainable(), Trainable(weights=False), Trainable(bias=False), Trainable(weights=False, bias=False))


def layout_of(widths: list[int], kinds: list[BiasKind], may: list[Trainable]) -> Layout:
    shapes = tuple(LayerShape(out, into, kind) for (into, out), kind in zip(pairwise(widths), kinds, strict=True))
    return arrange(Topology(widths[0], shapes), tuple(may))


@st.composite
def layouts(draw: st.DrawFn) -> tuple[Layout, list[Trainable]]:
    widths = draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    kinds = [draw(st.sampled_from(BiasKind)) for _ in widths[1:]]
    may = [draw(st.sampled_from(EITHER)) for _ in widths[1:]]
    return layout_of(widths, kinds, may), may


def check(layout: Layout, may: list[Trainable]) -> None:
    """Check that parameters and addresses are one to one, and that views and slices say the same."""
    network = Network.create(layout, [Sigmoid()] * len(may))
    network.theta[...] = np.arange(layout.size)
    pairs, mask = list(layout.parameters()), layout.weight_mask(np.dtype(float))

    assert len(mask) == layout.trainable
    assert sorted(address for _, address in pairs) == list(range(layout.size))
    for parameter, address in pairs:
        number = parameter.layer or 0
        own, view, parts = may[number - 1], network.layers[number - 1], layout.layers[number - 1]
        trainable = own.weights if parameter.symbol == "w" else own.bias
        part = view.weights if parameter.symbol == "w" else view.bias
        assert layout.address(parameter) == address
        assert layout.parameter_at(address) == parameter
        assert (address < layout.trainable) == trainable
        assert (parts.trained.start <= address < parts.trained.stop) == trainable
        assert part is not None
        assert part[tuple(index - 1 for index in parameter.indices)] == address
        assert not trainable or mask[address] == (parameter.symbol == "w")


@settings(deadline=None, max_examples=100)
@given(layouts())
def test_every_parameter_has_one_address_and_trainable_ones_come_first(made: tuple[Layout, list[Trainable]]) -> None:
    check(*made)


@pytest.mark.parametrize(("kind", "may"), list(product(BiasKind, EITHER)))
def test_every_kind_of_bias_may_be_frozen_on_its_own(kind: BiasKind, may: Trainable) -> None:
    check(layout_of([3, 2, 4], [kind, BiasKind.NEURON], [may, Trainable()]), [may, Trainable()])


@settings(deadline=None, max_examples=50)
@given(layouts())
def test_views_are_the_vector_itself_and_never_overlap(made: tuple[Layout, list[Trainable]]) -> None:
    layout, _ = made
    flat = np.zeros(layout.size)
    views = [part for view in view_layers(layout, flat) for part in (view.weights, view.bias) if part is not None]
    for one in views:
        np.add(one, 1.0, out=one)
    blocks = [view.block for view in view_layers(layout, flat) if view.block is not None]

    # Each number was raised once: no two views share one, and none is left out.
    np.testing.assert_array_equal(flat, np.ones(layout.size))
    assert all(np.shares_memory(part, flat) for part in views + blocks)
    assert sum(part.size for part in views) == layout.size


@pytest.mark.parametrize(
    "parameter",
    [
        Variable("w", 1, (2, 1)),
        Variable("w", 1, (1, 0)),
        Variable("w", 1, (1,)),
        Variable("b", 1, (1, 1)),
        Variable("w", 2, (1, 1)),
        Variable("z", 1, (1,)),
    ],
)
def test_what_is_no_parameter_has_no_address(parameter: Variable) -> None:
    layout = layout_of([1, 1], [BiasKind.NEURON], [Trainable()])

    with pytest.raises(KeyError):
        layout.address(parameter)
