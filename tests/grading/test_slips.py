"""Every slip of the catalogue is found on a sheet by its name, and alone where nothing else fits."""

from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from backprop_cli.grading import suspects
from backprop_cli.grading.entries import Entry
from backprop_cli.grading.marking import Claim, Marking, Status, Suspicion, Verdict
from backprop_cli.grading.slips import CATALOGUE, Fit, Slip, Suspect, _members
from backprop_cli.grading.slips.digits import OffBy

Marked = Callable[..., Marking]
BY_NAME = {slip.name: slip for slip in CATALOGUE}
THREE = "data={inputs: [[0.5], [1.0], [0.2]], targets: [[0], [1], [1]]}"

# A slip, and a sheet of which the last figure was worked out with it: how stands beside it.
EXAMPLES = [
    ("update_sign", "two-neurons", "dL/dw2 -0.1152, w2_new 0.1885"),  # 0.2 + 0.1 * (-0.1152)
    ("error_sign", "two-neurons", "yhat 0.6254, dL/dyhat 0.8746"),  # 1.5 - 0.6254
    ("input_for_activation", "two-neurons", "a2 0.5622, z3 0.5000"),  # 0.2 * 0.5 + 0.4
    ("net_for_activation", "two-neurons", "a2 0.5622, z3 0.5124, yhat 0.5124"),
    ("net_for_activation", "two-neurons", "z3 0.4500"),  # 0.2 * 0.25 + 0.4
    ("slope_left_out", "two-neurons", "dL/dyhat -0.8746, dyhat/dz3 0.2343, a2 0.5622, dL/dw2 -0.4917"),
    ("slope_twice", "two-neurons", "dL/dyhat -0.87462, dyhat/dz3 0.23428, dL/db2 -0.04801"),
    ("slope_twice", "two-neurons", "yhat 0.62538, dL/db2 -0.04801"),
    ("bias_left_out", "two-neurons", "a2 0.5622, z3 0.1124"),
    ("weight_and_bias_left_out", "two-neurons", "a2 0.5622, z3 0.5622"),
    ("weight_left_out", "two-neurons", "a2 0.5622, z3 0.9622"),
    ("weight_left_out", "two-neurons", "dL/dz3 -0.20491, da2/dz2 0.24613, dL/dz2 -0.05043"),
    ("updated_weights", "mazur", "dL/dz3_1 0.138499, w2_1_1_new 0.358916, dL_1/da2_1 0.049709"),
    ("weights_transposed", "mazur", "a2_1 0.59327, a2_2 0.59688, z3_2 1.19525"),  # 0.45 and 0.55 for 0.5 and 0.55
    ("gradient_transposed", "mazur", "dL/dw2_1_2 -0.022602"),  # that of w2_2_1
    ("learning_rate_left_out", "one-neuron", "dL/dw -0.1154, w_new 0.4154"),
    ("half", "one-neuron", "yhat 0.5622, L 0.8795"),
    ("half", "one-neuron", "yhat 0.56218, dL/dyhat -1.87564"),
    ("sum_for_mean", "batch", "L@1 0.3300, L@2 0.1425, L 0.4725"),
    ("mean_for_sum", "batch", "L@1 0.3300, L@2 0.1425, L 0.2265", "loss={name: mse, reduction: sum}", THREE),
    ("wrong_sample", "batch", "z@1 0.3000, z@2 0.5000, L@1 0.3300, L@2 0.3300"),
    ("wrong_sample", "batch", "yhat@1 0.5744, L@1 0.1811"),  # with the target of sample 2
    ("wrong_sample", "batch", "yhat@1 0.5744, dL/dz@1 0.2808, dL/dw@1 0.0562", THREE),  # 0.2808 * 0.2
    ("wrong_sample", "batch", "yhat@1 0.5744, L@1 0.1650", "data.weights=[2, 0.5]"),  # 0.5 * 0.5744²
    ("sample_weight_left_out", "batch", "yhat@1 0.5744, L@1 0.3300", "data.weights=[3, 0.5]"),
    (
        "dropout_scale_left_out",
        "two-neurons",
        "f2 0.5622, a2 0.5622",
        "network.layers.0.dropout=0.5",
    ),
    ("net_for_activation", "two-neurons", "z2 0.25, f2 0.25", "network.layers.0.dropout=0.5"),
    ("correction_left_out", "one-neuron", "#2 m:w -0.021215, #2 mhat:w -0.021215", "optimizer=adam"),
    ("bias_frozen", "one-neuron", "dL/db -0.2308, b_new 0.1000"),
    ("bias_updated", "mazur", "b1_new 0.3406"),  # 0.35 - 0.5 * 0.0187
    ("one_step_early", "one-neuron", "#2 yhat 0.5622"),
    ("one_step_late", "one-neuron", "L 0.4398, yhat 0.5693"),
    ("digits_swapped", "one-neuron", "z 0.2500, L 0.4398, yhat 0.5262"),
    ("last_digit", "one-neuron", "z 0.2500, L 0.4398, yhat 0.5623"),
    ("point_shifted", "one-neuron", "z 0.2500, L 0.4398, yhat 5.622"),
    ("digit_dropped", "one-neuron", "z 0.25000, yhat 0.56218, L 0.4976"),
    ("learning_rate_other", "one-neuron", "dL/dw -0.1154, w_new 0.3058"),  # 0.05
    ("miscopied", "one-neuron", "x 0.7"),
    ("miscopied", "one-neuron", "y -3"),
    ("arithmetic", "one-neuron", "z 0.2500, L 0.4398, yhat 0.5922"),
    ("sign_flipped", "two-neurons", "a2 0.5622, z3 -0.2876"),  # 0.2 * 0.5622 - 0.4
    ("summand_left_out", "mazur", "L_1 0.2748, L_2 0.0236, L 0.0236"),
    ("factor_left_out", "mazur", "dL/dz2_1 0.008771, dL/dw1_1_1 0.008771"),  # without 0.05
    ("quotient_inverted", "softmax", "e2_1 0.6065, e2_2 1.6487, s2 2.2553, yhat_1 3.7183"),
    ("operands_swapped", "two-neurons", "dL/dw2 -0.1152, w2_new -0.2115"),  # 0.1 * (-0.1152) - 0.2
]


@pytest.mark.parametrize(("name", "network", "sheet", "settings"), [(*row[:3], row[3:]) for row in EXAMPLES])
def test_a_slip_is_asserted_by_its_name(
    marked: Marked, name: str, network: str, sheet: str, settings: tuple[str, ...]
) -> None:
    marking = marked(network, sheet, *settings)
    verdict = marking.verdicts[-1]

    assert verdict.status is Status.WRONG
    assert verdict.slip == name, verdict.suspicions
    # A slip that is a convention, too, may say which.
    assert verdict.suspicions[0].sentence.startswith((BY_NAME[name].sentence, "this is the number for "))
    assert marking.conventions == ()


def test_every_slip_has_an_example() -> None:
    assert {name for name, *_ in EXAMPLES} == BY_NAME.keys()


def test_names_and_ranks_are_unique_and_the_most_plausible_stands_first() -> None:
    ranks = [slip.rank for slip in CATALOGUE]

    assert len(BY_NAME) == len(CATALOGUE)
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize("slip", CATALOGUE, ids=lambda slip: slip.name)
def test_a_slip_says_what_went_wrong_in_a_clause(slip: Slip) -> None:
    assert slip.name.isidentifier()
    assert slip.name == slip.name.lower()
    assert slip.sentence
    assert not slip.sentence[0].isupper()
    assert slip.sentence[-1] not in ".!?;,: "
    assert "\n" not in slip.sentence


def test_a_new_slip_needs_no_other_file(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unlucky(OffBy):
        name = "unlucky"
        sentence = "thirteen is written where it is not"
        rank = 1

        def explains(self, figure: object, expected: float) -> bool:  # noqa: ARG002
            return getattr(figure, "value", None) == 13.0

    assert Unlucky in _members(Slip)
    monkeypatch.setattr(suspects, "CATALOGUE", (Unlucky(), *CATALOGUE))

    assert marked("one-neuron", "yhat 13.0").verdicts[0].slip == "unlucky"


def test_slips_that_are_the_same_on_a_net_count_as_one(marked: Marked) -> None:
    # The one neuron's input is what its activation would be, and its bias's change is all that is left out of b.
    (suspicion,) = marked("one-neuron", "dL/db -0.2308, b_new 0.1000").verdicts[-1].suspicions

    assert (suspicion.slip, suspicion.also) == ("bias_frozen", ("summand_left_out",))


def test_slips_that_are_the_same_in_any_of_their_ways_count_as_one(marked: Marked) -> None:
    # A bias that is not updated is a convention, found from true values, and a slip, found from what is written.
    sheet = "dL/dw -0.1154, w_new 0.31154, #2 w 0.31154, z 0.2558"
    (suspicion,) = marked("one-neuron", sheet).verdicts[-1].suspicions

    assert (suspicion.slip, set(suspicion.also)) == ("bias_frozen", {"summand_left_out", "factor_left_out"})


def test_at_most_three_slips_are_named_and_none_is_asserted_of_several(marked: Marked) -> None:
    verdict = marked("two-neurons", "yhat 0.64").verdicts[0]

    assert 1 < len(verdict.suspicions) <= 3
    assert verdict.slip == ""


def test_what_a_convention_explains_is_told_by_it_alone(marked: Marked) -> None:
    # The slope is that of the written 0.63, not the true one.
    marking = marked("two-neurons", "yhat 0.63, L 0.76, dL/dyhat -1.74, dL/db2 -0.408")
    (convention,) = marking.conventions
    found = {number: marking.verdicts[number - 1].suspicions for number in convention.explains}

    assert [verdict.claim.number for verdict in marking.verdicts if verdict.status is Status.WRONG] == [2, 3]
    assert {(each.slip, each.sentence) for (each,) in found.values()} == {
        ("half", "this is the number for the loss without ½")
    }


def test_one_digit_does_not_tell_slips_apart(marked: Marked) -> None:
    assert marked("two-neurons", "yhat 0.5, dL/dyhat -1").verdicts[0].suspicions == ()


class _Fitting(Slip):
    """A slip that explains every figure by a number of its own."""

    value: ClassVar[float]

    def fits(self, suspect: Suspect) -> Iterator[Fit]:  # noqa: ARG002
        yield Fit(exact=True, value=self.value, true=self.value)


def fitting(count: int) -> tuple[Slip, ...]:
    """Make so many slips that explain every figure."""
    return tuple(
        type(
            f"Fitting{n}", (_Fitting,), {"name": f"fitting_{n}", "sentence": "it fits", "rank": n, "value": float(n)}
        )()
        for n in range(count)
    )


@pytest.mark.parametrize(("count", "named"), [(0, 0), (1, 1), (2, 2), (3, 3), (6, 3), (7, 0), (40, 0)])
def test_nothing_is_named_where_too_many_slips_fit(
    marked: Marked, monkeypatch: pytest.MonkeyPatch, count: int, named: int
) -> None:
    monkeypatch.setattr(suspects, "CATALOGUE", fitting(count))
    (verdict,) = marked("one-neuron", "yhat 0.95").verdicts

    assert [each.slip for each in verdict.suspicions] == [f"fitting_{n}" for n in range(named)]
    assert verdict.slip == ("fitting_0" if count == 1 else "")


def test_a_last_resort_gives_way_to_any_other(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    near = BY_NAME["arithmetic"]
    monkeypatch.setattr(suspects, "CATALOGUE", (near,))
    assert marked("one-neuron", "yhat 0.5922").verdicts[0].slip == "arithmetic"

    monkeypatch.setattr(suspects, "CATALOGUE", (*fitting(1), near))
    assert marked("one-neuron", "yhat 0.5922").verdicts[0].slip == "fitting_0"


def test_an_exact_slip_goes_before_a_more_plausible_one_that_only_may_be(
    marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As two digits, 0.35 may be 0.3469, without the slope, or be cut from 0.3577, at another learning rate.
    suspicions = marked("one-neuron", "w_new 0.35").verdicts[0].suspicions
    assert [each.slip for each in suspicions] == ["slope_left_out", "learning_rate_other"]

    monkeypatch.setattr(type(BY_NAME["learning_rate_other"]), "rank", 1)
    assert marked("one-neuron", "w_new 0.35").verdicts[0].suspicions == suspicions


def test_a_slip_that_explains_several_wrong_figures_goes_before_others(
    marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Rare(_Fitting):
        name, sentence, rank, value = "rare", "it fits one figure", -1, -1.0

        def fits(self, suspect: Suspect) -> Iterator[Fit]:
            yield from super().fits(suspect) if suspect.figure.value == 0.95 else ()

    monkeypatch.setattr(suspects, "CATALOGUE", (Rare(), *fitting(1)))

    assert [each.named for each in marked("one-neuron", "yhat 0.95").verdicts] == [("rare", "fitting_0")]
    assert marked("one-neuron", "yhat 0.95, L 0.77").verdicts[0].named == ("fitting_0", "rare")


# What is found of a figure, what the sheet declares, whether that is what is found, and whether the figure is refused,
# strictly or not.  Slips are a and, the same on this network, b.
DECLARED = [
    (Status.RIGHT, None, "", False, False, False),
    (Status.ROUNDED, None, "", False, False, True),
    (Status.CUT_OFF, None, "", False, False, True),
    (Status.CARRIED, None, "", False, False, True),
    (Status.WRONG, None, "", False, True, True),
    (Status.UNREAD, None, "", False, True, True),
    (Status.RIGHT, Status.RIGHT, "", True, False, False),
    (Status.ROUNDED, Status.ROUNDED, "", True, False, False),
    (Status.CARRIED, Status.CARRIED, "", True, False, False),
    (Status.WRONG, Status.WRONG, "", True, False, False),
    (Status.WRONG, Status.WRONG, "a", True, False, False),
    (Status.WRONG, Status.WRONG, "b", True, False, False),
    (Status.WRONG, Status.WRONG, "c", False, True, True),
    (Status.UNREAD, Status.UNREAD, "", True, False, False),
    (Status.RIGHT, Status.WRONG, "", False, True, True),
    (Status.RIGHT, Status.ROUNDED, "", False, True, True),
    (Status.CARRIED, Status.WRONG, "a", False, True, True),
    (Status.WRONG, Status.RIGHT, "", False, True, True),
]


@pytest.mark.parametrize(("found", "verdict", "slip", "declared", "refused", "strictly"), DECLARED)
def test_a_sheet_passes_with_what_it_declares(
    found: Status, verdict: Status | None, slip: str, declared: bool, refused: bool, strictly: bool
) -> None:
    claim = Claim(1, "z", "0.25", verdict=verdict, slip=slip)
    suspicions = (Suspicion("a", "it is a", 0.25, ("b",)),) if found is Status.WRONG else ()
    judged = Verdict(claim, found, suspicions=suspicions)
    marking = Marking((judged,))

    assert judged.is_declared is declared
    assert judged.is_missed is (verdict is not None and not declared)
    assert marking.refused() == ((judged,) if refused else ())
    assert marking.refused(strict=True) == ((judged,) if strictly else ())


def test_what_a_sheet_declares_goes_through_marking(marked: Marked) -> None:
    wrong = {"verdict": Status.WRONG}
    entries = [
        Entry("b_new", "0.1000", **wrong, slip="bias_frozen"),
        Entry("b_new", "0.1000", **wrong, slip="summand_left_out"),
        Entry("b_new", "0.1000", **wrong, slip="update_sign"),
        Entry("b_new", "0.1231", **wrong),
    ]
    marking = marked("one-neuron", entries)

    assert [verdict.is_declared for verdict in marking.verdicts] == [True, True, False, False]
    assert marking.refused() == marking.verdicts[2:]
