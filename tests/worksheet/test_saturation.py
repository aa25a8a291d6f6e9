"""At the edges, where formulas lose their digits, a sheet is right or says that it cannot be, and is never wrong."""

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from backprop_cli.errors import DivergedError
from backprop_cli.quantities.quantity import Variable
from backprop_cli.worksheet.book import Book
from backprop_cli.worksheet.ground import Ground, loss_of, new, slope, unit, z
from backprop_cli.worksheet.sheet import whole
from backprop_cli.worksheet.witness import NotExplained

LONG = pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
EDGES = [0.0, 1e-8, 27.6, 28.0, 36.7, 36.8, 40.0, 700.0, 709.0, 745.0, 800.0, 1e5]


def finite(ground: Ground) -> None:
    for line in whole(ground).lines():
        assert math.isfinite(line.value), line.key


def softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@LONG
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("target", [0.0, 1.0, 0.25])
@pytest.mark.parametrize("edge", EDGES)
def test_a_saturated_sigmoid_is_told(
    edge: float,
    target: float,
    dtype: str,
    sign: float,
    long: bool,
    network: Callable[..., Any],
    tell: Callable[..., Any],
) -> None:
    config = network(
        [("sigmoid", [[sign * edge]])], [[1.0]], [[target]], loss="binary_cross_entropy", training={"dtype": dtype}
    )
    ground = tell(config).ground(long=long)
    book, at = Book(ground), sign * edge
    yhat = 1.0 / (1.0 + math.exp(-at)) if at > -709.0 else 0.0
    finite(ground)

    assert book.value(loss_of()) == pytest.approx(softplus(at) - target * at, rel=1e-6 if dtype == "float32" else 1e-8)
    assert book.value(slope(loss_of(), z(1, 1))) == pytest.approx(yhat - target, rel=1e-6, abs=1e-14)


@LONG
@pytest.mark.parametrize("shift", ["none", "max"])
@pytest.mark.parametrize("target", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.2, 0.3, 0.5]])
@pytest.mark.parametrize("edge", [0.0, 27.6, 36.8, 40.0, 300.0])
def test_a_saturated_softmax_is_told(
    edge: float, target: list[float], shift: str, long: bool, network: Callable[..., Any], tell: Callable[..., Any]
) -> None:
    activation = {"name": "softmax", "shift": shift}
    config = network([(activation, [[edge], [-edge], [0.0]])], [[1.0]], [target], loss="cross_entropy")
    ground = tell(config).ground(long=long)
    book = Book(ground)
    rest = math.log1p(math.exp(-edge) + math.exp(-2 * edge))
    finite(ground)

    assert book.value(loss_of()) == pytest.approx(edge + rest - edge * (target[0] - target[1]), rel=1e-8, abs=1e-12)
    for k, (y, at) in enumerate(zip(target, (edge, -edge, 0.0), strict=True), start=1):
        expected = math.exp(at - edge - rest) - y
        assert book.value(slope(loss_of(), z(1, k))) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@LONG
def test_one_saturated_sample_leaves_the_others_their_full_product(
    long: bool, network: Callable[..., Any], tell: Callable[..., Any]
) -> None:
    config = network(
        [("sigmoid", [[1.0]])], [[0.5], [800.0], [40.0]], [[1.0], [0.0], [1.0]], loss="binary_cross_entropy"
    )
    ground = tell(config).ground(long=long)
    finite(ground)
    told = {key for stage in whole(ground).stages for key in stage.keys()}  # noqa: SIM118  a stage walks its keys

    for sample, in_full in ((1, long), (2, False), (3, False)):
        assert (slope(loss_of(), unit(ground, 1, 1), sample) in told) == in_full
        assert (slope(unit(ground, 1, 1), z(1, 1), sample) in told) == in_full
        assert (slope(loss_of(), z(1, 1), sample) in told) != in_full


def test_what_has_no_value_as_it_is_taught_says_what_to_do(
    network: Callable[..., Any], tell: Callable[..., Any]
) -> None:
    layers = [("softmax", [[800.0], [1.0]])]
    with pytest.raises(NotExplained, match=r"^e2_1 has no finite value .* or write softmax with shift: max$") as caught:
        finite(tell(network(layers, [[1.0]], [[1.0, 0.0]], loss="cross_entropy")).ground())
    with pytest.raises(
        NotExplained, match=r"^a2_1 has no finite value .*; scale the data or the starting weights down$"
    ):
        finite(tell(network([("softplus", [[800.0]]), ("tanh", [[0.1]])], [[1.0]], [[1.0]])).ground())

    assert isinstance(caught.value, DivergedError)
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "selu"])
def test_a_kink_is_told_with_the_slope_that_is_trained_with(
    activation: str, optimizer: str, network: Callable[..., Any], tell: Callable[..., Any]
) -> None:
    # One neuron is exactly at the kink, one below it, one above.
    layers = [(activation, [[0.5, -0.5], [-1.0, 0.2], [1.0, 0.2]]), ("identity", [[0.3, 0.2, 0.7]])]
    for step in (1, 2):
        ground = tell(network(layers, [[1.0, 1.0]], [[0.5]], optimizer=optimizer), step=step).ground()
        finite(ground)

    first = Book(tell(network(layers, [[1.0, 1.0]], [[0.5]])).ground())
    lower = first.value(slope(Variable("a", 1, (2,)), z(1, 2)))
    at_kink = first.value(slope(Variable("a", 1, (1,)), z(1, 1)))
    assert first.value(z(1, 1)) == 0.0
    assert at_kink == lower if activation in {"relu", "leaky_relu"} else at_kink > lower


@pytest.mark.parametrize("eps_inside_root", [False, True])
@pytest.mark.parametrize("optimizer", ["adagrad", "rmsprop", "adam", "adamw"])
def test_dead_neurons_stay_where_they_are(
    optimizer: str, eps_inside_root: bool, network: Callable[..., Any], tell: Callable[..., Any]
) -> None:
    layers = [("relu", [[-1.0], [-2.0]]), ("identity", [[0.3, 0.2]])]
    settings: dict[str, Any] = {"name": optimizer, "eps_inside_root": eps_inside_root}
    if optimizer == "adamw":
        settings["weight_decay"] = 0.0
    ground = tell(network(layers, [[1.0]], [[0.5]], optimizer=settings), step=3).ground()
    book = Book(ground)
    finite(ground)

    assert book.value(slope(loss_of(), Variable("w", 1, (1, 1)))) == 0.0
    assert book.value(new(Variable("w", 1, (1, 1)))) == -1.0


def refusal(ground: Callable[[], Ground]) -> str:
    """Tell a sheet; give why that cannot be, or nothing where it can."""
    try:
        finite(ground())
    except DivergedError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("factor", [1e-3, 10.0, 1e3])
def test_weights_of_any_size_are_told_or_refused(
    factor: float, dtype: str, seed: int, draw: Callable[..., Any], tell: Callable[..., Any]
) -> None:
    config = draw(seed).config
    config["training"]["dtype"] = dtype
    for layer in config["network"]["layers"]:
        layer["weights"] = [[weight * factor for weight in row] for row in layer["weights"]]
    refusals = [refusal(partial(tell(config).ground, long=long)) for long in (False, True)]

    assert all(re.search(r"^$|starting weights down|is -?inf|is nan", text) for text in refusals)
