"""Every derivative and every value of a sheet is what an independent calculation gives.

The forward pass is written here once more, in plain Python over complex numbers and by nobody else's formulas.  A step
h along the imaginary axis, (f(x + ih) − f(x)) / ih, gives a derivative to the last digit; see J. N. Lyness and
C. B. Moler, "Numerical Differentiation of Analytic Functions" (1967).
"""

import cmath
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest

from backprop_cli.engine.network import Network
from backprop_cli.oracles import autograd
from backprop_cli.oracles.objective import Objective
from backprop_cli.quantities.quantity import Derivative, Variable
from backprop_cli.quantities.topology import BiasKind
from backprop_cli.quantities.upstream import depends
from backprop_cli.worksheet.book import Book
from backprop_cli.worksheet.ground import Ground, loss_of, new, share_of, slope, unit, w, z

STEP = 1e-60
# A bound on how far two right ways of computing a number may be apart, relative to what it is made of.
CLOSE = 1e-9
# Derivatives of one network; there can be thousands.
SOME = 60


def magnitude(x: complex) -> complex:
    return x if x.real >= 0 else -x


def sigma(x: complex) -> complex:
    return 1 / (1 + cmath.exp(-x))


def erf(x: complex) -> complex:
    return complex(math.erf(x.real), x.imag * 2 / math.sqrt(math.pi) * math.exp(-(x.real**2)))


def bent(x: complex) -> complex:
    return 0.5 * x * (1 + cmath.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def expm1(x: complex) -> complex:
    return complex(math.expm1(x.real), math.exp(x.real) * x.imag)


SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
ACTIVATIONS: dict[str, Callable[[Any, complex], complex]] = {
    "identity": lambda rule, x: x,
    "sigmoid": lambda rule, x: sigma(x),
    "bipolar_sigmoid": lambda rule, x: 2 * sigma(x) - 1,
    "tanh": lambda rule, x: cmath.tanh(x),
    "softsign": lambda rule, x: x / (1 + magnitude(x)),
    "relu": lambda rule, x: x if x.real > 0 else 0j,
    "leaky_relu": lambda rule, x: x if x.real > 0 else rule.negative_slope * x,
    "elu": lambda rule, x: x if x.real > 0 else rule.alpha * expm1(x),
    "selu": lambda rule, x: SCALE * (x if x.real > 0 else ALPHA * expm1(x)),
    "softplus": lambda rule, x: cmath.log(1 + cmath.exp(x)),
    "gelu": lambda rule, x: bent(x) if rule.approximate == "tanh" else 0.5 * x * (1 + erf(x / math.sqrt(2))),
    "silu": lambda rule, x: x * sigma(x),
}


def huber(rule: Any, y: float, yhat: complex, outputs: int) -> complex:
    distance = magnitude(yhat - y)
    far = distance.real > rule.delta
    return (rule.delta * (distance - rule.delta / 2) if far else distance**2 / 2) / outputs


def log(x: complex) -> complex:
    return cmath.log(x)


SHARES: dict[str, Callable[[Any, float, complex, int], complex]] = {
    "half_sse": lambda rule, y, yhat, outputs: (y - yhat) ** 2 / 2,
    "sse": lambda rule, y, yhat, outputs: (y - yhat) ** 2,
    "mse": lambda rule, y, yhat, outputs: (y - yhat) ** 2 / outputs,
    "mae": lambda rule, y, yhat, outputs: magnitude(y - yhat) / outputs,
    "huber": huber,
    "binary_cross_entropy": lambda rule, y, yhat, outputs: -(y * log(yhat) + (1 - y) * log(1 - yhat)) / outputs,
    "cross_entropy": lambda rule, y, yhat, outputs: -y * log(yhat),
}


class Forward:
    """One sample's forward pass, with one variable moved by ih.

    In sequential order an error goes back through updated weights: what is moved is weighed by those.
    """

    def __init__(self, ground: Ground, column: int, moved: Variable | None, *, updated: bool = False) -> None:
        self.ground, self.column, self.moved, self.updated = ground, column, moved, updated
        self.values: dict[Variable, complex] = {}
        for number, x in enumerate(ground.record.x[:, column], start=1):
            self.keep(Variable("x", None, (number,)), complex(x))
        for layer in range(1, ground.depth + 1):
            self.weigh(layer)
            self.activate(layer)
        self.measure()

    def keep(self, variable: Variable, value: complex) -> complex:
        self.values[variable] = value + (STEP * 1j if variable == self.moved else 0)
        return self.values[variable]

    def parameter(self, variable: Variable) -> complex:
        return self.keep(variable, complex(self.ground.record.before[self.ground.layout.address(variable)]))

    def times(self, weight: Variable, below: complex) -> complex:
        value, back = self.parameter(weight), float(self.ground.record.after[self.ground.layout.address(weight)])
        if not self.updated:
            return value * below
        return complex(value.real * below.real, back * below.imag + value.imag * below.real)

    def bias(self, layer: int, neuron: int) -> Iterator[complex]:
        shape = self.ground.shape(layer)
        match shape.bias:
            case BiasKind.NEURON:
                yield self.parameter(Variable("b", layer, (neuron,)))
            case BiasKind.LAYER:
                yield self.parameter(Variable("b", layer))
            case BiasKind.CONNECTION:
                yield from (self.parameter(Variable("b", layer, (neuron, by))) for by in range(1, shape.fan_in + 1))
            case BiasKind.NONE:
                return

    def weigh(self, layer: int) -> None:
        for neuron in self.ground.places(layer):
            below = {by: self.values[unit(self.ground, layer - 1, by)] for by in self.ground.places(layer - 1)}
            weighed = sum(self.times(w(layer, neuron, by), value) for by, value in below.items())
            self.keep(z(layer, neuron), weighed + sum(self.bias(layer, neuron)))

    def activate(self, layer: int) -> None:
        rule: Any = self.ground.activation(layer)
        inputs = {neuron: self.values[z(layer, neuron)] for neuron in self.ground.places(layer)}
        if rule.name == "softmax":
            top = max(value.real for value in inputs.values()) if rule.shift == "max" else 0.0
            parts = {n: self.keep(Variable("e", layer, (n,)), cmath.exp(x - top)) for n, x in inputs.items()}
            whole = self.keep(Variable("s", layer), sum(parts.values()))
            outputs = {n: part / whole for n, part in parts.items()}
        else:
            outputs = {n: ACTIVATIONS[rule.name](rule, x) for n, x in inputs.items()}
        for neuron, value in outputs.items():
            self.keep(unit(self.ground, layer, neuron), self.thinned(layer, neuron, value))

    def thinned(self, layer: int, neuron: int, value: complex) -> complex:
        kept, rate = self.ground.record.kept[layer - 1], self.ground.shape(layer).dropout
        if kept is None:
            return value
        return self.keep(Variable("f", layer, (neuron,)), value) * float(kept[neuron - 1, self.column]) / (1 - rate)

    def weight(self) -> float:
        weights = self.ground.record.weights
        return 1.0 if weights is None else float(weights[self.column])

    def measure(self) -> None:
        rule: Any = self.ground.loss
        outputs = self.ground.places(self.ground.depth)
        for k in outputs:
            y, yhat = float(self.ground.record.y[k - 1, self.column]), self.values[Variable("yhat", None, (k,))]
            self.values[share_of(k)] = self.weight() * SHARES[rule.name](rule, y, yhat, len(outputs))
        self.values[loss_of()] = sum(self.values[share_of(k)] for k in outputs)


def derivative(ground: Ground, key: Derivative) -> float:
    """Give a derivative of one sample, or of the step."""
    back = ground.sequential and key.top.symbol == "L"
    columns = range(len(ground.record.samples)) if key.sample is None else [ground.column(key.sample)]
    runs = [Forward(ground, column, key.bottom, updated=back).values[key.top].imag / STEP for column in columns]
    found = math.fsum(runs) / (len(runs) if ground.loss.reduction == "mean" else 1)
    return found + (penalty_slope(ground, key.bottom) if key.top == loss_of() and key.sample is None else 0.0)


def penalty_slope(ground: Ground, parameter: Variable) -> float:
    price = ground.optimizer.penalty
    if price is None or parameter.symbol != "w" or not ground.is_trainable(parameter):
        return 0.0
    value = float(ground.record.before[ground.layout.address(parameter)])
    return price.l1 * float(np.sign(value)) + price.l2 * value


def variables(ground: Ground) -> list[Variable]:
    return list(Forward(ground, 0, None).values)


def askable(ground: Ground) -> list[Derivative]:
    """List every derivative that may be asked for: per sample, and of the step's loss by its parameters."""
    found = []
    for top, bottom in product(variables(ground), repeat=2):
        is_top, is_bottom = top.symbol not in "xwb", bottom.symbol != "L"
        if is_top and is_bottom and depends(top, bottom, ground.topology):
            of_step = top.symbol == "L" and bottom.symbol in "wb"
            found += [slope(top, bottom, sample) for sample in ground.samples if sample is not None]
            if of_step or not ground.many:
                found.append(slope(top, bottom))
            if of_step and not top.indices and ground.split and not ground.many:
                found.append(slope(top, bottom, ground.record.samples[0]))
    return found


def hold_close(book: Book, key: Any, expected: float) -> None:
    value, size, _ = book.exact(key)

    assert abs(value - expected) <= CLOSE * size, (key, value, expected)
    # A size that is out of all proportion would let anything pass.
    assert size <= 1e6 * max(1.0, abs(value)), (key, value, size)


@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_anything_may_be_asked_with_respect_to_anything_upstream_of_it(
    draw: Callable[..., Any], seed: int, rng: Random, long: bool
) -> None:
    ground = draw(seed, dtype="float64").ground(long=long)
    book, keys = Book(ground), askable(ground)
    for key in rng.sample(keys, min(SOME, len(keys))):
        hold_close(book, key, derivative(ground, key))


NETWORKS: dict[str, list[tuple[Any, Any]]] = {
    "softmax below": [
        ("softmax", [[0.3, -0.2], [0.5, 0.4], [0.1, 0.9]]),
        ("tanh", [[0.7, -0.6, 0.2], [0.1, 0.3, 0.5]]),
    ],
    "softmax last": [
        ("tanh", [[0.3, -0.2], [0.5, 0.4]]),
        ({"name": "softmax", "shift": "max"}, [[0.7, -0.6], [0.1, 0.3]]),
    ],
    "three layers": [("gelu", [[0.3, -0.2], [0.5, 0.4]]), ("silu", [[0.7, 0.6]]), ("sigmoid", [[0.4], [-0.3]])],
}


@pytest.mark.parametrize("dropout", [0.0, 0.5], ids=["whole", "thinned"])
@pytest.mark.parametrize("penalty", [None, {"l1": 0.01, "l2": 0.2}], ids=["free", "charged"])
@pytest.mark.parametrize("samples", [1, 2])
@pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)
def test_every_derivative_of_a_small_network(
    layers: Any, samples: int, penalty: Any, dropout: float, network: Callable[..., Any], tell: Callable[..., Any]
) -> None:
    optimizer = {"name": "sgd", "learning_rate": 0.1} | ({"penalty": penalty} if penalty else {})
    inputs, targets = [[0.5, -1.0], [0.2, 0.9]], [[0.3, 0.7], [1.0, 0.0]]
    config = network(layers, inputs[:samples], targets[:samples], loss="mse", optimizer=optimizer)
    if dropout:
        config["data"]["weights"] = [2.5, 0.5][:samples]
        for layer in config["network"]["layers"][:-1]:
            layer["dropout"] = dropout
    ground = tell(config).ground()
    book, keys = Book(ground), askable(ground)

    assert len(keys) > 100
    for key in keys:
        hold_close(book, key, derivative(ground, key))


def test_values_are_those_of_an_independent_forward_pass(case: Any) -> None:
    ground = case.ground()
    book = Book(ground)
    for column, sample in enumerate(ground.samples):
        for variable, value in Forward(ground, column, None).values.items():
            own = replace(variable, sample=sample) if variable.symbol not in "wb" else variable
            if own.symbol != "L" or own.indices or sample is not None or not ground.split:
                hold_near(ground, book, own, value.real)


def hold_near(ground: Ground, book: Book, key: Any, expected: float) -> None:
    value, size, _ = book.exact(key)

    assert abs(value - expected) <= 2 * ground.precision * size, (key, value, expected)


def test_losses_are_those_of_an_independent_forward_pass(draw: Callable[..., Any], seed: int) -> None:
    ground = draw(seed, dtype="float64").ground()
    book, price = Book(ground), ground.optimizer.penalty
    runs = [Forward(ground, column, None).values for column in range(len(ground.record.samples))]
    count = len(runs) if ground.loss.reduction == "mean" else 1
    trainable = [ground.layout.address(key) for key in ground.parameters(trainable=True) if key.symbol == "w"]
    weights = ground.record.before[trainable]
    charge = price.l1 * np.abs(weights).sum() + price.l2 / 2 * (weights**2).sum() if price else 0.0

    hold_close(book, loss_of(), math.fsum(run[loss_of()].real for run in runs) / count + charge)
    if ground.penalized:
        hold_close(book, Variable("penalty"), charge)
    for number, run in zip(ground.record.samples if ground.split else (), runs, strict=False):
        hold_close(book, loss_of(number), run[loss_of()].real)
    for k in ground.places(ground.depth):
        hold_close(book, share_of(k), math.fsum(run[share_of(k)].real for run in runs) / count)


def test_gradients_are_those_of_autograd(draw: Callable[..., Any], seed: int) -> None:
    pytest.importorskip("torch", reason="the oracle is PyTorch, from the extra 'oracles'")
    case = draw(seed, dtype="float64")
    if case.experiment.update_order == "sequential":
        return
    ground = case.ground()
    if any(kept is not None for kept in ground.record.kept):
        # The oracle leaves nothing out.
        return
    before = Network.create(ground.layout, ground.activations)
    before.theta[...] = ground.record.before
    record, price = ground.record, ground.optimizer.penalty
    objective = Objective(before, ground.loss, record.x.T, record.y.T, price, weights=record.weights)
    loss, gradient = autograd.loss_and_gradient(objective)
    book = Book(ground)

    hold_close(book, loss_of(), loss)
    for parameter in ground.parameters(trainable=True):
        hold_close(book, slope(loss_of(), parameter), gradient[ground.layout.address(parameter)])


def test_a_frozen_parameter_has_a_gradient_and_stays(network: Callable[..., Any], tell: Callable[..., Any]) -> None:
    config = network([("tanh", [[0.3, -0.2], [0.5, 0.4]]), ("sigmoid", [[0.7, -0.6]])], [[0.5, -1.0]], [[0.3]])
    config["network"]["layers"][0]["trainable"] = False
    ground = tell(config).ground()
    book, frozen = Book(ground), w(1, 2, 1)

    hold_close(book, slope(loss_of(), frozen), derivative(ground, slope(loss_of(), frozen)))
    assert book.value(slope(loss_of(), frozen)) != 0.0
    assert book.value(new(frozen)) == book.value(frozen) == 0.5
