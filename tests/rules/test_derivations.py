"""Every line of every derivation says the same number: no derivation can lie."""

import math
from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.functions import exp
from backprop_cli.algebra.term import Apply, Number, Ref, Term
from backprop_cli.rules.activations import Activation, Pointwise, Rowwise
from backprop_cli.rules.activations.gelu import Gelu
from backprop_cli.rules.activations.selu import Selu
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.base import Rule
from backprop_cli.rules.derivation import Working
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.schedules import Schedule

Z = [-9.0, -4.0, -1.7, -1.0, -0.3, -1e-3, 0.0, 1e-3, 0.2, 0.5, 1.0, 2.5, 6.0, 9.0]
TARGETS, PREDICTIONS = [0.0, 0.25, 1.0], [0.02, 0.25, 0.6, 0.98]


def off_kinks(places: Sequence[float], kinks: Sequence[float]) -> list[float]:
    return [place for place in places if all(abs(place - kink) > 1e-9 for kink in kinks)]


def agree(lines: Sequence[Working[Any]], slope: Any) -> None:
    assert lines
    for line in lines:
        np.testing.assert_allclose(line.value, slope, rtol=1e-11, atol=1e-13, err_msg=line.reason)


def test_every_line_for_an_activation_is_its_slope(pointwise: Pointwise) -> None:
    places = off_kinks(Z, pointwise.kinks)
    for z in places:
        a = pointwise.formula(z)
        agree(pointwise.derivation(z, a), pointwise.slope(z, a))
    grid = np.array(places)
    a_grid = pointwise.formula(grid)
    agree(pointwise.derivation(grid, a_grid), np.broadcast_to(pointwise.slope(grid, a_grid), grid.shape))


@pytest.mark.parametrize(("of", "by"), list(product(range(3), repeat=2)))
def test_every_line_for_a_rowwise_activation_is_its_slope(rowwise: Rowwise, of: int, by: int) -> None:
    z = [0.3, -1.2, 2.0]
    e, a = rowwise.exponentials(z), rowwise.formula(z)

    agree(rowwise.derivation(e, sum(e), a, of, by), rowwise.slope(a, of, by))


def test_every_line_for_a_loss_is_its_slope(loss: Loss) -> None:
    pairs = [(y, yhat) for y in TARGETS for yhat in PREDICTIONS if yhat - y in off_kinks([yhat - y], loss.kinks)]
    # Far enough apart for a loss that treats large errors differently.
    pairs += [] if math.isfinite(loss.targets[1]) else [(0.0, 7.0), (0.0, -7.0)]
    for y, yhat in pairs:
        agree(loss.derivation(y, yhat), loss.slope(y, yhat))
    targets, predictions = np.array(pairs).T
    agree(loss.derivation(targets, predictions), loss.slope(targets, predictions))


def values(pointwise_or_loss: Rule) -> dict[str, float]:
    known = {"z": 0.7, "y": 0.25, "yhat": 0.6}
    if isinstance(pointwise_or_loss, Pointwise):
        known["a"] = pointwise_or_loss.formula(known["z"])
    e = [math.exp(0.7), math.exp(-0.2)]
    s = sum(e) + 1.5
    return known | {"e_i": e[0], "e_j": e[1], "s": s, "a_i": e[0] / s, "a_j": e[1] / s}


def test_the_lines_that_are_shown_say_one_number_each_in_its_own_words(rule: Rule) -> None:
    known = values(rule)
    for derivation in rule.derivations():
        terms = [line.value for line in derivation.lines]
        shown = [evaluate(term, lambda key: known[str(key)]) for term in terms]

        assert shown == pytest.approx([shown[-1]] * len(shown), rel=1e-12)
        assert all(one != next_one for one, next_one in pairwise(terms))
        assert all(line.reason and not line.reason.endswith(".") for line in derivation.lines)


def test_a_derivation_ends_in_the_slope_that_worksheets_show(rule: Rule) -> None:
    if isinstance(rule, Pointwise):
        assert rule.derivation(Ref("z"), Ref("a"))[-1].value == rule.slope(Ref("z"), Ref("a"))
    if isinstance(rule, Loss):
        assert rule.derivation(Ref("y"), Ref("yhat"))[-1].value == rule.slope(Ref("y"), Ref("yhat"))


def test_activations_and_losses_are_derived_and_drawn_and_schedules_drawn(rule: Rule) -> None:
    assert bool(rule.derivations()) == bool(rule.slope_text) == isinstance(rule, Activation | Loss)
    assert (rule.picture() is not None) == isinstance(rule, Activation | Loss | Schedule)


def test_a_picture_has_a_finite_height_at_each_place(rule: Rule) -> None:
    picture = rule.picture()
    for curve in picture.curves if picture else ():
        assert picture is not None
        assert len(curve.heights) == len(picture.places)
        assert all(map(math.isfinite, curve.heights))


def test_the_example_fills_what_has_no_default(rule: Rule) -> None:
    needed = {key for key, field in type(rule).model_fields.items() if field.is_required()}

    assert needed <= set(rule.example)
    assert type(rule)(**rule.example)


def letters(term: Term) -> set[str]:
    if isinstance(term, Number):
        return {term.symbol} - {""}
    return set().union(*map(letters, term.args)) if isinstance(term, Apply) else set()


def test_constants_show_as_letters() -> None:
    assert letters(Selu().in_letters().slope(Ref("z"), Ref("a"))) == {"lambda", "alpha"}
    assert letters(Gelu().in_letters().formula(Ref("z"))) == {"2"}


def test_the_derivation_of_the_sigmoid_takes_the_steps_of_the_article() -> None:
    terms = [line.value for line in Sigmoid().derivation(Ref("z"), Ref("a"))]
    e, one = exp(-Ref("z")), 1.0 + exp(-Ref("z"))

    assert terms[1:] == [
        e / one**2,
        1.0 / one * (e / one),
        1.0 / one * ((one - 1.0) / one),
        1.0 / one * (one / one - 1.0 / one),
        1.0 / one * (1.0 - 1.0 / one),
        Ref("a") * (1.0 - Ref("a")),
    ]
