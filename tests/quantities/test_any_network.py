"""Promises that hold for every network: full names round-trip, dependence is reachability, no text breaks a reader."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.term import Term
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.notation import NOTATIONS, Notation, write
from backprop_cli.quantities.parser import parse
from backprop_cli.quantities.problem import NameProblem
from backprop_cli.quantities.quantity import Attached, Derivative, Quantity, Variable
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.quantities.upstream import BOTTOMS, TOPS, depends

Graph = dict[Variable, set[Variable]]


def activation(layer: int, neuron: int, topology: Topology) -> Variable:
    if layer in {0, topology.depth}:
        return Variable("yhat" if layer else "x", None, (neuron,))
    return Variable("a", layer, (neuron,))


def bias(layer: int, to: int, from_: int, kind: BiasKind) -> Iterator[Variable]:
    indices = {BiasKind.LAYER: (), BiasKind.NEURON: (to,), BiasKind.CONNECTION: (to, from_)}
    if kind in indices:
        yield Variable("b", layer, indices[kind])


def graph_of(topology: Topology) -> Graph:
    """List, for every variable, the variables that its formula mentions."""
    graph: Graph = {activation(0, unit, topology): set() for unit in range(1, topology.inputs + 1)}
    for layer, shape in enumerate(topology.layers, start=1):
        for to in range(1, shape.units + 1):
            z, e, f = (Variable(letter, layer, (to,)) for letter in "zef")
            s, a = Variable("s", layer), activation(layer, to, topology)
            graph[z] = set()
            for from_ in range(1, shape.fan_in + 1):
                parameters = {Variable("w", layer, (to, from_)), *bias(layer, to, from_, shape.bias)}
                graph[z] |= parameters | {activation(layer - 1, from_, topology)}
                graph |= {parameter: set() for parameter in parameters}
            graph[f if shape.dropout else a] = {e, s} if shape.rowwise else {z}
            if shape.dropout:
                graph[a] = {f}
            if shape.rowwise:
                graph[e] = {z}
                graph.setdefault(s, set()).add(e)
    total = graph.setdefault(Variable("L"), set())
    for output in range(1, topology.units(topology.depth) + 1):
        share = Variable("L", None, (output,))
        graph[share] = {activation(topology.depth, output, topology)}
        total.add(share)
    return graph


def reached_from(top: Variable, graph: Graph) -> set[Variable]:
    reached: set[Variable] = set()
    pending = [top]
    while pending:
        for variable in graph[pending.pop()] - reached:
            reached.add(variable)
            pending.append(variable)
    return reached


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    layers = [
        LayerShape(
            units, fan_in, draw(st.sampled_from(BiasKind)), draw(st.booleans()), draw(st.sampled_from([0.0, 0.5]))
        )
        for fan_in, units in pairwise(sizes)
    ]
    state, corrected, adaptive = draw(
        st.sampled_from(
            [((), (), False), (("v",), (), False), (("G",), (), True), (("m", "v"), ("mhat", "vhat"), True)]
        )
    )
    samples = draw(st.sampled_from([None, 1, 5]))
    return Topology(
        sizes[0],
        tuple(layers),
        state,
        corrected,
        adaptive,
        penalty=draw(st.booleans()),
        measured=draw(st.booleans()),
        weighted=draw(st.booleans()),
        samples=samples,
    )


def quantities_of(topology: Topology) -> list[Quantity]:
    """List everything in a network that has a name, samples left out."""
    graph = graph_of(topology)
    parameters = [variable for variable in graph if variable.symbol in {"w", "b"}]
    letters = ["g", *(["eta"] if topology.adaptive else []), *topology.state, *topology.corrected]
    return [
        *graph,
        *(Variable("y", None, (output,)) for output in range(1, topology.units(topology.depth) + 1)),
        Variable("eta"),
        *([Variable("penalty")] if topology.penalty else []),
        *([Variable("gnorm")] if topology.measured else []),
        *([Variable("weight")] if topology.weighted else []),
        *(
            Variable("r", layer, (neuron,))
            for layer, shape in enumerate(topology.layers, start=1)
            for neuron in range(1, shape.units + 1)
            if shape.dropout
        ),
        *(replace(parameter, moment=moment) for parameter in parameters for moment in ("new", "change")),
        *(Attached(letter, parameter) for letter in letters for parameter in parameters),
        *(Attached(letter, parameter, old=True) for letter in topology.state for parameter in parameters),
        *(
            Derivative(top, bottom)
            for top in graph
            for bottom in reached_from(top, graph)
            if top.symbol in TOPS and bottom.symbol in BOTTOMS
        ),
    ]


def may_have_sample(quantity: Quantity) -> bool:
    return isinstance(quantity, Derivative) or (
        isinstance(quantity, Variable) and quantity.symbol not in {"w", "b", "eta", "gnorm", "penalty"}
    )


@st.composite
def quantities(draw: st.DrawFn, topology: Topology) -> Quantity:
    quantity = draw(st.sampled_from(quantities_of(topology)))
    if may_have_sample(quantity) and draw(st.booleans()):
        assert not isinstance(quantity, Attached)
        return replace(quantity, sample=draw(st.integers(1, topology.samples or 1000)))
    return quantity


NOTATION = st.sampled_from(list(NOTATIONS.values()))
# What names are made of, so that many texts are nearly names.
PIECES = [
    *"xyzaesfrwbLdgmvGEZ",
    "yhat",
    "eta",
    "penalty",
    "gnorm",
    "weight",
    "dL",
    "/d",
    "_new",
    "_old",
    "_",
    "@",
    ":",
    "/",
    "ŷ",
    "∂",
    "_1",
    "_2",
]
TEXT = st.lists(st.sampled_from([*PIECES, *"0123"]), max_size=8).map("".join) | st.text(max_size=20)


@given(topology=topologies(), notation=NOTATION, data=st.data())
def test_a_full_name_is_read_back_as_what_was_written(
    topology: Topology, notation: Notation, data: st.DataObject
) -> None:
    quantity = data.draw(quantities(topology))

    assert parse(write(quantity, notation), topology, notation) == quantity


@given(topology=topologies(), notation=NOTATION)
def test_full_names_are_all_different(topology: Topology, notation: Notation) -> None:
    everything = quantities_of(topology)

    assert len({write(quantity, notation) for quantity in everything}) == len(everything)


def sizes_of(variable: Variable, topology: Topology) -> tuple[int, ...]:
    """Give the largest value of each index of a variable."""
    if variable.symbol == "x":
        return (topology.inputs,)
    layer = variable.layer or topology.depth
    return (topology.units(layer), topology.units(layer - 1))[: len(variable.indices)]


@given(topology=topologies(), notation=NOTATION)
def test_indices_of_size_one_and_an_only_layer_may_be_left_out(topology: Topology, notation: Notation) -> None:
    for variable in graph_of(topology):
        if variable.symbol == "L":
            continue
        pairs = zip(variable.indices, sizes_of(variable, topology), strict=True)
        short = replace(variable, indices=tuple(index for index, size in pairs if size > 1))
        layerless = replace(short, layer=None)

        assert parse(write(short, notation), topology, notation) == variable
        if topology.depth == 1:
            assert parse(write(layerless, notation), topology, notation) == variable


@given(topology=topologies())
def test_dependence_is_reachability_in_the_graph_of_formulas(topology: Topology) -> None:
    graph = graph_of(topology)
    reached = {top: reached_from(top, graph) for top in graph if top.symbol in TOPS}
    for top, bottom in product(reached, graph):
        if bottom.symbol in BOTTOMS:
            assert depends(top, bottom, topology) == (bottom in reached[top])


@given(topology=topologies(), notation=NOTATION, data=st.data())
def test_a_derivative_is_read_just_when_its_top_depends_on_its_bottom(
    topology: Topology, notation: Notation, data: st.DataObject
) -> None:
    graph = graph_of(topology)
    top, bottom = data.draw(st.tuples(*[st.sampled_from(list(graph))] * 2))
    depend = top.symbol in TOPS and bottom.symbol in BOTTOMS and bottom in reached_from(top, graph)
    name = f"d{write(top, notation)}/d{write(bottom, notation)}"

    if depend:
        assert parse(name, topology, notation) == Derivative(top, bottom)
    else:
        with pytest.raises(NameProblem):
            parse(name, topology, notation)


@given(topology=topologies(), notation=NOTATION, text=TEXT)
def test_any_text_is_read_or_refused(topology: Topology, notation: Notation, text: str) -> None:
    try:
        quantity = parse(text, topology, notation)
    except NameProblem as problem:
        suggested = re.search(r"did you mean '(.*)'\?$", str(problem))
        if suggested:
            parse(suggested[1], topology, notation)
    else:
        assert parse(write(quantity, notation), topology, notation) == quantity


ALIASES = st.sampled_from(["E", "net_h1", "out", "w5", "dE", "d", "g", "m", "q_1", "new"])


@given(topology=topologies(), notation=NOTATION, data=st.data())
def test_a_label_is_read_back_as_what_it_labels(topology: Topology, notation: Notation, data: st.DataObject) -> None:
    targets = data.draw(st.dictionaries(ALIASES, quantities(topology)))
    names = {alias: write(target, notation) for alias, target in targets.items()}
    table, _ = NameTable.build(names, topology, notation)
    quantity = data.draw(quantities(topology))

    assert table.resolve(table.label(quantity)) == quantity
    assert all(table.resolve(table.label(target)) == target for target in targets.values())


@given(topology=topologies(), names=st.dictionaries(ALIASES | TEXT, ALIASES | TEXT, max_size=6))
def test_any_names_are_understood_or_reported(topology: Topology, names: dict[str, str]) -> None:
    table, problems = NameTable.build(names, topology, NOTATIONS["leaving"])

    reported = [name for name, _ in problems]
    assert reported == [name for name in names if name in reported]
    for name in names:
        if name not in reported:
            assert isinstance(table.resolve(name), Quantity | Term)
