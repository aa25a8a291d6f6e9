"""A check of a gradient: right over all rules, wrong where the engine is broken on purpose, fair at kinks."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_cli.api import Asked, GradientCheck, gradcheck, load
from backprop_cli.engine import step as engine_step
from backprop_cli.errors import UsageError
from backprop_cli.oracles.findings import Row, Verdict
from backprop_cli.oracles.sampling import in_turn
from backprop_cli.quantities.quantity import Variable
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.activations.relu import Relu
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.rules.base import Calls, members
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.mse import Mse
from backprop_cli.rules.optimizers import Penalty
from backprop_cli.training.start import layout_of

CONFIGS = Path(__file__).parent.parent.parent / "configs"
INSTALLED = {name for name in ("mpmath", "torch") if find_spec(name)}
ACTIVATIONS, LOSSES = (tuple(members(family)) for family in (Activation, Loss))
DEEP = """
network:
  inputs: 3
  layers: [{units: 4, activation: tanh}, {units: 4, activation: sigmoid}, {units: 2, activation: identity}]
data:
  inputs: [[0.5, -1.2, 0.3], [1.5, 0.2, -0.7], [-0.4, 0.9, 1.1]]
  targets: [[0.2, 0.8], [0.7, 0.3], [0.4, 0.6]]
loss: mse
training: {seed: 3}
"""

Checked = Callable[..., GradientCheck]


@pytest.fixture
def check(tmp_path: Path) -> Checked:
    def run(text: str, *settings: str, **asked: Any) -> GradientCheck:
        path = tmp_path / "net.yaml"
        path.write_text(text)
        return gradcheck(path, settings, **asked)

    return run


def wrong(found: GradientCheck) -> set[Variable]:
    return {row.parameter for row in found if row.verdict is Verdict.WRONG}


def verdicts(rows: Sequence[Row]) -> set[Verdict]:
    return {row.verdict for row in rows}


def fits(activation: str, loss: str) -> bool:
    rule, judge = members(Activation)[activation](), members(Loss)[loss]()
    inside = rule.outputs[0] >= judge.predictions[0] and rule.outputs[1] <= judge.predictions[1]
    return inside and type(rule) not in judge.refuses


@pytest.mark.parametrize(
    ("activation", "loss"), [pair for pair in product(ACTIVATIONS, LOSSES) if fits(*pair)], ids="-".join
)
def test_every_activation_with_every_loss_passes(activation: str, loss: str, check: Checked) -> None:
    settings = [f"network.layers.{layer}.activation={activation}" for layer in (0, 2)]
    found = check(DEEP, *settings, f"loss={loss}")

    assert found.passed, found.worst
    assert len(found.rows) == found.trainable == 46
    assert verdicts(found.rows) == {Verdict.RIGHT}
    assert found.checked.keys() | found.left_out.keys() == {"central", "complex", "mpmath", "torch"}
    assert {"central", *INSTALLED} <= found.checked.keys()


@pytest.mark.parametrize(
    "settings",
    [
        ["network.layers.0.bias={per: layer}", "network.layers.1.bias={per: connection}"],
        ["network.layers.0.bias=false", "network.layers.1.bias={trainable: false}"],
        ["network.layers.1.trainable=false"],
        ["optimizer={name: adam, penalty: {l1: 0.1, l2: 0.2}, clip: {norm: 0.001}}"],
        ["training.batch_size=2", "training.shuffle=false"],
        ["loss={name: mse, reduction: sum}"],
        ["training.dtype=float32"],
        ["training.dtype=float32", "optimizer={name: sgd, penalty: {l1: 0.1}}", "loss=huber"],
        ["data.inputs=[[500, -1200, 300]]", "data.targets=[[0.2, 0.8]]"],
        ["network.layers.2.activation=sigmoid", "loss=binary_cross_entropy", "network.layers.2.bias=[40, -40]"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("step", [1, 30])
def test_every_kind_of_network_passes(settings: list[str], step: int, check: Checked) -> None:
    found = check(DEEP, *settings, "training.epochs=30", step=step)

    assert found.passed, found.worst
    assert found.record.step == step


def test_a_single_precision_engine_is_asked_for_less(check: Checked) -> None:
    double, single = (check(DEEP, f"training.dtype={dtype}") for dtype in ("float64", "float32"))

    assert (double.tolerances["central"], set(single.tolerances.values())) == (1e-6, {1e-4})


def pulls_too_much(_: Any, delta: Any, __: Any, a: Any, *___: Any) -> Calls:
    yield (lambda: np.multiply(delta, (1.0 - a**2) * 1.00001, out=delta),)


def test_a_slope_that_is_off_by_a_hundred_thousandth_is_found(monkeypatch: pytest.MonkeyPatch, check: Checked) -> None:
    monkeypatch.setattr(Tanh, "pull", pulls_too_much)
    found = check(DEEP)

    assert not found.passed
    assert {parameter.layer for parameter in wrong(found)} == {1}
    assert len(wrong(found)) == 16
    assert found.worst.relative == pytest.approx(1e-5, rel=0.1)


def test_weights_that_are_not_transposed_are_found(monkeypatch: pytest.MonkeyPatch, check: Checked) -> None:
    def back(network: Any, number: int, space: Any) -> Calls:
        if number != 2:
            yield from real(network, number, space)
            return
        below, delta, weights = space.layers[0], space.layers[1].delta, network.layers[1].weights

        def run() -> None:
            below.delta[...] = weights @ delta * (1.0 - below.a**2)

        yield (run,)

    real = engine_step.back
    monkeypatch.setattr(engine_step, "back", back)
    found = check(DEEP)

    assert {parameter.layer for parameter in wrong(found)} == {1}
    assert found.worst.parameter.layer == 1


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_term_that_is_dropped_puts_its_parameter_first(
    activation: str, monkeypatch: pytest.MonkeyPatch, check: Checked
) -> None:
    def gradient(network: Any, number: int, view: Any, space: Any) -> Calls:
        yield from real(network, number, view, space)
        if number == 3:
            yield (lambda: view.bias.__setitem__(1, view.bias[1] - space.layers[2].delta[1, 0]),)

    real = engine_step.gradient
    monkeypatch.setattr(engine_step, "gradient", gradient)
    found = check(DEEP, f"network.layers.0.activation={activation}")

    assert wrong(found) == {Variable("b", 3, (2,))}
    assert (found.worst.parameter, found.passed) == (Variable("b", 3, (2,)), False)
    assert "failed" in repr(found)


def test_a_penalty_that_is_forgotten_is_found(monkeypatch: pytest.MonkeyPatch, check: Checked) -> None:
    monkeypatch.setattr(Penalty, "push", lambda *_: iter(()))
    found = check(DEEP, "optimizer={name: sgd, penalty: {l2: 0.01}}")

    assert {parameter.symbol for parameter in wrong(found)} == {"w"}


def test_a_loss_that_forgets_its_factor_makes_everything_wrong(monkeypatch: pytest.MonkeyPatch, check: Checked) -> None:
    monkeypatch.setattr(Mse, "fill_slopes", lambda _, y, yhat, out, *__: iter([(np.subtract, yhat, y, out)]))

    assert len(wrong(check(DEEP, against=["central"]))) == 46


# The first unit sits on its kink for the first sample; the second is nearer to it than h, the third far away.
KINKED = """
network:
  inputs: 2
  layers:
    - {units: 3, activation: relu, weights: [[0.5, -0.5], [0.3, 0.2], [1.0, 0.1]], bias: [0, -0.499999, 0.4]}
    - {units: 1, activation: identity, weights: [[0.7, -0.4, 0.9]], bias: 0.1}
data: {inputs: [[1, 1]], targets: [3]}
loss: half_sse
"""
OF_FIRST = {Variable("w", 1, (1, 1)), Variable("w", 1, (1, 2)), Variable("b", 1, (1,))}
OF_SECOND = {Variable("w", 1, (2, 1)), Variable("w", 1, (2, 2)), Variable("b", 1, (2,))}


def test_a_kink_is_recognised_and_is_no_failure(check: Checked) -> None:
    found = check(KINKED)
    kinked = {row.parameter: row for row in found if row.verdict is Verdict.KINK}

    assert found.passed
    assert kinked.keys() == OF_FIRST | OF_SECOND
    # ŷ − y is −1.55 there, times the weight 0.7 on one side of the kink and times 0 on the other.
    on = kinked[Variable("b", 1, (1,))].bracket
    assert on is not None
    assert (on.low, on.high, on.undecided) == (pytest.approx(-1.085, rel=1e-3), pytest.approx(0.0, abs=1e-6), True)


def test_near_a_kink_the_side_that_it_is_on_decides(check: Checked) -> None:
    row = next(row for row in check(KINKED, against=["central"]) if row.parameter == Variable("b", 1, (2,)))

    assert row.bracket is not None
    assert not row.bracket.undecided
    assert row.bracket.low == row.bracket.high == pytest.approx(row.engine, rel=1e-6)
    assert abs(row.values["central"] - row.engine) > 0.1 * abs(row.engine)


def test_a_real_error_at_a_kink_is_a_failure(monkeypatch: pytest.MonkeyPatch, check: Checked) -> None:
    def pull(_: Any, delta: Any, z: Any, *__: Any) -> Calls:
        yield (lambda: np.multiply(delta, np.where(z > 0.0, 1.0, -0.1), out=delta),)

    monkeypatch.setattr(Relu, "pull", pull)
    found = check(KINKED)

    assert wrong(found) == OF_FIRST
    assert found.worst.against == "kink"


def test_a_small_error_near_a_kink_is_a_failure_too(monkeypatch: pytest.MonkeyPatch, check: Checked) -> None:
    def pull(_: Any, delta: Any, z: Any, *__: Any) -> Calls:
        yield (lambda: np.multiply(delta, np.where(z > 0.0, 1.01, 0.0), out=delta),)

    monkeypatch.setattr(Relu, "pull", pull)
    found = check(KINKED, against=["central"])

    assert wrong(found) > OF_SECOND
    assert not wrong(found) & OF_FIRST


@pytest.mark.parametrize("loss", ["mae", "huber", "mse"])
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "selu", "elu", "tanh"])
def test_a_network_of_zeros_passes_with_all_its_kinks(activation: str, loss: str, check: Checked) -> None:
    text = KINKED.replace("[[0.5, -0.5], [0.3, 0.2], [1.0, 0.1]]", "zeros").replace("[0, -0.499999, 0.4]", "0")
    settings = [f"network.layers.0.activation={activation}", f"loss={loss}", "data.targets=[0.1]"]
    found = check(text, *settings, "optimizer={name: sgd, penalty: {l1: 0.5}}")

    assert found.passed, found.worst
    assert (loss == "mae") <= (Verdict.KINK in verdicts(found.rows))


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    x, classes = rng.uniform(size=(8, 784)).round(2).tolist(), np.eye(10)[rng.integers(0, 10, 8)].tolist()
    path = tmp_path_factory.mktemp("big") / "big.yaml"
    layers = "[{units: 30, activation: relu}, {units: 10, activation: softmax}]"
    path.write_text(
        f"network: {{inputs: 784, layers: {layers}}}\ndata: {{inputs: {x}, targets: {classes}}}\nloss: cross_entropy\n"
    )
    return path


def test_of_a_big_network_a_sample_is_checked_and_counted(big: Path) -> None:
    found = gradcheck(big, against=["central"])

    assert found.passed, found.worst
    assert (found.checked, found.trainable) == ({"central": 1000}, 23860)
    assert {(row.parameter.symbol, row.parameter.layer) for row in found} == {("w", 1), ("b", 1), ("w", 2), ("b", 2)}
    assert len(gradcheck(big, against=["central"], most=25).rows) == 25


def test_the_cheap_oracle_checks_all_of_a_big_network(big: Path) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[oracles]'")
    found = gradcheck(big, against=["torch"])

    assert found.passed
    assert len(found.rows) == 23860


def test_a_sample_is_the_same_for_a_seed_and_another_for_another(big: Path) -> None:
    layout = layout_of(load(big))
    one, again, other = (in_turn(layout, seed) for seed in (1, 1, 2))

    assert sorted(one) == list(range(layout.trainable))
    assert (one == again).all()
    assert (one[:100] != other[:100]).any()


def test_what_no_oracle_can_tell_is_not_passed(check: Checked) -> None:
    # 1 − ŷ is 0 in float64, and the formula of the loss as it is taught has no logarithm of it.
    text = """
network: {inputs: 1, layers: [{units: 1, activation: sigmoid, weights: [[1]], bias: 45}]}
data: {inputs: [[1]], targets: [0]}
loss: binary_cross_entropy
"""
    alone, beside = check(text, against=["complex"]), check(text, against=["complex", "central"])

    assert (alone.passed, verdicts(alone.rows)) == (False, {Verdict.UNKNOWN})
    # The joint formula of the two keeps its digits.
    assert (beside.passed, set(beside.worst.values)) == (True, {"central"})


def test_a_complex_step_is_left_out_where_a_rule_is_not_analytic() -> None:
    settings = ["network.layers.0.activation=relu", "optimizer={name: sgd, penalty: {l1: 0.1}}"]
    found = gradcheck(CONFIGS / "xor.yaml", settings)

    assert found.left_out["complex"] == "relu and the l1 penalty are not analytic"
    with pytest.raises(UsageError, match=r"^nothing is left to check against: complex: relu and the l1 penalty are"):
        gradcheck(CONFIGS / "xor.yaml", settings, against=["complex"])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"against": "central"}, r"against is a list of names, not one; write \['central'\]"),
        ({"against": ["centrale"]}, r"there is no oracle 'centrale'; did you mean 'central'\?; there are: central, "),
        ({"h": 0.0}, r"h must be above 0 and at most 1, not 0\.0"),
        ({"h": float("nan")}, r"h must be above 0 and at most 1, not nan"),
        ({"tolerance": 2.0}, r"tolerance must be above 0 and at most 1, not 2\.0"),
        ({"most": 0}, r"most must be from 1 to 2,147,483,647, not 0"),
        ({"step": 0}, r"there is no step 0; steps count from 1"),
        ({"stepp": 1}, r"got an unexpected keyword argument 'stepp'"),
        ({"asked": Asked(), "step": 1}, r"give what is asked, or its fields, not both"),
    ],
)
def test_what_cannot_be_asked_says_why(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=f"^{message}"):
        gradcheck(CONFIGS / "xor.yaml", **asked)
