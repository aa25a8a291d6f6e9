"""Marked sheets that were written by hand, so that what is shown of them needs no marker."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backprop_cli.api import explain, load
from backprop_cli.documents.figures import read_figure
from backprop_cli.grading.marking import Claim, Convention, Marking, Place, Status, Suspicion, Verdict
from backprop_cli.render import marks
from backprop_cli.render.marked import Marked
from backprop_cli.render.sheets import Options, form_named

ROOT = Path(__file__).parents[3]
RIGHT, WRONG, CARRIED, UNREAD = Status.RIGHT, Status.WRONG, Status.CARRIED, Status.UNREAD
ROUNDED, CUT_OFF = Status.ROUNDED, Status.CUT_OFF
LAST_DIGIT = Suspicion("last_digit", "the last digit is off by one")
INPUT = Suspicion("input_for_activation", "the input of the network stands where an activation belongs", 0.5)
LEFT_OUT = Suspicion("weight_and_bias_left_out", "weight and bias are left out", 0.56)
UPDATE = Suspicion("update_sign", "the update adds where it should subtract", 0.3795)
HOSTILE = '=<a href="x">&\'|*_`~ ::error::\x1b[31m\x00\u202e\ud800\ufffe\r\n]]> <!-- % , :'


@dataclass(frozen=True)
class Given:
    """A figure and what is said of it; the true value is that of the worksheet where none is given."""

    name: str
    printed: str
    status: Status = RIGHT
    suspicions: tuple[Suspicion, ...] = ()
    roots: tuple[int, ...] = ()
    own: float | None = None
    true: float | None = None
    effects: int = 0
    hidden: bool = False
    claim: dict[str, Any] = field(default_factory=dict)


def from_source(name: str, step: int = 1, **more: Any) -> dict[str, Any]:
    return {"source_name": name, "step": step, **more}


TWO_NEURONS = (
    Given("z2", "0.25"),
    Given("a2", "0.56", own=0.5621765008857981),
    Given("z3", "0.512", own=0.512),
    Given("yhat", "0.625", own=0.6252751562397041),
    Given("L", "0.38", own=0.3828125),
    Given("dL/dyhat", "-0.875", own=-0.875),
    Given("dyhat/dz3", "0.235", WRONG, (LAST_DIGIT,), own=0.234375, effects=1, claim={"why": "0.625 * 0.375 is 0.234"}),
    Given("dz3/dw2", "0.5", WRONG, (INPUT,), own=0.56, effects=2, claim={"why": "x used where a2 belongs"}),
    Given("dL/dw2", "-0.103", CARRIED, roots=(8, 7), own=-0.1028125),
    Given("dL/db2", "-0.205", own=-0.205625),
    Given("z3", "0.56", WRONG, (LEFT_OUT, INPUT), own=0.512, effects=1),
    Given("yhat", "0.64", CARRIED, roots=(11,), own=0.6364525402815664),
    Given("dyhat/dz3", "0.23", CUT_OFF, own=0.2304),
    Given("dL/dw1", "-0.005", ROUNDED, own=-0.005045, hidden=True),
    Given("dL/db1", "ten", UNREAD, claim={"trouble": "'ten' is no figure; write a number such as 0.25", "key": None}),
    Given("w2_new", "0.2103", CARRIED, roots=(8,), own=0.2103),
    Given("b2_new", "0.3795", WRONG, (UPDATE,), own=0.4205, claim={"why": "0.4 + 0.1 * (-0.205)"}),
)
MAZUR = (
    Given("z2_1", "0.3775", claim=from_source("net_h1", verdict=RIGHT)),
    Given("a2_1", "0.593269992", claim=from_source("out_h1"), own=0.5932699921),
    Given("dL/dw2_1_1", "0.082167041", claim=from_source("dE/dw5"), own=0.08216704035),
    Given("dL_2/da2_1", "-0.019049119", ROUNDED, claim=from_source("dE_o2/dout_h1"), own=-0.019049118, hidden=True),
    Given("w2_2_1_new", "0.511301270", claim=from_source("w7+"), own=0.5113012701),
    Given("w1_1_2_new", "0.2", WRONG, claim=from_source("w2+", verdict=WRONG, slip="update_sign")),
    Given("L", "0.0000351085", WRONG, true=3.5101877e-05, claim=from_source("E_total", 10001, verdict=WRONG)),
    Given("yhat_1", "0.015912196", true=0.0159121961, claim=from_source("out_o1", 10001, verdict=CARRIED)),
)
DECLARED = (
    Given("z2", "0.25", claim={"verdict": RIGHT}),
    Given("a2", "0.57", WRONG, claim={"verdict": WRONG}),
    Given("L", "1e999", UNREAD, claim={"verdict": UNREAD, "figure": None, "trouble": "it is too large"}),
)
HOSTILE_SHEET = (
    Given(
        "z2",
        HOSTILE + "7",
        WRONG,
        (Suspicion("slip", "a " + HOSTILE), Suspicion("slip", "b " + HOSTILE)),
        own=float("nan"),
        true=float("inf"),
        effects=3,
        claim={"name": "z" + HOSTILE, "why": HOSTILE, "source_name": HOSTILE, "place": Place(HOSTILE, 3, 4)},
    ),
    Given("a2", "", UNREAD, claim={"trouble": HOSTILE, "verdict": RIGHT, "slip": HOSTILE}),
)
MEAN = Convention("mean", "these figures are for the mean of the squares, not for half their sum", (5, 6))
SHEETS = {
    "two-neurons": ("two-neurons", TWO_NEURONS, (MEAN,)),
    "mazur": ("mazur", MAZUR, ()),
    "all right": ("two-neurons", TWO_NEURONS[:6], ()),
    "declared": ("two-neurons", DECLARED, ()),
    "one": ("one-neuron", (Given("z", "0.25"),), ()),
    "none": ("two-neurons", (), ()),
    "hostile": ("two-neurons", HOSTILE_SHEET, (Convention("c", HOSTILE, (1, 2)),)),
}


def marking_of(config: str, figures: tuple[Given, ...], conventions: tuple[Convention, ...]) -> Marking:
    """Put figures of a shipped config into a marking, with the true values of its first step."""
    step = explain(ROOT / "configs" / f"{config}.yaml")
    verdicts = []
    for number, figure in enumerate(figures, start=1):
        line = step.line(figure.name)
        printed = {"name": figure.name, "figure": read_figure(figure.printed)}
        described = {**printed, "key": line.key, "place": Place(f"{config}.csv", number + 1, 1), **figure.claim}
        true = step.sheet.book.value(line.key) if figure.true is None else figure.true
        claim = Claim(number=number, printed=figure.printed, **described)
        rest = (figure.own, figure.suspicions, figure.roots, figure.hidden, figure.effects)
        verdicts.append(Verdict(claim, figure.status, None if figure.status is UNREAD else true, *rest))
    return Marking(tuple(verdicts), conventions)


@pytest.fixture(scope="session")
def sheet() -> Callable[..., Marked]:
    """Give a marked sheet by its name."""
    built: dict[str, Marking] = {}

    def named(name: str, **more: Any) -> Marked:
        config, *rest = SHEETS[name]
        if name not in built:
            built[name] = marking_of(config, *rest)
        names = load(ROOT / "configs" / f"{config}.yaml").names
        return Marked(built[name], names, **{"config": f"configs/{config}.yaml", "sheet": f"{config}.csv", **more})

    return named


@pytest.fixture(scope="session")
def written() -> Callable[..., str]:
    """Write a marked sheet in a form."""

    def write(marked: Marked, form: str = "console", **options: Any) -> str:
        return marks.render(marked, form_named(form, marks.FORMS), Options(**options))

    return write


@pytest.fixture(params=[*SHEETS])
def each(request: pytest.FixtureRequest, sheet: Callable[..., Marked]) -> Marked:
    """Give every marked sheet."""
    return sheet(request.param)
