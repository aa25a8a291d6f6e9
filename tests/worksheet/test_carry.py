"""Under carry every line is what a person with a pencil has: its expression over the rounded lines before, rounded."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import yaml

from backprop_cli.algebra.decimals import DECIMALS
from backprop_cli.algebra.digits import Digits
from backprop_cli.algebra.evaluation import evaluate_in
from backprop_cli.api import explain, load
from backprop_cli.quantities.quantity import Variable
from backprop_cli.render.numbers import format_number
from backprop_cli.worksheet.book import Book, Line
from backprop_cli.worksheet.ground import Ground, Key, slope
from backprop_cli.worksheet.rounding import Rounding
from backprop_cli.worksheet.sheet import Worksheet, of_sample, whole
from backprop_cli.worksheet.witness import NotExplained

ROOT = Path(__file__).parent.parent
KEPT = [Digits(decimals=2), Digits(decimals=6), Digits(significant=3), Digits(significant=12)]


def half_away(exact: Decimal, digits: Digits) -> Decimal:
    """Round once more, in another way than the product."""
    places = digits.decimals
    if places is None:
        places = digits.significant - 1 - exact.adjusted()
    unit = Decimal(1).scaleb(-places)
    fixed = (abs(exact) / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit
    if not fixed and exact:
        return half_away(exact, Digits(significant=2))
    return fixed.copy_sign(exact)


def lines_of(sheet: Worksheet) -> Iterator[Line]:
    """Walk the lines, to the first that rounding leaves without a value."""
    # 1 − ŷ is 0 for a ŷ that rounds to 1.
    with suppress(NotExplained):
        yield from sheet.lines()


def hold(sheet: Worksheet) -> None:
    """Hold every line to the rounded ones before it."""
    carried: dict[Key, Decimal] = {}
    for line in lines_of(sheet):
        assert isinstance(line.value, Decimal)
        assert line.value == expected(line, sheet.book, carried), line.key
        carried[line.key] = line.value
    assert carried


def given(ground: Ground, value: float) -> Decimal:
    """Write a number as its author did: the shortest decimal that the dtype takes for it."""
    return Decimal(str(ground.record.before.dtype.type(value)))


def expected(line: Line, book: Book, carried: dict[Key, Decimal]) -> Decimal:
    if line.term is None:
        single = book.ground.record.before.dtype == np.float32
        return Decimal(str(np.float32(book.value(line.key)) if single else book.value(line.key)))
    exact = evaluate_in(DECIMALS, line.term, carried.__getitem__)  # type: ignore[arg-type]
    return half_away(exact, line.digits)


@pytest.mark.parametrize("digits", KEPT, ids=str)
def test_every_line_goes_on_from_rounded_ones(case: Any, digits: Digits) -> None:
    hold(whole(case.ground(), Rounding(digits, carry=True)))


def test_special_digits_are_carried_on(case: Any, rng: Random) -> None:
    ground = case.ground()
    keys = [key for stage in whole(ground).stages for key in stage.keys()]  # noqa: SIM118  a stage walks its keys
    special = {key: Digits(decimals=rng.randint(3, 9)) for key in rng.sample(keys, 5)}
    rounding = Rounding(Digits(significant=9), special, carry=True)

    assert all(rounding.of(key) == digits for key, digits in special.items())
    hold(whole(ground, rounding))
    if ground.many:
        hold(of_sample(ground, ground.record.samples[0], rounding))


def test_digits_of_a_quantity_are_those_of_all_samples(case: Any) -> None:
    ground = case.ground()
    own = Digits(decimals=7)
    rounding = Rounding(Digits(), {Variable("yhat", None, (1,)): own}, carry=True)

    assert all(rounding.of(Variable("yhat", None, (1,), sample=sample)) == own for sample in ground.samples)
    assert rounding.of(slope(Variable("yhat", None, (1,)), Variable("z", ground.depth, (1,)))) == Digits()


def test_exact_values_are_told_without_carry(case: Any) -> None:
    ground = case.ground()
    book, shown = Book(ground), whole(ground, Rounding(Digits(decimals=1)))

    assert all(line.value == book.value(line.key) for line in shown.lines())


def test_the_articles_products_round_as_printed() -> None:
    digits = ["report.carry=true", "report.digits={dL/dyhat: 2, dyhat/dz: 2, dL/dw: 3, w_new: 3}"]
    told = explain(load(ROOT.parent / "configs" / "one-neuron.yaml", digits))

    # −0.94 · 0.25 · 0.5 = −0.1175 and 0.3 − 0.1 · (−0.118) = 0.3118, both half away from zero.
    assert str(told.line("dL/dyhat").value) == "-0.94"
    assert str(told.line("dyhat/dz").value) == "0.25"
    assert str(told.line("dL/dw").value) == "-0.118"
    assert str(told.line("w_new").value) == "0.312"


Figure = dict[str, Any]


def published(file: str, config: str) -> list[Figure]:
    text = (ROOT / "fixtures" / "published" / f"{file}.yaml").read_text(encoding="utf-8")
    found: list[Figure] = yaml.safe_load(text)[config]
    return [figure for figure in found if "step" not in figure]


def first_prints(figures: list[Figure]) -> list[Figure]:
    """List what is printed for each quantity first, where it is sound."""
    first: dict[str, Figure] = {}
    for figure in figures:
        first.setdefault(figure["name"], figure)
    return [figure for figure in first.values() if figure["verdict"] in {"right", "rounded"}]


def by_pencil(file: str, config: str, rest: Digits) -> dict[str, str]:
    """Work out a source's first step with the digits that it prints first; give what a pencil has."""
    figures = published(file, config)
    told = explain(load(ROOT.parent / "configs" / f"{config}.yaml"))
    special: dict[Any, Digits] = {}
    for figure in figures:
        places = len(figure["printed"].partition(".")[2])
        special.setdefault(told.line(figure["name"]).key, Digits(decimals=places))
    book = Book(told.sheet.ground, Rounding(rest, special, carry=True))
    lines = {figure["name"]: book.line(told.line(figure["name"]).key) for figure in first_prints(figures)}
    return {name: format_number(line.value, line.digits) for name, line in lines.items()}


# Mazur keeps nine decimals in a step that he does not show; but he goes on from more digits of out_o1 than he prints,
# and from more than nine of the gradient of w7.
SOURCES: list[tuple[str, str, Digits, dict[str, str]]] = [
    ("article", "one-neuron", Digits(), {}),
    ("article", "two-neurons", Digits(), {}),
    ("mazur", "mazur", Digits(decimals=9), {"L_1": "0.274811084", "L": "0.298371110", "w2_2_1_new": "0.511301271"}),
]


@pytest.mark.parametrize(("file", "config", "rest", "others"), SOURCES, ids=[source[1] for source in SOURCES])
def test_a_pencil_has_what_is_printed(file: str, config: str, rest: Digits, others: dict[str, str]) -> None:
    printed = {figure["name"]: figure["printed"] for figure in first_prints(published(file, config))}

    assert by_pencil(file, config, rest) == printed | others


def test_what_rounding_leaves_without_a_value_says_what_to_do() -> None:
    settings = ["data.targets=[[1.0]]", "network.layers.0.bias=9", "loss=binary_cross_entropy"]
    setup = load(ROOT.parent / "configs" / "one-neuron.yaml", settings)

    with pytest.raises(NotExplained, match=r"^L has no value once the lines before it are rounded; carry more digits$"):
        explain(setup, long=True, carry=True, decimals=2)
