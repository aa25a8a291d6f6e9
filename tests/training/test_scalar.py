"""Training on floats is what the worksheet tells, bit for bit, and what the array engine does, but for rounding."""

from pathlib import Path

import pytest

from backprop_cli.api import explain
from backprop_cli.config.loader import Setup, load
from backprop_cli.errors import ConfigError
from backprop_cli.quantities.quantity import Variable
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.base import members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.optimizers import Optimizer
from backprop_cli.training.events import EpochDone, EpochsDone, Event, RunStopped, StepDone, Values, one_by_one
from backprop_cli.training.loop import record_steps, train
from backprop_cli.training.recording import record, resume, setup_in
from backprop_cli.training.scalar import ScalarSprint
from backprop_cli.training.sprint import ArraySprint
from backprop_cli.training.trainer import Trainer
from backprop_cli.worksheet.ground import new

CONFIGS = Path(__file__).parents[2] / "configs"
TWO = CONFIGS / "two-in-a-layer.yaml"
STEPS = ("training.epochs=null", "training.steps=40")


def setup_with(*settings: str, config: Path = CONFIGS / "mazur.yaml") -> Setup:
    return load(config, [*STEPS, "figures=[]", "names={}", "metrics=[]", *settings])


def ended(setup: Setup, engine: str) -> tuple[list[float], RunStopped]:
    training = setup.experiment.training.model_copy(update={"engine": engine})
    from dataclasses import replace

    asked = replace(setup, experiment=setup.experiment.model_copy(update={"training": training}))
    *events, last = train(asked, ())
    assert isinstance(last, RunStopped)
    return [event.training.loss for event in events if isinstance(event, EpochDone)], last


ACTIVATIONS = [name for name in members(Activation) if name != "softmax"]
LOSSES = [name for name, loss in members(Loss).items() if loss().shortcut_for(members(Activation)["sigmoid"]()) is None
          and not loss.distribution]  # fmt: skip


@pytest.mark.parametrize(
    "settings",
    [
        *((f"network.layers.0.activation={name}",) for name in ACTIVATIONS),
        *((f"loss={name}",) for name in LOSSES),
        *((f"optimizer={{name: {name}, learning_rate: 0.1}}",) for name in members(Optimizer)),
        ("optimizer={name: adam, learning_rate: 0.1, penalty: {l1: 0.01, l2: 0.1}}",),
        ("optimizer={name: momentum, learning_rate: 1.0e-08, penalty: {l2: 1000003}}",),
        ("update_order=sequential",),
        ("schedule={name: cosine}",),
        ("schedule={name: linear_warmup, length: 7, then: {name: exponential, factor: 0.9}}",),
        ("network.layers.0.trainable=false",),
        ("network.layers.0.bias={per: connection}",),
        ("network.layers.1.bias={per: neuron}",),
    ],
    ids=lambda settings: " ".join(settings)[:60],
)
def test_both_engines_train_alike(settings: tuple[str, ...]) -> None:
    setup = setup_with(*settings)
    arrays, scalar = ended(setup, "arrays"), ended(setup, "scalar")

    assert scalar[0] == pytest.approx(arrays[0], rel=1e-11, abs=1e-300)
    assert dict(scalar[1].parameters) == pytest.approx(dict(arrays[1].parameters), rel=1e-10, abs=1e-12)
    assert len(scalar[0]) == 40


@pytest.mark.parametrize("config", ["two-neurons", "mazur", "one-neuron", "two-in-a-layer"])
def test_a_step_is_what_the_worksheet_tells_of_it(config: str) -> None:
    setup = load(CONFIGS / f"{config}.yaml", [*STEPS, "training.engine=scalar"])
    trainer = Trainer(setup)
    assert isinstance(trainer.sprint, ScalarSprint)
    for number in (1, 2, 3):
        book = explain(setup, step=number).told.sheet.book
        trainer.sprint.run([setup.experiment.optimizer.learning_rate], number, losses := [])
        assert losses == [book.value(Variable("L"))]
        for parameter, at in trainer.network.layout.parameters():
            if at < trainer.network.layout.trainable:
                assert trainer.network.theta[at] == book.value(new(parameter))


def events_of(setup: Setup, trace: tuple[int, ...] = (), most: int = 8192) -> list[Event]:
    from dataclasses import replace

    found = one_by_one(Trainer(setup).events(trace, most=most))
    return [
        event._replace(seconds=0.0)
        if isinstance(event, EpochDone)
        else replace(event, seconds=0.0)
        if isinstance(event, RunStopped)
        else event
        for event in found
    ]


@pytest.mark.parametrize("engine", ["arrays", "scalar"])
def test_what_is_trained_hangs_neither_on_what_is_shown_nor_on_what_goes_together(engine: str) -> None:
    setup = setup_with(f"training.engine={engine}", "schedule={name: cosine}")
    plain = events_of(setup)
    assert [event for event in events_of(setup, (1, 2, 17, 40)) if not isinstance(event, StepDone)] == plain
    assert events_of(setup, most=1) == events_of(setup, most=3) == plain


def test_a_step_is_recorded_on_the_way_of_the_run() -> None:
    setup = setup_with("training.engine=scalar")
    records = list(record_steps(setup, [5, 41, 6]))
    assert [record.step for record in records] == [5, 6, 41]
    # The run ends where the step after its last begins.
    _, stopped = ended(setup, "scalar")
    assert list(stopped.parameters.values()) == [
        float(records[-1].before[at]) for _, at in Trainer(setup).network.layout.parameters()
    ]


@pytest.mark.parametrize(
    "settings",
    [
        ("optimizer={name: sgd, learning_rate: 1.0e+200}", "network.layers.1.activation=identity", "loss=mse"),
        ("optimizer={name: sgd, learning_rate: 1.0e+308}",),
        ("optimizer={name: sgd, learning_rate: 300.0}", "network.layers.1.activation=exponential_linear"),
        ("optimizer={name: momentum, learning_rate: 1.0e+80}", "network.layers.0.activation=relu", "loss=mse",
         "network.layers.1.activation=identity"),
    ],
)  # fmt: skip
def test_both_engines_stop_at_the_same_trouble(settings: tuple[str, ...]) -> None:
    try:
        setup = setup_with(*settings)
    except ConfigError:
        setup = setup_with(*(one.replace("exponential_linear", "elu") for one in settings))
    arrays, scalar = ended(setup, "arrays"), ended(setup, "scalar")
    assert scalar[1].trouble == arrays[1].trouble
    assert scalar[1].outcome == arrays[1].outcome
    assert len(scalar[0]) == len(arrays[0])


def test_where_formulas_overflow_and_kernels_hold_training_goes_on() -> None:
    # 1 / (1 + e^800) is 0 in the kernel, and an error in Python.
    setup = setup_with("network.layers.0.weights=[[16000, 0], [0, 8000]]", "data.inputs=[[-0.05, -0.1]]")
    arrays, scalar = ended(setup, "arrays"), ended(setup, "scalar")
    assert scalar[0] == pytest.approx(arrays[0], rel=1e-11)


def test_epochs_that_go_together_are_told_together() -> None:
    setup = setup_with("training.steps=5000")
    events = [event for event in Trainer(setup).events() if isinstance(event, EpochsDone)]
    assert sum(len(event.losses) for event in events) == 5000
    assert len(events) < 100


def test_epochs_told_together_are_what_they_would_be_one_by_one() -> None:
    told = list(EpochsDone(5, 8, (0.3, 0.2), (1.0, 0.5), 1, 2.5).each())

    assert told == [
        EpochDone(5, 7, Values(0.3), None, 1.0, 1, 2.5),
        EpochDone(6, 8, Values(0.2), None, 0.5, 1, 2.5),
    ]
    assert {(type(one), type(one.training)) for one in told} == {(EpochDone, Values)}
    assert {(len(one), len(one.training)) for one in told} == {(len(EpochDone._fields), len(Values._fields))}
    with pytest.raises(ValueError, match="shorter"):
        list(EpochsDone(5, 8, (0.3, 0.2), (1.0,), 1, 2.5).each())


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ((), ScalarSprint),
        (("training.engine=arrays",), ArraySprint),
        (("training.dtype=float32",), ArraySprint),
        (("data.inputs=[[0.05, 0.1], [1, 2]]", "data.targets=[[0, 1], [1, 0]]"), ArraySprint),
        (("metrics=[mae]",), type(None)),
        (("training.early_stopping=3",), type(None)),
        (
            ("data.inputs=[[0.05, 0.1], [1, 2]]", "data.targets=[[0, 1], [1, 0]]", "training.batch_size=1"),
            type(None),
        ),
    ],
)
def test_the_engine_is_chosen_by_what_is_trained(settings: tuple[str, ...], kind: type) -> None:
    assert type(Trainer(setup_with(*settings)).sprint) is kind


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (("training.dtype=float32",), "Python has floats of 64 bits alone"),
        (("data.inputs=[[0.05, 0.1], [1, 2]]", "data.targets=[[0, 1], [1, 0]]"), "there is more than one sample"),
        (("metrics=[mae]",), "there are metrics to count"),
        (("training.keep_best=true",), "something is watched from epoch to epoch"),
        (("network.layers.0.dropout=0.5",), "dropout draws a mask for each step"),
        (
            ("data.inputs=[[0.05, 0.1], [1, 2]]", "data.targets=[[0, 1], [1, 0]]", "training.batch_size=1"),
            "steps are on some of the samples",
        ),
        (
            ("data.inputs=[[0.05, 0.1], [1, 2]]", "data.targets=[[0, 1], [1, 0]]", "data.validation=0.5"),
            "there are validation samples",
        ),
        (
            ("network.layers=[{units: 300, activation: tanh}, {units: 2, activation: tanh}]",),
            "its steps are too long",
        ),
        (
            ("optimizer={name: sgd, clip: {norm: 1}}",),
            "clipping makes finite what is not, so every gradient has to be looked at",
        ),
        (("loss=binary_cross_entropy",), "how its loss is worked out hangs on the numbers of each step"),
        (
            ("network.layers.0.trainable=false", "network.layers.1.trainable=false"),
            "nothing is trained",
        ),
    ],
)
def test_floats_are_refused_where_they_do_not_fit(settings: tuple[str, ...], why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Trainer(setup_with("training.engine=scalar", *settings))
    assert str(caught.value) == (
        f"{CONFIGS / 'mazur.yaml'}: training.engine: scalar does not fit here: {why}; write auto"
    )


def test_a_run_that_diverged_ends_the_same_when_it_goes_on(tmp_path: Path) -> None:
    setup = setup_with(
        "training.engine=scalar",
        "optimizer={name: sgd, learning_rate: 1.0e+10}",
        "network.layers.0.trainable=false",
        "loss=mse",
        "metrics=[]",
        "network.layers.1.activation=identity",
        "training.checkpoint_every=0",
    )
    told = list(record(setup, tmp_path / "run", ()))[-1]
    again = list(resume(setup_in(tmp_path / "run"), tmp_path / "run", ()))[-1]
    assert isinstance(told, RunStopped)
    assert isinstance(again, RunStopped)
    assert told.outcome == again.outcome == "diverged"
    assert again.trouble == told.trouble
