"""A step copies what it tells, allocates nothing, leaves alone what is frozen, and may update layer by layer."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_cli.engine.finite import NotFinite
from backprop_cli.engine.layout import Trainable
from backprop_cli.engine.step import _MOST_PORTIONS, _PORTION, _portions
from backprop_cli.quantities.topology import BiasKind
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.activations.identity import Identity
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.rules.base import members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.binary_cross_entropy import BinaryCrossEntropy
from backprop_cli.rules.losses.cross_entropy import CrossEntropy
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.losses.mse import Mse
from backprop_cli.rules.optimizers import Clip, Optimizer, Penalty
from backprop_cli.rules.optimizers.adamw import AdamW
from backprop_cli.rules.optimizers.momentum import Momentum
from backprop_cli.rules.optimizers.sgd import Sgd

Build = Callable[..., Any]

OPTIMIZERS = [rule() for rule in members(Optimizer).values()]
BOTH = ("simultaneous", "sequential")
PRICE = Penalty(l1=0.1, l2=0.1)
both_orders = pytest.mark.parametrize("order", BOTH)
every_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda rule: rule.title)


@both_orders
@every_optimizer
def test_a_record_is_a_copy_that_nobody_can_change(optimizer: Optimizer, order: str, build: Build) -> None:
    case = build([2, 3, 2], [Tanh(), Sigmoid()], HalfSse(), optimizer=optimizer, order=order)
    record = case.recorded(0.1, 1)
    states = [*record.state_before.values(), *record.state_after.values()]
    arrays = [record.x, record.y, *record.z, *record.a, *record.delta, record.gradient, record.applied]
    arrays += [record.before, record.after, *states]
    copies = [array.copy() for array in arrays]
    for t in range(2, 5):
        case.step(0.1, t)

    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not array.flags.writeable
        assert not np.shares_memory(array, case.network.theta)


def test_a_record_tells_the_step_as_the_step_itself_would_have_been(build: Build) -> None:
    options = {"optimizer": AdamW(penalty=PRICE, clip=Clip(norm=0.1)), "samples": 4}
    told, done = (build([2, 3, 2], [Tanh(), Softmax()], CrossEntropy(), **options) for _ in range(2))
    losses = [done.step(0.1, t) for t in (1, 2)]
    first, second = (told.recorded(0.1, t) for t in (1, 2))

    assert [first.loss, second.loss] == losses
    np.testing.assert_array_equal(second.after, done.network.theta)
    np.testing.assert_array_equal(first.after, second.before)
    np.testing.assert_array_equal(second.change, second.after - second.before)
    np.testing.assert_array_equal(first.x, told.x.T)
    np.testing.assert_array_equal(first.y, told.y.T)
    np.testing.assert_array_equal(first.predictions, first.a[-1])
    assert np.linalg.norm(first.applied) == pytest.approx(0.1)
    for letter in ("m", "v"):
        assert not first.state_before[letter].any()
        np.testing.assert_array_equal(first.state_after[letter], second.state_before[letter])


@both_orders
@pytest.mark.parametrize("rule", members(Optimizer).values(), ids=lambda rule: rule().title)
def test_many_parameters_are_updated_in_portions_to_the_same_bits(
    rule: type[Optimizer], order: str, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained() -> tuple[Any, int]:
        optimizer = rule(penalty=PRICE, clip=Clip(norm=0.1))
        case = build([2, 3, 2], [Tanh(), Sigmoid()], HalfSse(), optimizer=optimizer, order=order, samples=4)
        for t in range(1, 4):
            case.step(0.1, t)
        return case.network.theta, len(case.step.script.calls)

    whole, calls = trained()
    monkeypatch.setattr("backprop_cli.engine.step._PORTION", 5)
    portioned, more = trained()

    np.testing.assert_array_equal(portioned, whole)
    # 17 parameters, in layers of 9 and 8 or all at once, make 4 portions either way; the calls of an update, and its
    # look at what is finite, are written once for each.
    updates = 2 if order == "sequential" else 1
    assert (more - calls) % (4 - updates) == 0 < more - calls


@both_orders
@pytest.mark.parametrize("clip", [None, Clip(value=1e300)])
def test_a_portion_that_is_not_finite_leaves_the_parameters_of_those_before_it(
    clip: Clip | None, order: str, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backprop_cli.engine.step._PORTION", 5)
    case = build([2, 3, 2], [Tanh(), Identity()], HalfSse(), optimizer=Momentum(clip=clip), order=order)
    before = case.network.theta.copy()
    # The last portion of the update that is the last in this order.
    case.step.learner.state["v"][8 if order == "sequential" else -1] = np.inf

    with pytest.raises(NotFinite):
        case.step(0.1, 1)

    np.testing.assert_array_equal(case.network.theta, before)


def test_the_largest_networks_are_written_in_so_many_portions_and_no_more() -> None:
    (one,) = _portions(slice(0, _PORTION), _PORTION)
    many = _portions(slice(None), 1000 * _PORTION + 1)

    assert one == slice(0, _PORTION)
    assert len(many) == _MOST_PORTIONS
    assert [part.start for part in many[1:]] == [part.stop for part in many[:-1]]
    assert (many[0].start, many[-1].stop) == (0, 1000 * _PORTION + 1)


OWN = BiasKind.NEURON
CASES: list[tuple[Loss, Optimizer, tuple[Activation, ...], BiasKind, str]] = [
    *((HalfSse(), Sgd(), (rule(), rule()), OWN, BOTH[0]) for rule in members(Activation).values()),
    *((rule(), Sgd(), (Sigmoid(), Sigmoid()), OWN, BOTH[0]) for rule in members(Loss).values()),
    *((HalfSse(), rule, (Sigmoid(), Identity()), OWN, order) for rule in OPTIMIZERS for order in BOTH),
    *((HalfSse(), Sgd(), (Sigmoid(), Softmax()), kind, order) for kind in BiasKind for order in BOTH),
    (BinaryCrossEntropy(), Sgd(penalty=PRICE, clip=Clip(norm=1)), (Sigmoid(), Sigmoid()), OWN, BOTH[0]),
    *((CrossEntropy(), Sgd(penalty=PRICE, clip=Clip(value=1)), (Sigmoid(), Softmax()), OWN, order) for order in BOTH),
]


@pytest.mark.parametrize(("loss", "optimizer", "activations", "kind", "order"), CASES)
def test_no_array_is_allocated_after_the_first_step(
    loss: Loss, optimizer: Optimizer, activations: tuple[Activation, ...], kind: BiasKind, order: str, build: Build
) -> None:
    options = {"kinds": [kind, kind], "optimizer": optimizer, "order": order, "samples": 64, "spread": 0.05}
    case = build([256, 256, 256], activations, loss, **options)
    case.step(1e-3, 1)
    tracemalloc.start()
    case.step(1e-3, 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 16_000


@both_orders
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("loss", [rule() for rule in members(Loss).values()], ids=lambda rule: rule.title)
def test_no_array_is_allocated_for_weights_of_samples_or_for_dropout(
    loss: Loss, dtype: Any, order: str, build: Build
) -> None:
    last = Softmax() if isinstance(loss, CrossEntropy) else Sigmoid()
    options = {"order": order, "dtype": dtype, "samples": 64, "spread": 0.05, "kinds": [OWN, BiasKind.LAYER, OWN]}
    counted = {"weights": np.linspace(0, 2, 64), "dropout": [0.5, 0.2, 0.0]}
    case = build([256] * 4, [Tanh(), Softmax(), last], loss, **options, **counted)
    case.step(1e-3, 1)
    tracemalloc.start()
    case.step(1e-3, 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 16_000


@both_orders
@pytest.mark.parametrize("kind", BiasKind)
@every_optimizer
def test_what_is_frozen_is_never_touched(optimizer: Optimizer, kind: BiasKind, order: str, build: Build) -> None:
    restless = optimizer.model_copy(update={"penalty": PRICE, "clip": Clip(value=0.5)})
    trainable = [Trainable(weights=False), Trainable(bias=False), Trainable(weights=False, bias=False), Trainable()]
    case = build(
        [2, 3, 3, 3, 2], [Tanh(), Softmax(), Tanh(), Sigmoid()], HalfSse(), kinds=[kind] * 4,
        optimizer=restless, order=order, trainable=trainable,
    )  # fmt: skip
    before = case.network.theta.copy()
    for t in range(1, 5):
        case.step(0.1, t)

    moved = case.network.theta != before
    assert moved[: case.layout.trainable].all()
    assert not moved[case.layout.trainable :].any()


def test_a_network_that_is_frozen_altogether_still_has_a_loss(build: Build) -> None:
    frozen = [Trainable(weights=False, bias=False)] * 2
    for order in BOTH:
        case = build([2, 3, 2], [Tanh(), Sigmoid()], HalfSse(), trainable=frozen, order=order)
        before = case.network.theta.copy()

        assert case.step(0.1, 1) == case.step(0.1, 2) > 0
        np.testing.assert_array_equal(case.network.theta, before)


@both_orders
@every_optimizer
def test_training_lowers_the_loss_and_keeps_float32(optimizer: Optimizer, order: str, build: Build) -> None:
    clipped = optimizer.model_copy(update={"penalty": Penalty(l2=1e-4), "clip": Clip(value=5.0)})
    options = {"optimizer": clipped, "order": order, "dtype": np.float32, "samples": 20}
    case = build([3, 8, 2], [Tanh(), Softmax()], Mse(), **options)
    losses = [case.step(0.02, t) for t in range(1, 120)]
    record = case.recorded(0.02, 120)
    arrays = [case.network.theta, *case.learner.state.values(), record.x, *record.z, *record.a, *record.delta]

    assert losses[-1] < losses[0]
    assert {array.dtype for array in [*arrays, record.gradient, record.applied, record.after]} == {np.dtype(np.float32)}


def test_a_batch_in_float32_follows_the_one_in_float64(build: Build) -> None:
    cases = [build([3, 5, 2], [Tanh(), Sigmoid()], Mse(), dtype=dtype) for dtype in (np.float32, np.float64)]
    short, long = ([case.step(0.1, t) for t in range(1, 21)] for case in cases)

    assert short == pytest.approx(long, rel=1e-5)


class Reference:
    """A sequential step in plain NumPy: tanh, then sigmoid, half_sse, momentum, a penalty on weights and a clip."""

    def __init__(self, parts: list[tuple[Any, Any]], kinds: list[BiasKind]) -> None:
        self.parts, self.kinds = parts, kinds
        self.velocity = [(np.zeros_like(w), np.zeros_like(b)) for w, b in parts]

    def step(self, x: Any, y: Any, *, rate: float, beta: float, price: float, border: float) -> float:
        a = [x.T]
        for number, ((w, b), kind) in enumerate(zip(self.parts, self.kinds, strict=True)):
            z = w @ a[-1] + (b.sum(axis=1) if kind is BiasKind.CONNECTION else np.atleast_1d(b))[:, None]
            a.append(1 / (1 + np.exp(-z)) if number == len(self.parts) - 1 else np.tanh(z))
        loss = 0.5 * np.square(a[-1] - y.T).sum() + sum(price / 2 * np.square(w).sum() for w, _ in self.parts)
        delta = (a[-1] - y.T) * a[-1] * (1 - a[-1])
        for number in reversed(range(len(self.parts))):
            w, b = self.parts[number]
            slopes = [delta @ a[number].T + price * w, self.slope_of_bias(delta, b, self.kinds[number])]
            for value, kept, slope in zip((w, b), self.velocity[number], slopes, strict=True):
                kept[...] = beta * kept + np.clip(slope, -border, border)
                value[...] = value - rate * kept
            delta = (w.T @ delta) * (1 - a[number] ** 2)
        return float(loss)

    @staticmethod
    def slope_of_bias(delta: Any, bias: Any, kind: BiasKind) -> Any:
        if kind is BiasKind.LAYER:
            return delta.sum()
        rows = delta.sum(axis=1)
        return np.broadcast_to(rows[:, None], bias.shape) if kind is BiasKind.CONNECTION else rows


def test_sequential_order_sends_errors_back_through_updated_weights(build: Build) -> None:
    kinds = [BiasKind.NEURON, BiasKind.LAYER, BiasKind.CONNECTION, BiasKind.NEURON]
    optimizer = Momentum(beta=0.8, penalty=Penalty(l2=0.1), clip=Clip(value=0.2))
    options = {"kinds": kinds, "optimizer": optimizer, "order": "sequential", "samples": 4}
    case = build([3, 4, 3, 4, 2], [Tanh(), Tanh(), Tanh(), Sigmoid()], HalfSse(), **options)
    reference = Reference([(view.weights.copy(), view.bias.copy()) for view in case.network.layers], kinds)
    for t in range(1, 7):
        expected = reference.step(case.x, case.y, rate=0.5, beta=0.8, price=0.1, border=0.2)
        assert case.step(0.5, t) == pytest.approx(expected, rel=1e-12)

    for view, (w, b) in zip(case.network.layers, reference.parts, strict=True):
        np.testing.assert_allclose(view.weights, w, rtol=1e-11)
        np.testing.assert_allclose(view.bias, b, rtol=1e-11)


def test_the_orders_differ_where_an_error_goes_back_and_nowhere_else(build: Build) -> None:
    one, other = (build([3, 4, 2], [Tanh(), Sigmoid()], HalfSse(), order=order) for order in BOTH)
    one.step(0.5, 1)
    other.step(0.5, 1)

    np.testing.assert_allclose(one.network.layers[1].weights, other.network.layers[1].weights, rtol=1e-13)
    assert np.abs(one.network.layers[0].weights - other.network.layers[0].weights).max() > 1e-4
