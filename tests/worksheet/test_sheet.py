"""A worksheet is whole: its lines follow from each other, in order, and none is missing or idle."""

import math
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import pytest

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.quantities.quantity import Variable
from backprop_cli.worksheet.book import Book
from backprop_cli.worksheet.ground import Ground, Key, loss_of, new, slope
from backprop_cli.worksheet.places import Kind, Place
from backprop_cli.worksheet.sheet import Worksheet, of, of_sample, whole

LONG = pytest.mark.parametrize("long", [False, True], ids=["short", "long"])


def keys_of(sheet: Worksheet) -> list[Key]:
    return [key for stage in sheet.stages for key in stage.keys()]  # noqa: SIM118  a stage walks its keys


def closure(ground: Ground, wanted: Iterable[Key]) -> set[Key]:
    book, found = Book(ground), dict[Key, None]()
    for key in wanted:
        for each in book.needs(key, found):
            found[each] = None
    return set(found)


def aims(ground: Ground) -> list[Key]:
    """List what a step is for: the loss, the gradient and the update."""
    trainable = list(ground.parameters(trainable=True))
    return [loss_of(), *(slope(loss_of(), each) for each in trainable), *(new(each) for each in trainable)]


def hold_in_order(sheet: Worksheet) -> None:
    """Hold that every line is there once, after all that it uses, and that stages count them."""
    seen: set[Key] = set()
    for stage in sheet.stages:
        lines = list(stage.lines())
        assert stage.count == len(lines) > 0
        for line in lines:
            assert line.key not in seen
            assert seen.issuperset(line.uses)
            seen.add(line.key)


@LONG
def test_every_value_is_that_of_its_own_expression(case: Any, long: bool) -> None:
    values: dict[Key, float] = {}
    for line in whole(case.ground(long=long)).lines():
        assert math.isfinite(line.value)
        # Bit for bit, but for the sign of a zero.
        assert line.term is None or line.value == evaluate(line.term, values.__getitem__)  # type: ignore[arg-type]
        values[line.key] = float(line.value)


@LONG
def test_a_whole_sheet_has_what_the_step_depends_on_and_nothing_else(case: Any, long: bool) -> None:
    ground = case.ground(long=long)
    sheet = whole(ground)
    given = set(keys_of(sheet.only([Kind.GIVEN])))

    assert set(keys_of(sheet)) == closure(ground, aims(ground)) | given


def test_what_is_given_is_all_of_it(case: Any) -> None:
    ground = case.ground()
    sheet = whole(ground)
    samples, letters = len(ground.samples), len(ground.optimizer.state)
    rate = ground.layout.trainable > 0 and Variable("eta") in keys_of(sheet.only([Kind.GIVEN]))

    assert len(keys_of(sheet.only([Kind.GIVEN]))) == (
        samples * (ground.topology.inputs + ground.outputs)
        + ground.layout.size
        + samples * ground.weighted
        + samples * sum(shape.units for shape in ground.topology.layers if shape.dropout)
        + letters * ground.layout.trainable
        + rate
    )
    assert all(line.term is None for line in sheet.only([Kind.GIVEN]).lines())
    assert all(line.term is not None for line in sheet.only(set(Kind) - {Kind.GIVEN}).lines())
    assert sheet.count == len(keys_of(sheet)) - len(keys_of(sheet.only([Kind.GIVEN])))


@LONG
def test_lines_come_after_those_that_they_use(case: Any, long: bool, rng: Random) -> None:
    ground = case.ground(long=long)
    sheet = whole(ground)
    chosen = rng.sample(keys_of(sheet), 4)

    hold_in_order(sheet)
    hold_in_order(of(ground, chosen))
    for key in chosen:
        hold_in_order(of(ground, [key]))
    for sample in ground.record.samples if ground.many else ():
        hold_in_order(of_sample(ground, sample))


def ordered(sheet: Worksheet) -> list[tuple[Place, Any]]:
    """List the stages with their lines; what is given may stand in the order in which it is used."""
    return [
        (stage.place, set(stage.keys()) if stage.kind is Kind.GIVEN else list(stage.keys())) for stage in sheet.stages
    ]


@LONG
def test_a_cut_keeps_the_order_of_the_whole(case: Any, long: bool, rng: Random) -> None:
    ground = case.ground(long=long)
    sheet = whole(ground)
    keys = keys_of(sheet)
    rng.shuffle(keys)

    cut = of(ground, keys)

    assert ordered(cut) == ordered(sheet)
    assert [stage.rule for stage in cut.stages] == [stage.rule for stage in sheet.stages]


def test_a_cut_has_what_is_asked_for_and_what_that_depends_on(case: Any, rng: Random) -> None:
    ground = case.ground()
    chosen = rng.sample(keys_of(whole(ground)), 3)

    assert set(keys_of(of(ground, chosen))) == closure(ground, chosen)


def test_a_sample_is_told_with_all_of_its_own_lines(case: Any) -> None:
    ground = case.ground()
    for sample in ground.record.samples if ground.many else ():
        own = [key for key in keys_of(whole(ground)) if getattr(key, "sample", None) == sample]

        assert set(keys_of(of_sample(ground, sample))) == closure(ground, own)


def test_stages_are_in_the_order_of_the_calculation(case: Any) -> None:
    sheet = whole(case.ground())
    orders = [stage.place.order for stage in sheet.stages]

    assert orders == sorted(set(orders))


@pytest.mark.parametrize("trainable", [True, False], ids=["trained", "frozen"])
@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("activation", ["tanh", "softmax"])
@pytest.mark.parametrize("kind", ["neuron", "layer", "connection", "none"])
def test_every_kind_of_bias_is_told_whole(
    kind: str, activation: str, samples: int, trainable: bool, network: Callable[..., Any], tell: Callable[..., Any]
) -> None:
    layers = [(activation, [[0.3, -0.2], [0.5, 0.4]]), ("tanh", [[0.7, -0.6], [0.1, 0.3], [0.9, 0.2]])]
    inputs, targets = [[0.5, -1.0], [0.2, 0.9], [0.4, 0.4]], [[0.1, 0.2, 0.3]] * 3
    config = network(layers, inputs[:samples], targets[:samples])
    for layer in config["network"]["layers"]:
        layer["bias"] = {"per": kind, "trainable": trainable}
    ground = tell(config).ground()
    sheet = whole(ground)

    hold_in_order(sheet)
    assert set(keys_of(sheet)) == closure(ground, aims(ground)) | set(keys_of(sheet.only([Kind.GIVEN])))
