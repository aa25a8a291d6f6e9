"""A range holds all that a line may give: as written, in truth, and in between, where each input goes one way."""

import itertools
import math
import random
from collections.abc import Mapping

import pytest

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.functions import exp, maximum
from backprop_cli.algebra.term import Number, Ref, Term, product, total
from backprop_cli.grading import spans
from backprop_cli.grading.reading import Reading
from backprop_cli.grading.spans import Band
from backprop_cli.quantities.quantity import Variable

# Lines over three figures; whether each input goes one way wherever the others stand, with bands of one sign.
X, Y, Z = (Ref(Variable("x", None, (n,))) for n in (1, 2, 3))
MONOTONE: dict[str, Term] = {
    "sum": total([X, Y, Z]),
    "difference": X - Y - Z,
    "product": product([X, Y, Z]),
    "quotient": X / (Y + Z),
    "update": X - 0.1 * Y * Z,
    "sigmoid": 1.0 / (1.0 + exp(-(X * Y + Z))),
    "square": 0.5 * (X + Y) ** 2.0 - Z,
    "relu": maximum(X - 0.5, 0.0) + Y * Z,
    "constant": Number(0.25),
    "one input": X,
}
# Lines that turn round.
TURNING: dict[str, Term] = {
    "slope of a sigmoid": X * (1.0 - X),
    "slope of tanh": 1.0 - X**2.0,
    "error": (X - Y) ** 2.0 * Z,
    "saddle": (X - Y) * (Y - Z),
}


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.node.name)  # noqa: S311  no secret depends on it


def reading_of(term: Term, numbers: Mapping[Ref, int]) -> Reading:
    """Read a line that uses one figure for each of its inputs."""
    target = (1, Variable("z", 1, (1,)))
    # None of its lines is without a figure, so that no book is asked.
    found = Reading(target, books=None)  # type: ignore[arg-type]
    found.lines[target] = term
    found.claims.update({(1, one.key): number for one, number in numbers.items()})  # type: ignore[misc]
    return found


READ = {X: 1, Y: 2, Z: 3}


def value_at(term: Term, point: Mapping[int, float]) -> float:
    return evaluate(term, lambda key: point[READ[Ref(key)]])  # type: ignore[index]


def draw_band(rng: random.Random) -> Band:
    low = rng.uniform(0.1, 2.0)
    high = low + rng.choice([0.0, 0.001, 0.05, 0.5])
    return Band(rng.uniform(low, high), rng.uniform(low, high), low, high)


def holds(span: tuple[float, float], value: float) -> bool:
    low, high = span
    noise = 1e-12 * max(1.0, abs(value))
    return low - noise <= value <= high + noise


@pytest.mark.parametrize("name", MONOTONE)
def test_a_range_is_that_of_all_points_where_each_input_goes_one_way(name: str, rng: random.Random) -> None:
    for _ in range(50):
        term, bands = MONOTONE[name], {number: draw_band(rng) for number in READ.values()}
        span = spans.span(reading_of(term, READ), bands.__getitem__)

        ends = [value_at(term, dict(zip(bands, ends, strict=True))) for ends in itertools.product(*_ends(bands))]
        assert span == pytest.approx((min(ends), max(ends)), rel=1e-12)
        for _ in range(20):
            point = {number: rng.uniform(band.low, band.high) for number, band in bands.items()}
            assert holds(span, value_at(term, point))


def _ends(bands: Mapping[int, Band]) -> list[tuple[float, float]]:
    return [(band.low, band.high) for band in bands.values()]


@pytest.mark.parametrize("name", [*MONOTONE, *TURNING])
def test_a_range_always_holds_what_is_written_and_what_is_true(name: str, rng: random.Random) -> None:
    for _ in range(50):
        term, bands = (MONOTONE | TURNING)[name], {number: draw_band(rng) for number in READ.values()}
        span = spans.span(reading_of(term, READ), bands.__getitem__)

        assert holds(span, value_at(term, {number: band.written for number, band in bands.items()}))
        assert holds(span, value_at(term, {number: band.true for number, band in bands.items()}))


def test_one_figure_that_is_used_twice_is_one_variable() -> None:
    reading, band = reading_of(X * (1.0 - X), {X: 1}), Band(0.56, 0.5622, 0.555, 0.565)

    # As two variables, it would be from 0.555 * 0.435 to 0.565 * 0.445.
    assert spans.span(reading, lambda _: band) == pytest.approx((0.565 * 0.435, 0.555 * 0.445))
    assert 0.565 * 0.435 > 0.555 * 0.435


def test_two_names_of_one_figure_are_one_variable() -> None:
    reading, band = reading_of(X - Y, {X: 1, Y: 1}), Band(0.56, 0.5622, 0.555, 0.565)

    assert spans.span(reading, lambda _: band) == (0.0, 0.0)


def test_a_line_is_evaluated_at_one_number_for_each_figure() -> None:
    assert spans.at(reading_of(X * Y, READ), {1: 0.5, 2: 3.0, 3: math.nan}) == 1.5
    assert spans.at(reading_of(Number(0.25), {}), {}) == 0.25


@pytest.mark.parametrize(
    ("term", "band", "expected"),
    [
        # What has no finite value anywhere has no range; where it has some, these alone count.
        (1.0 / (X - X), Band(1.0, 1.0, 0.5, 1.5), (math.inf, -math.inf)),
        (1.0 / X, Band(0.0, 0.5, 0.0, 0.5), (2.0, 2.0)),
        (1.0 / X, Band(0.5, 0.5, 0.0, 1.0), (1.0, 2.0)),
        (exp(X), Band(0.0, 0.0, 0.0, 1000.0), (1.0, 1.0)),
        (X, Band(1.0, 2.0, 1.0, 2.0), (1.0, 2.0)),
    ],
)
def test_what_is_not_finite_is_no_part_of_a_range(term: Term, band: Band, expected: tuple[float, float]) -> None:
    assert spans.span(reading_of(term, {X: 1}), lambda _: band) == expected


def test_a_line_that_uses_no_figure_is_a_range_of_one_number() -> None:
    assert spans.span(reading_of(Number(0.25), {}), {}.__getitem__) == (0.25, 0.25)
