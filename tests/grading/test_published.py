"""The published calculations are marked as an honest marker would: every verdict, and every slip by its name."""

from pathlib import Path

import pytest

from backprop_cli.api import check, load
from backprop_cli.grading.marking import Marking, Status, Verdict

CONFIGS = Path(__file__).parents[2] / "configs"
SHEETS = ["one-neuron", "two-neurons", "mazur"]


@pytest.fixture(scope="module")
def markings() -> dict[str, Marking]:
    return {name: check(CONFIGS / f"{name}.yaml").marking for name in SHEETS}


def described(verdict: Verdict) -> str:
    claim = verdict.claim
    return f"{claim.name} = {claim.printed} at step {claim.step}: {verdict.status}, {verdict.named}"


@pytest.mark.parametrize("name", SHEETS)
def test_every_figure_gets_the_verdict_that_it_deserves(markings: dict[str, Marking], name: str) -> None:
    for verdict in markings[name].verdicts:
        assert verdict.status is verdict.claim.verdict, described(verdict)


@pytest.mark.parametrize("name", SHEETS)
def test_every_slip_is_asserted_by_its_name_and_no_other_beside_it(markings: dict[str, Marking], name: str) -> None:
    for verdict in markings[name].verdicts:
        assert verdict.slip == verdict.claim.slip, described(verdict)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_that_declares_its_slips_passes(markings: dict[str, Marking], name: str) -> None:
    assert markings[name].refused() == ()
    assert markings[name].refused(strict=True) == ()


@pytest.mark.parametrize("name", SHEETS)
def test_no_other_convention_is_reported(markings: dict[str, Marking], name: str) -> None:
    assert markings[name].conventions == ()


def test_root_causes_come_with_what_they_carried(markings: dict[str, Marking]) -> None:
    roots = [(verdict.claim.name, verdict.effects) for verdict in markings["two-neurons"].roots]

    assert roots == [("dyhat/dz3", 2), ("dz3/dw2", 2), ("z3", 1), ("b2_new", 0)]


def test_a_step_that_is_rounded_unseen_is_noted(markings: dict[str, Marking]) -> None:
    hidden = [verdict.claim.name for verdict in markings["mazur"].verdicts if verdict.hidden]

    assert hidden == ["dL_2/da2_1"]


def test_the_true_values_are_those_of_the_worksheet(markings: dict[str, Marking]) -> None:
    loss = next(verdict for verdict in markings["mazur"].verdicts if verdict.claim.step == 10001)

    assert loss.true == 3.510187782978859e-05


def test_without_its_declarations_a_wrong_figure_is_refused() -> None:
    setup = load(CONFIGS / "one-neuron.yaml", ["figures=[{name: b_new, printed: '0.125'}]"])
    refused = check(setup).marking.refused()

    assert [verdict.status for verdict in refused] == [Status.WRONG]
