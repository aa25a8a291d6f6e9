"""The update's values, the optimizer's letters included, are what textbooks' formulas give."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from backprop_cli.quantities.quantity import Attached, Variable
from backprop_cli.worksheet.book import Book
from backprop_cli.worksheet.ground import Ground, loss_of, new, slope

Found = dict[str, float]
RATE, LENGTH = Variable("eta"), Variable("gnorm")


def root(rule: Any, size: float) -> float:
    return math.sqrt(size + rule.eps) if rule.eps_inside_root else math.sqrt(size) + rule.eps


@dataclass(frozen=True)
class Parameter:
    """What an update is made of."""

    theta: float
    g: float
    rate: float
    old: Found
    t: int


def sgd(_: Any, p: Parameter) -> Found:
    return {"new": p.theta - p.rate * p.g}


def momentum(rule: Any, p: Parameter) -> Found:
    if rule.form == "change":
        d = rule.beta * p.old["d"] - p.rate * p.g
        return {"d": d, "new": p.theta + d}
    v = rule.beta * p.old["v"] + p.g
    return {"v": v, "new": p.theta - p.rate * v}


def nesterov(rule: Any, p: Parameter) -> Found:
    v = rule.beta * p.old["v"] + p.g
    return {"v": v, "new": p.theta - p.rate * (p.g + rule.beta * v)}


def adagrad(rule: Any, p: Parameter) -> Found:
    size = p.old["G"] + p.g * p.g
    return {"G": size, "eta": p.rate / root(rule, size), "new": p.theta - p.rate * p.g / root(rule, size)}


def rmsprop(rule: Any, p: Parameter) -> Found:
    v = rule.rho * p.old["v"] + (1 - rule.rho) * p.g * p.g
    return {"v": v, "eta": p.rate / root(rule, v), "new": p.theta - p.rate * p.g / root(rule, v)}


def adam(rule: Any, p: Parameter) -> Found:
    m = rule.beta1 * p.old["m"] + (1 - rule.beta1) * p.g
    v = rule.beta2 * p.old["v"] + (1 - rule.beta2) * p.g * p.g
    mhat, vhat = m / (1 - rule.beta1**p.t), v / (1 - rule.beta2**p.t)
    kept = p.theta * (1 - p.rate * rule.weight_decay) if rule.name == "adamw" else p.theta
    eta = p.rate / root(rule, vhat)
    return {"m": m, "v": v, "mhat": mhat, "vhat": vhat, "eta": eta, "new": kept - eta * mhat}


UPDATES: dict[str, Callable[..., Found]] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adam,
}


def cosine(rule: Any, rate: float, t: int, length: int) -> float:
    whole = rule.length or length
    return float(rule.final + (rate - rule.final) / 2 * (1 + math.cos(math.pi * min(t, whole) / whole)))


def linear_warmup(rule: Any, rate: float, t: int, length: int) -> float:
    if t < rule.length:
        return rate * (t + 1) / rule.length
    return SCHEDULES[rule.then.name](rule.then, rate, t - rule.length, max(1, length - rule.length))


SCHEDULES: dict[str, Callable[[Any, float, int, int], float]] = {
    "constant": lambda rule, rate, t, length: rate,
    "step": lambda rule, rate, t, length: rate * float(rule.factor) ** (t // rule.every),
    "exponential": lambda rule, rate, t, length: rate * float(rule.factor) ** t,
    "cosine": cosine,
    "linear_warmup": linear_warmup,
    "plateau": lambda rule, rate, t, length: max(rate * float(rule.factor) ** t, float(rule.min_rate)),
}


def hold(book: Book, key: Any, expected: float) -> None:
    value, size, _ = book.exact(key)

    assert abs(value - expected) <= book.ground.precision * size, (key, value, expected)


def clipped(ground: Ground, g: float, length: float) -> float:
    clip = ground.optimizer.clip
    if clip is None:
        return g
    if clip.value is not None:
        return max(-clip.value, min(clip.value, g))
    assert clip.norm is not None
    return g * clip.norm / length if length > clip.norm else g


def test_the_rate_is_that_of_the_schedule(case: Any) -> None:
    ground = case.ground()
    rate = ground.optimizer.learning_rate

    hold(
        Book(ground),
        RATE,
        SCHEDULES[ground.schedule.name](ground.schedule, rate, ground.turn.count, ground.turn.length),
    )


def test_the_update_is_that_of_the_textbooks(case: Any) -> None:
    ground = case.ground()
    book, rule = Book(ground), ground.optimizer
    parameters = list(ground.parameters(trainable=True))
    length = math.hypot(*(book.value(slope(loss_of(), each)) for each in parameters))
    hold(book, LENGTH, length)
    for parameter in parameters:
        theta, g = book.value(parameter), clipped(ground, book.value(slope(loss_of(), parameter)), length)
        old = {letter: book.value(Attached(letter, parameter, old=True)) for letter in rule.state}
        found = UPDATES[rule.name](rule, Parameter(theta, g, book.value(RATE), old, ground.record.step))
        hold(book, new(parameter), found.pop("new"))
        hold(book, Attached("g", parameter), g)
        hold(
            book,
            Variable(parameter.symbol, parameter.layer, parameter.indices, "change"),
            book.value(new(parameter)) - theta,
        )
        assert set(found) == {*rule.state, *rule.corrected, *(["eta"] if rule.adaptive else [])}
        for letter, value in found.items():
            hold(book, Attached(letter, parameter), value)


@pytest.mark.parametrize("optimizer", ["momentum", "adagrad", "adam"])
def test_state_goes_from_step_to_step(optimizer: str, network: Callable[..., Any], tell: Callable[..., Any]) -> None:
    config = network([("tanh", [[0.3], [0.5]]), ("sigmoid", [[0.7, -0.6]])], [[0.5]], [[0.3]], optimizer=optimizer)
    first, second = (Book(tell(config, step=number).ground()) for number in (1, 2))
    for parameter in first.ground.parameters(trainable=True):
        assert second.value(parameter) == pytest.approx(first.value(new(parameter)), rel=1e-12)
        for letter in first.ground.optimizer.state:
            assert first.value(Attached(letter, parameter, old=True)) == 0.0
            left = first.value(Attached(letter, parameter))
            assert second.value(Attached(letter, parameter, old=True)) == pytest.approx(left, rel=1e-12)
