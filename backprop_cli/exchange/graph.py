"""An ONNX graph in the making, and what the operators of formulas are in it.

A value is known by its name.  What has been asked for before is not made again, so formulas may repeat themselves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.algebra.evaluation import Domain, evaluate_in
from backprop_cli.algebra.functions import erf_of_arithmetic
from backprop_cli.algebra.rewrite import simplify
from backprop_cli.algebra.term import Ref, Term
from backprop_cli.immutable import immutable
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.activations.base import Row

Name: TypeAlias = str
# The axis of a layer's neurons.
_NEURONS = 1


@immutable
class Node:
    """One operator of ONNX, with the names of what it takes, and its settings."""

    operator: str
    inputs: tuple[Name, ...]
    settings: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Graph:
    """Nodes and constants, in the order in which they are needed.

    Attributes:
        dtype: of the numbers in formulas.
        nodes: with the name of what each gives.
        constants: by name.
        unnamed: those that were not given a name, by type, shape and bytes.
        renamed: names that readers see in place of those that were handed out.
    """

    dtype: np.dtype[Any]
    nodes: dict[Node, Name] = field(default_factory=dict)
    constants: dict[Name, NDArray[Any]] = field(default_factory=dict)
    unnamed: dict[tuple[str, tuple[int, ...], bytes], Name] = field(default_factory=dict)
    renamed: dict[Name, Name] = field(default_factory=dict)

    def node(self, operator: str, *inputs: Name, **settings: int) -> Name:
        """Give the value of an operator of ONNX."""
        node = Node(operator, inputs, tuple(settings.items()))
        return self.nodes.setdefault(node, f"{operator.lower()}_{len(self.nodes) + 1}")

    def constant(self, values: NDArray[Any], name: Name = "") -> Name:
        """Give the value of a constant."""
        if name:
            self.constants[name] = values
            return name
        # By their bytes, so that none is compared with every weight of the network, and 0 is not -0.
        key = values.dtype.str, values.shape, values.tobytes()
        if key not in self.unnamed:
            self.unnamed[key] = f"constant_{len(self.constants) + 1}"
            self.constants[self.unnamed[key]] = values
        return self.unnamed[key]

    def number(self, value: float) -> Name:
        """Give the value of a constant of a formula."""
        return self.constant(np.array(value, dtype=self.dtype))

    def rename(self, value: Name, name: Name) -> Name:
        """Let readers see another name for a value."""
        self.renamed[value] = name
        return value

    def shown(self) -> Iterator[tuple[Node, Name]]:
        """Walk the nodes by the names that readers see."""
        for node, name in self.nodes.items():
            inputs = tuple(self.renamed.get(one, one) for one in node.inputs)
            yield Node(node.operator, inputs, node.settings), self.renamed.get(name, name)

    def term(self, term: Term) -> Name:
        """Give the value of a formula, whose references are names of values."""
        domain = Domain(self.number, {name: partial(action, self) for name, action in ACTIONS.items()})
        return evaluate_in(domain, term, str)

    def activation(self, activation: Activation, z: Name) -> Name:
        """Give the activations of a layer, (samples, units), from its weighted inputs."""
        row: Row[Term] = Row(self._over_neurons("ReduceMax"), self._over_neurons("ReduceSum"))
        return self.term(simplify(activation.stable(Ref(z), row)))

    def _over_neurons(self, operator: str) -> Callable[[Term], Term]:
        def reduced(term: Term) -> Term:
            neurons = self.constant(np.array([_NEURONS], dtype=np.int64))
            return Ref(self.node(operator, self.term(term), neurons, keepdims=1))

        return reduced


def _op(operator: str) -> Callable[..., Name]:
    return lambda graph, *values: graph.node(operator, *values)


def _chain(operator: str) -> Callable[..., Name]:
    """From left to right, as formulas are worked out."""
    return lambda graph, *values: reduce(partial(graph.node, operator), values)


def _in_terms(formula: Callable[[Term], Term]) -> Callable[..., Name]:
    return lambda graph, value: graph.term(formula(Ref(value)))


def _expm1(graph: Graph, x: Name) -> Name:
    # tanh(x/2) is (eˣ − 1) / (eˣ + 1): no digit is lost near zero.
    one, half = graph.number(1.0), graph.node("Mul", x, graph.number(0.5))
    return graph.node("Mul", graph.node("Tanh", half), graph.node("Add", graph.node("Exp", x), one))


def _log1p(graph: Graph, x: Name) -> Name:
    # ln u · x / (u − 1) with u = 1 + x: what is lost in u is lost twice, and cancels.
    one = graph.number(1.0)
    u = graph.node("Add", x, one)
    ratio = graph.node("Div", x, graph.node("Sub", u, one))
    return graph.node("Where", graph.node("Equal", u, one), x, graph.node("Mul", graph.node("Log", u), ratio))


def _erf(graph: Graph, x: Name) -> Name:
    # Runtimes have the operator in single precision alone.
    return graph.node("Erf", x) if graph.dtype == np.float32 else graph.term(erf_of_arithmetic(Ref(x)))


def _greater(graph: Graph, x: Name, y: Name) -> Name:
    return graph.node("Cast", graph.node("Greater", x, y), to=element_type(graph.dtype))


def _where(graph: Graph, condition: Name, when_true: Name, when_false: Name) -> Name:
    return graph.node(
        "Where", graph.node("Cast", condition, to=element_type(np.dtype(np.bool_))), when_true, when_false
    )


_ELEMENT_TYPES: Sequence[tuple[type, int]] = ((np.float32, 1), (np.int64, 7), (np.bool_, 9), (np.float64, 11))


def element_type(dtype: np.dtype[Any]) -> int:
    """Give the number that ONNX has for a dtype: its `TensorProto.DataType`."""
    return next(number for known, number in _ELEMENT_TYPES if dtype == known)


# What each operator of a formula is in ONNX; a sum over an index stands in general rules, and has no value.
ACTIONS: Mapping[str, Callable[..., Name]] = {
    "add": _op("Add"),
    "sum": _chain("Add"),
    "sub": _op("Sub"),
    "mul": _op("Mul"),
    "product": _chain("Mul"),
    "div": _op("Div"),
    "neg": _op("Neg"),
    "pow": _op("Pow"),
    "exp": _op("Exp"),
    "expm1": _expm1,
    "ln": _op("Log"),
    "log1p": _log1p,
    "sqrt": _op("Sqrt"),
    "abs": _op("Abs"),
    "sign": _op("Sign"),
    "tanh": _op("Tanh"),
    "erf": _erf,
    "cos": _op("Cos"),
    "floor": _op("Floor"),
    "max": _op("Max"),
    "min": _op("Min"),
    "greater": _greater,
    "where": _where,
}
