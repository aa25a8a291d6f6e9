"""One table of rules for all contracts: every class of the catalogue, and more instances where settings matter.

A test that takes `rule`, `activation`, `pointwise`, `rowwise`, `loss`, `optimizer`, `schedule`, `initializer` or
`metric` runs on each of them, those that are added to the catalogue later included.
"""

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from backprop_cli.rules.activations import Activation, Pointwise, Rowwise
from backprop_cli.rules.activations.elu import Elu
from backprop_cli.rules.activations.gelu import Gelu
from backprop_cli.rules.activations.leaky_relu import LeakyRelu
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.base import Rule, members
from backprop_cli.rules.initializers import Initializer
from backprop_cli.rules.initializers.constant import Constant
from backprop_cli.rules.initializers.he_normal import HeNormal
from backprop_cli.rules.initializers.normal import Normal
from backprop_cli.rules.initializers.uniform import Uniform
from backprop_cli.rules.initializers.xavier_uniform import XavierUniform
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.losses.huber import Huber
from backprop_cli.rules.metrics import Metric
from backprop_cli.rules.metrics.accuracy import Accuracy
from backprop_cli.rules.metrics.f1 import F1
from backprop_cli.rules.metrics.precision import Precision
from backprop_cli.rules.metrics.recall import Recall
from backprop_cli.rules.metrics.top_k import TopK
from backprop_cli.rules.optimizers import Clip, Optimizer, Penalty
from backprop_cli.rules.optimizers.adagrad import Adagrad
from backprop_cli.rules.optimizers.adam import Adam
from backprop_cli.rules.optimizers.adamw import AdamW
from backprop_cli.rules.optimizers.momentum import Momentum
from backprop_cli.rules.optimizers.nesterov import Nesterov
from backprop_cli.rules.optimizers.rmsprop import RmsProp
from backprop_cli.rules.optimizers.sgd import Sgd
from backprop_cli.rules.schedules import Schedule
from backprop_cli.rules.schedules.constant import Constant as ConstantRate
from backprop_cli.rules.schedules.cosine import Cosine
from backprop_cli.rules.schedules.exponential import Exponential
from backprop_cli.rules.schedules.linear_warmup import LinearWarmup
from backprop_cli.rules.schedules.plateau import Plateau
from backprop_cli.rules.schedules.step import Step

# Settings that have no default.
NEEDED: dict[type[Rule], dict[str, Any]] = {
    Constant: {"value": 1.5},
    Step: {"every": 2},
    Exponential: {"factor": 0.5},
    LinearWarmup: {"length": 3},
    TopK: {"k": 2},
}
MORE: list[Rule] = [
    *(LeakyRelu(negative_slope=slope) for slope in (0.0, 0.3, 1.0)),
    *(Elu(alpha=alpha) for alpha in (0.5, 3.0)),
    Gelu(approximate="tanh"),
    Softmax(shift="max"),
    *(Huber(delta=delta, reduction="sum") for delta in (0.3, 2.5)),
    HalfSse(reduction="mean"),
    Sgd(penalty=Penalty(l1=0.1, l2=0.2), clip=Clip(norm=2.0)),
    Momentum(form="change", beta=0.5),
    *(Momentum(form=form, beta=0.0) for form in ("velocity", "change")),
    Nesterov(beta=0.5),
    *(rule(eps_inside_root=True, eps=1e-3) for rule in (Adagrad, RmsProp, Adam, AdamW)),
    RmsProp(rho=0.0, eps=0.1),
    Adam(beta1=0.0, beta2=0.5, eps=0.1),
    AdamW(weight_decay=0.5),
    Step(every=3, factor=2.0, per="step"),
    Cosine(length=3, final=0.1),
    LinearWarmup(length=2, then=Cosine()),
    LinearWarmup(length=2, then=Exponential(factor=0.9, per="step"), per="step"),
    ConstantRate(per="step"),
    Plateau(factor=0.25, min_rate=0.1),
    Uniform(low=1.0, high=3.0),
    Normal(mean=-2.0, std=0.5),
    Normal(std=0.0),
    XavierUniform(gain=2.0),
    HeNormal(gain=0.5),
    Accuracy(threshold=0.0),
    *(rule(average=average) for rule in (Precision, Recall, F1) for average in ("macro", "micro")),
    F1(threshold=0.0, average="binary"),
]
FAMILIES: dict[str, tuple[type[Rule], ...]] = {
    "rule": (Activation, Loss, Optimizer, Schedule, Initializer, Metric),
    "activation": (Activation,),
    "pointwise": (Pointwise,),
    "rowwise": (Rowwise,),
    "loss": (Loss,),
    "optimizer": (Optimizer,),
    "schedule": (Schedule,),
    "initializer": (Initializer,),
    "metric": (Metric,),
}


EVERY_RULE = [rule for family in FAMILIES["rule"] for rule in members(family).values()]


def instances(family: type[Rule]) -> list[Rule]:
    default = [rule(**NEEDED.get(rule, {})) for rule in EVERY_RULE if issubclass(rule, family)]
    return default + [rule for rule in MORE if isinstance(rule, family)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for argument, families in FAMILIES.items():
        if argument in metafunc.fixturenames:
            rules = [rule for family in families for rule in instances(family)]
            metafunc.parametrize(argument, rules, ids=[rule.title for rule in rules])


@pytest.fixture
def allocated() -> Callable[[Callable[[], object]], int]:
    """Give a function that says how many bytes a call needs at most, once it has been called before."""

    def measure(run: Callable[[], object]) -> int:
        run()
        tracemalloc.start()
        run()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    return measure
