"""The engine is a witness: what it has otherwise is noticed, be it one number of a record or a rule that is broken."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from backprop_cli.engine.record import StepRecord
from backprop_cli.errors import InternalError
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.rules.base import Calls
from backprop_cli.rules.losses.binary_cross_entropy import SigmoidShortcut
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.optimizers import Clip, Penalty
from backprop_cli.rules.optimizers._moments import Moments
from backprop_cli.rules.optimizers.adam import Adam
from backprop_cli.rules.optimizers.sgd import Sgd
from backprop_cli.worksheet.ground import Ground
from backprop_cli.worksheet.sheet import whole

# How much an entry is changed, relative to the largest of its array.
TAMPERING = 1e-6


def tell_all(ground: Ground) -> None:
    for _ in whole(ground).lines():
        pass


def moved(values: Any) -> Iterator[tuple[str, Any]]:
    """Give an array with each of its entries changed in turn."""
    for position in np.ndindex(values.shape):
        changed = values.copy()
        changed[position] += TAMPERING * (np.abs(values).max() or 1.0)
        yield str(position), changed


def tampered(record: StepRecord, lowest: int) -> Iterator[tuple[str, StepRecord]]:
    """Give a record with each number that the engine computed changed in turn; errors only where any are told."""
    for name, first in (("z", 1), ("a", 1), ("delta", lowest)):
        yield from in_layers(record, name, first)
    for name in ("gradient", "applied", "after"):
        for position, changed in moved(getattr(record, name)):
            yield f"{name}{position}", replace(record, **{name: changed})
    for letter, vector in record.state_after.items():
        for position, changed in moved(vector):
            yield f"{letter}{position}", replace(record, state_after={**record.state_after, letter: changed})
    # Where nothing is trained there is no rate.
    for name in ("loss", "penalty", "rate") if len(record.gradient) else ("loss", "penalty"):
        number = getattr(record, name)
        yield name, replace(record, **{name: number + TAMPERING * (number or 1.0)})


def in_layers(record: StepRecord, name: str, first: int) -> Iterator[tuple[str, StepRecord]]:
    arrays = getattr(record, name)
    for layer in range(first, len(arrays) + 1):
        for position, changed in moved(arrays[layer - 1]):
            parts = (*arrays[: layer - 1], changed, *arrays[layer:])
            yield f"{name}{layer}{position}", replace(record, **{name: parts})


def unnoticed(ground: Ground, records: Iterable[tuple[str, StepRecord]]) -> list[str]:
    missed = []
    for what, record in records:
        try:
            tell_all(replace(ground, record=record))
        except InternalError:
            continue
        missed.append(what)
    return missed


def test_some_numbers_of_any_record_are_held(draw: Callable[..., Any], seed: int, rng: Random) -> None:
    ground = draw(seed, dtype="float64").ground()
    tell_all(ground)
    records = list(tampered(ground.record, ground.lowest()))
    some = rng.sample(records, min(12, len(records)))

    assert unnoticed(ground, some) == []


@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
def test_every_single_number_of_a_record_is_held(
    order: str, network: Callable[..., Any], tell: Callable[..., Any]
) -> None:
    ground = tell(hand_made(network) | {"update_order": order}, step=2).ground()

    assert unnoticed(ground, tampered(ground.record, ground.lowest())) == []


def test_a_frozen_parameter_that_moves_is_noticed(network: Callable[..., Any], tell: Callable[..., Any]) -> None:
    config = hand_made(network)
    config["network"]["layers"][0]["trainable"] = False
    ground = tell(config).ground()
    frozen = [(what, each) for what, each in tampered(ground.record, ground.lowest()) if what.startswith("after")]

    assert len(frozen) == 6 + 3
    assert unnoticed(ground, frozen) == []


def test_errors_of_float32_are_none(draw: Callable[..., Any], seed: int) -> None:
    tell_all(draw(seed, dtype="float32").ground())


def off(method: Callable[..., Any]) -> Callable[..., Any]:
    """Give a formula that is wrong in the seventh digit."""
    return lambda *args: method(*args) * (1.0 + TAMPERING)


def off_in_place(kernel: Callable[..., Any], at: int) -> Callable[..., Any]:
    """Give a kernel that is wrong in the seventh digit; the argument at a position is what it fills."""

    def broken(*args: Any) -> Calls:
        yield from kernel(*args)
        yield np.multiply, args[at], 1.0 + TAMPERING, args[at]

    return broken


def off_measure(measure: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: measure(*args)._replace(factor=1.0 + TAMPERING)


# Class, method, how it is broken.
BREAKS: list[tuple[type, str, Callable[..., Any]]] = [
    (Tanh, "formula", off),
    (Tanh, "slope", off),
    (Tanh, "kernel", lambda method: off_in_place(method, 2)),
    (Tanh, "pull", lambda method: off_in_place(method, 1)),
    (Sigmoid, "slope", off),
    (HalfSse, "share", off),
    (HalfSse, "slope", off),
    (HalfSse, "fill_slopes", lambda method: off_in_place(method, 3)),
    (HalfSse, "fill_shares", lambda method: off_in_place(method, 3)),
    (Penalty, "formula", off),
    (Penalty, "slope", off),
    (Penalty, "measure", off_measure),
    (Penalty, "push", lambda method: off_in_place(method, 3)),
    (Clip, "formula", off),
    (Clip, "pull", lambda method: off_in_place(method, 2)),
    (Adam, "move", off),
    (Adam, "kernel", lambda method: off_in_place(method, 3)),
    (Moments, "fill_change", lambda method: off_in_place(method, 2)),
]


def hand_made(network: Callable[..., Any], loss: str = "half_sse", optimizer: Any = None) -> Any:
    return network(
        [("tanh", [[0.3, -0.2], [0.5, 0.4]]), ("sigmoid", [[0.7, -0.6]])],
        [[0.5, -1.0], [0.2, 0.9]],
        [[0.3], [0.8]],
        loss=loss,
        optimizer=optimizer
        or {"name": "adam", "penalty": {"l1": 0.01, "l2": 0.1}, "clip": {"value": 0.01}, "learning_rate": 0.1},
    )


@pytest.mark.parametrize(("rule", "method", "breaking"), BREAKS, ids=lambda part: getattr(part, "__name__", part))
def test_a_broken_rule_is_an_internal_error(
    rule: type,
    method: str,
    breaking: Callable[..., Any],
    network: Callable[..., Any],
    tell: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = tell(hand_made(network), step=2)
    tell_all(case.ground())
    monkeypatch.setattr(rule, method, breaking(getattr(rule, method)))

    with pytest.raises(InternalError, match=r"on the worksheet and .* in the engine$"):
        tell_all(case.ground())


@pytest.mark.parametrize("method", ["slope", "fill_slopes", "fill_shares"])
def test_a_broken_shortcut_is_an_internal_error(
    method: str, network: Callable[..., Any], tell: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tell(hand_made(network, "binary_cross_entropy"))
    tell_all(case.ground())
    original = getattr(SigmoidShortcut, method)
    broken = off(original) if method == "slope" else off_in_place(original, 3)
    monkeypatch.setattr(SigmoidShortcut, method, broken)

    with pytest.raises(InternalError):
        tell_all(case.ground())


def test_a_wrong_step_of_gradient_descent_is_an_internal_error(
    network: Callable[..., Any], tell: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tell(hand_made(network, optimizer={"name": "sgd", "learning_rate": 0.1}))
    tell_all(case.ground())
    monkeypatch.setattr(Sgd, "kernel", off_in_place(Sgd.kernel, 3))

    with pytest.raises(InternalError):
        tell_all(case.ground())


def test_the_error_names_the_quantity_and_both_values(network: Callable[..., Any], tell: Callable[..., Any]) -> None:
    ground = tell(hand_made(network)).ground()
    a = ground.record.a[0].copy()
    a[1, 0] = 0.25

    with pytest.raises(InternalError) as caught:
        tell_all(replace(ground, record=replace(ground.record, a=(a, ground.record.a[1]))))

    assert re.fullmatch(r"a2_2@1 is -0\.1488850336\d+ on the worksheet and 0\.25 in the engine", str(caught.value))
