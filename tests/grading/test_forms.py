"""Equal forms are equal: every expression of a line gives its value, and what is called the same is the same number."""

import importlib.util
import math
import random
import sys
from collections.abc import Iterator
from itertools import product as pairs
from pathlib import Path
from types import ModuleType

import pytest

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.term import Term
from backprop_cli.grading.forms import default, others, same
from backprop_cli.quantities.quantity import Attached, Derivative, Variable
from backprop_cli.quantities.upstream import depends
from backprop_cli.worksheet.book import Book
from backprop_cli.worksheet.ground import Ground, Key, loss_of, share_of, slope, unit, z
from backprop_cli.worksheet.sheet import whole

# Of so many pairs of a quantity and one that it depends on, the derivative is looked at.
PAIRS = 60
# As with other random networks: a few at every turn, many more where there is time.
SEEDS = [pytest.param(seed, marks=pytest.mark.slow) if seed >= 10 else seed for seed in range(28)]


def random_networks() -> ModuleType:
    """Give the module that draws networks with everything that a config may say."""
    path = Path(__file__).parents[1] / "worksheet" / "conftest.py"
    spec = importlib.util.spec_from_file_location("random_networks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "random_networks", module)
        spec.loader.exec_module(module)
    return module


NETWORKS = random_networks()


@pytest.fixture(params=SEEDS)
def book(request: pytest.FixtureRequest) -> Book:
    """Give the book of a step of a random network."""
    return Book(NETWORKS.draw_case(request.param).ground(long=True))


def derivatives(ground: Ground) -> Iterator[Derivative]:
    """Walk derivatives of anything by anything that it depends on, of every sample."""
    layers = range(1, ground.depth + 1)
    units = [unit(ground, layer, n) for layer in (0, *layers) for n in ground.places(layer)]
    weighted = [z(layer, n) for layer in layers for n in ground.places(layer)]
    parameters = list(ground.parameters(trainable=False))
    tops: list[Variable] = [loss_of(), *(share_of(n) for n in ground.places(ground.depth)), *units, *weighted]
    for top, bottom in pairs(tops, [*units, *weighted, *parameters]):
        if top != bottom and depends(top, bottom, ground.topology):
            yield slope(top, bottom, ground.record.samples[0] if ground.many else None)


def keys_of(book: Book) -> list[Key]:
    """List the lines of a sheet, and some derivatives that no sheet has."""
    lines: list[Key] = [line.key for line in whole(book.ground).lines()]
    lines += [Attached("g", parameter) for parameter in book.ground.parameters(trainable=True)]
    further = list(derivatives(book.ground))
    # No secret depends on it.
    return lines + random.Random(len(lines)).sample(further, min(PAIRS, len(further)))  # noqa: S311


def is_near(book: Book, one: float, key: Key) -> bool:
    found = book.exact(key)
    # What is put together from large numbers that cancel is as exact as these.
    return math.isclose(one, found.value, rel_tol=1e-9, abs_tol=1e-9 * found.size + 1e-300)


def gives(book: Book, term: Term, key: Key) -> bool:
    return is_near(book, evaluate(term, book.value), key)  # type: ignore[arg-type]


def test_the_usual_expression_of_a_line_gives_its_value(book: Book) -> None:
    for key in keys_of(book):
        term = default(book, key)
        assert term is None or gives(book, term, key), key


def test_every_other_expression_of_a_line_gives_its_value(book: Book) -> None:
    for key in keys_of(book):
        for term in others(book, key, lambda part: part != key):  # noqa: B023  it is used at once
            assert gives(book, term, key), (key, term)


def test_what_is_the_same_has_the_same_value_and_one_name(book: Book) -> None:
    for key in keys_of(book):
        other = same(book.ground, key)
        assert is_near(book, book.value(other), key), (key, other)
        assert same(book.ground, other) == other, (key, other)
