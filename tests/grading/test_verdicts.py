"""Each way to a verdict, and each border between two, on the smallest sheet that shows it."""

from collections.abc import Callable

import pytest

from backprop_cli.grading.entries import Entry
from backprop_cli.grading.judge import Judge
from backprop_cli.grading.marking import Marking, Status

Marked = Callable[..., Marking]

# The letter of each verdict; a star where a step between that is not written was rounded.
LETTERS = {
    "=": Status.RIGHT,
    "r": Status.ROUNDED,
    "c": Status.CUT_OFF,
    ">": Status.CARRIED,
    "x": Status.WRONG,
    "?": Status.UNREAD,
}

# True values of the one neuron: z 0.25, yhat 0.562177, L 0.439756, dL/dyhat -0.937823, dyhat/dz 0.246134,
# dL/dw -0.115415, dL/db -0.230830, w_new 0.311542, b_new 0.123083; at step 2 z 0.278854, yhat 0.569265, L 0.433134.
# Of the two neurons: z2 0.25, a2 0.562177, z3 0.512435, yhat 0.625377, L 0.382483, dL/dyhat -0.874623,
# dyhat/dz3 0.234281, da2/dz2 0.246134, dL/dw2 -0.115194, dL/db2 -0.204907, dL/dw1 -0.005043, w2_new 0.211519.
SHEETS = [
    # 1: right, at either side of a tie, whatever was written before
    ("one-neuron", "z 0.25, yhat 0.56, L 0.44, dL/dyhat -0.94, dyhat/dz 0.25, dL/dw -0.115", "= = = = = ="),
    ("one-neuron", "z 0.2, z 0.3", "= ="),
    ("one-neuron", "yhat 0.58, L 0.44, dL/dyhat -0.94", "x = ="),
    # 2: the figures before exactly as they are written; the true value would give -0.115 and -0.231
    ("one-neuron", "dL/dyhat -0.94, dyhat/dz 0.25, dL/dw -0.118, dL/db -0.235", "= = r r"),
    ("one-neuron", "dL/dyhat -0.94, dyhat/dz 0.25, dL/dw -0.117", "= = r"),
    ("one-neuron", "yhat 0.58, dyhat/dz 0.2436", "x >"),
    ("one-neuron", "yhat 0.58, dyhat/dz 0.2436, dL/dw -0.1121, w_new 0.31121", "x > > >"),
    # 3: cut off, with two digits, or with the sheet's usual decimals
    ("one-neuron", "yhat 0.5621, L 0.4397", "c c"),
    ("one-neuron", "yhat 0.5621, dyhat/dz 0.2461, dL/dw 0.1, dL/dyhat -0.9378", "c = x ="),
    ("one-neuron", "yhat 0.5", "c"),
    ("one-neuron", "yhat 0.5, z 0.25, L 0.44", "x = ="),
    ("one-neuron", "dL/dyhat -0.93", "c"),
    ("one-neuron", "dL/dyhat 0.93", "x"),
    # What was cut off is sound: what follows from it is rounded
    ("one-neuron", "yhat 0.5621, L 0.43983", "c r"),
    # 4: within what the figures before may have been: yhat from 0.56 to 0.562177, and so the slope from 0.24613 on
    ("one-neuron", "yhat 0.56, dyhat/dz 0.2462", "= r"),
    ("one-neuron", "yhat 0.56, dyhat/dz 0.2463", "= r"),
    ("one-neuron", "yhat 0.56, dyhat/dz 0.2464", "= r"),
    ("one-neuron", "yhat 0.56, dyhat/dz 0.2465", "= x"),
    ("one-neuron", "yhat 0.56, dyhat/dz 0.2460", "= x"),
    # 5: as written, and cut; the input is yhat itself, 0.562177 at most 0.5625
    ("one-neuron", "yhat 0.58, dyhat/dz 0.243", "x >"),
    ("one-neuron", "yhat 0.565, L 0.4371", "x >"),
    # 6: within what a wrong figure may have been: from 0.575 to 0.585, and so the slope from 0.2428 to 0.2444
    ("one-neuron", "yhat 0.58, dyhat/dz 0.2440", "x >"),
    ("one-neuron", "yhat 0.58, dyhat/dz 0.2429", "x >"),
    ("one-neuron", "yhat 0.58, dyhat/dz 0.2450", "x x"),
    # A wrong figure and, once corrected, the right one: either may be carried on
    ("two-neurons", "a2 0.60, a2 0.56, z3 0.520, yhat 0.6271", "x = > >"),
    ("two-neurons", "a2 0.56, a2 0.65, z3 0.512, z3 0.53, yhat 0.6253, yhat 0.6295", "= x = > r >"),
    # 7: restated as before
    ("one-neuron", "yhat 0.58, yhat 0.58", "x x"),
    ("one-neuron", "yhat 0.58, yhat 0.580", "x x"),
    ("one-neuron", "yhat 0.58, dyhat/dz 0.2436, yhat 0.56, dyhat/dz 0.2436", "x > = >"),
    ("one-neuron", "dL/dyhat -0.94, dyhat/dz 0.25, dL/db -0.235, yhat 0.5622, dL/db -0.235", "= = r = r"),
    # ... but 0.60 is not 0.6
    ("one-neuron", "yhat 0.6, yhat 0.60", "= r"),
    ("one-neuron", "yhat 0.60, yhat 0.6", "x ="),
    # 8: -0.94 and 0.25 are not written down
    ("one-neuron", "z 0.25, yhat 0.56, dL/dw -0.118", "= = r*"),
    ("one-neuron", "z 0.25, yhat 0.58, dL/dw -0.110", "= x >*"),
    ("one-neuron", "z 0.25, yhat 0.56, dL/dw -0.121", "= = x"),
    # Wrong, and what is right after it
    ("one-neuron", "yhat 0.58, dyhat/dz 0.30, dL/db -0.276, dL/dw -0.138, w_new 0.3115", "x x > > ="),
    # Equal forms: the slope of z by the weight is the activation, the bias's gradient the error of the neuron
    ("two-neurons", "dz3/dw2 0.60, z3 0.5200", "x >"),
    ("two-neurons", "dz3/da2 0.3, dL/da2 -0.0615", "x >"),
    ("two-neurons", "dL/db2 -0.25, dL/dw2 -0.1405, dL/da2 -0.05, dL/db1 -0.0123, dL/dw1 -0.0062", "x > > > >"),
    ("two-neurons", "dL/db2 -0.25, dL/dz3 -0.25", "x x"),
    ("two-neurons", "dyhat/da2 0.08, dL/da2 -0.06997", "x >"),
    ("two-neurons", "dL/dw2 -0.13, w2_change 0.013, w2_new 0.213", "x > >"),
    ("two-neurons", "w2_change 0.03, w2_new 0.23", "x >"),
    # One output: its share is the loss
    ("one-neuron", "L_1 0.45, L 0.45", "x x"),
    ("one-neuron", "L_1 0.44, L 0.4398", "= ="),
    # Given quantities, miscopied
    ("one-neuron", "w 0.3, x 0.5, b 0.1, y 1.5", "= = = ="),
    ("one-neuron", "x 0.6, z 0.28, yhat 0.5695", "x > >"),
    ("one-neuron", "y 1, L 0.0958, dL/dyhat -0.438", "x > >"),
    ("one-neuron", "eta 0.2, dL/dw -0.1154, w_new 0.3231", "x = >"),
    # Steps that follow from steps that are written, and from those that are not
    ("one-neuron", "w_new 0.3115, b_new 0.1231, #2 z 0.2789, yhat 0.5693, L 0.4331", "= = = = ="),
    ("one-neuron", "w_new 0.31, b_new 0.12, #2 z 0.275, yhat 0.5683", "= = r r"),
    ("one-neuron", "w_new 0.35, b_new 0.1231, #2 z 0.2981, yhat 0.5740, w_new 0.3613", "x = > > >"),
    ("one-neuron", "b_new 0.2231, #2 b 0.2231, z 0.3789", "x > >"),
    ("one-neuron", "w_new 0.35, #2 z 0.2981, #3 z 0.3262", "x > >"),
    ("one-neuron", "#2 z 0.2789, yhat 0.5693, #3 yhat 0.5762", "= = ="),
    ("one-neuron", "#2 z 0.35, yhat 0.5866, #3 yhat 0.5762", "x > ="),
    ("one-neuron", "w_new 0.35, #4 z 0.3356", "x ="),
    # Step 1 is written, but not that from which step 2 follows
    ("one-neuron", "z 0.35, #2 z 0.3789, yhat 0.5936", "x x >"),
    # A degenerate sheet
    ("one-neuron", "z 0, yhat 0, L 0, dL/dw 0", "x x x x"),
    ("one-neuron", "z 0.0, yhat 0.0, L 0.0, dL/dw 0.0", "x x x x"),
    ("one-neuron", "z 0.25, yhat 0.25, dyhat/dz 0.25, L 0.25", "= x = x"),
    ("one-neuron", "yhat 0.5, dyhat/dz 0.25, dL/dyhat -1.0", "c = r"),
    ("two-neurons", "dz2/db1 1, dz3/db2 1, dz2/db1 1, dz3/db2 1", "= = = ="),
    ("two-neurons", "z2 1, a2 1, z3 1, yhat 1", "x x x x"),
    # Names that do not exist, and figures that are none
    ("one-neuron", "yhta 0.56, yhat 0.5x6, yhat 0.56, L nan", "? ? = ?"),
    # Mazur's network
    ("mazur", "z2_1 0.3775, a2_1 0.59, z3_1 1.1046, L_1 0.2748", "= = r ="),
    ("mazur", "dL/dz3_1 0.1385, dL/dz3_2 -0.0381, dL/da2_1 0.0364, dL/dw1_1_1 0.00044", "= = = ="),
    (
        "mazur",
        "dL/dz3_1 0.20, dL_1/da2_1 0.08, dL_2/da2_1 -0.0190, dL/da2_1 0.0610, dL/dw1_1_1 0.000736, w2_1_1_new 0.3407",
        "x > = > > >",
    ),
    ("mazur", "L_1 0.3, L_2 0.02, L 0.32", "= = r"),
    ("mazur", "L_1 0.37, L_2 0.0236, L 0.3936", "x = >"),
    # Softmax: the exponentials over their sum, written or not; the shortcut, or the product of both slopes
    ("softmax", "e2_1 0.61, e2_2 1.65, yhat_1 0.2699, yhat_2 0.7301", "= = r r"),
    ("softmax", "e2_1 0.71, e2_2 1.65, s2 2.36, yhat_1 0.3008, L 1.2013, dL/dz2_1 -0.6992", "x = > > > >"),
    ("softmax", "e2_1 0.71, e2_2 1.65, yhat_1 0.3008", "x = >"),
    ("softmax", "s2 3.26, yhat_1 0.1861", "x >"),
    ("softmax", "yhat_1 0.3, dL/dyhat_1 -3.33, dyhat_1/dz2_1 0.21, dL/dz2_1 -0.699", "= r r r"),
    # Two samples
    ("batch", "yhat@1 0.59, L@1 0.3481, L@2 0.1425, L 0.2453", "x > = >"),
    ("batch", "dL/dw@1 0.14, dL/dw@2 -0.18, dL/dw -0.02, w_new 0.41", "= = = ="),
    ("batch", "dL/dw@1 0.14, dL/dw@2 -0.17, dL/dw -0.015", "= c r"),
    ("batch", "dL/db@1 0.38, dL/dw@1 0.19, dL/dw 0.0063, w_new 0.3969", "x > > >"),
    ("batch", "z 0.3, z@3 0.3, yhat@1 0.5744", "? ? ="),
    # What an optimizer remembers
    ("adam", "dL/dw -0.0600, m:w -0.006, v:w 0.0000036, mhat:w -0.06, vhat:w 0.0036, w_new 0.4", "x > > > > ="),
    ("adam", "m:w -0.0154, #2 m:w_old -0.0154, m:w -0.0187", "x > >"),
]  # fmt: skip

NAMES = "names={err_o: -dL/dz3, err_h: -dL/dz2, residual: yhat - y, part: w2 * a2, gap: 1 / (x - 0.5), twice: 2 * a2}"
# Sheets with names of the reader's own for expressions of the two neurons.
OWN = [
    ("err_o 0.2049, err_h 0.0101", "= ="),
    ("err_o 0.25, dL/dw2 -0.1405, err_h 0.0123, dL/dw1 -0.0062", "x > > >"),
    ("dL/dz3 -0.25, err_o 0.25, dL/dw2 -0.1405", "x > >"),
    ("residual -0.80, L 0.3200, dL/dyhat -0.80", "x > >"),
    ("part 0.20, z3 0.60, yhat 0.6457", "x > >"),
    ("part 0.11, z3 0.5100", "= r"),
    ("twice 1.3, a2 0.65, z3 0.53", "x > >"),
    # What divides by zero has no right figure
    ("gap 3, a2 0.56", "? ="),
]


def letters(marking: Marking) -> str:
    names = {status: letter for letter, status in LETTERS.items()}
    return " ".join(names[verdict.status] + "*" * verdict.hidden for verdict in marking.verdicts)


def hold_promises(marking: Marking) -> None:
    """Hold what every marking promises."""
    found = {verdict.claim.number: verdict for verdict in marking.verdicts}
    for number, verdict in found.items():
        is_unread, is_wrong = verdict.status is Status.UNREAD, verdict.status is Status.WRONG
        assert (verdict.true is None) == is_unread
        assert bool(verdict.claim.trouble) == is_unread
        assert bool(verdict.roots) == (verdict.status is Status.CARRIED)
        assert all(root < number and found[root].status is Status.WRONG for root in verdict.roots)
        assert is_wrong or (not verdict.suspicions and not verdict.effects)
        assert len(verdict.suspicions) <= 3
        assert len(set(verdict.named)) == len(verdict.named)
        assert verdict.effects == sum(number in other.roots for other in found.values())
    assert sum(marking.counts.values()) == len(found) == marking.score[1]
    assert marking.score[0] == len(found) - marking.counts[Status.WRONG] - marking.counts[Status.UNREAD]


@pytest.mark.parametrize(("network", "sheet", "expected"), SHEETS)
def test_each_figure_has_its_verdict(marked: Marked, network: str, sheet: str, expected: str) -> None:
    marking = marked(network, sheet)

    assert letters(marking) == expected
    hold_promises(marking)


@pytest.mark.parametrize(("sheet", "expected"), OWN)
def test_a_line_may_be_followed_through_a_name_of_the_reader_s_own(marked: Marked, sheet: str, expected: str) -> None:
    marking = marked("two-neurons", sheet, NAMES)

    assert letters(marking) == expected
    hold_promises(marking)


# A sheet, and for each of its figures the numbers of the wrong ones that it rests on.
ROOTS = [
    ("one-neuron", "x 0.6, w 0.35, z 0.31, yhat 0.5769", [(), (), (1, 2), (1, 2)]),
    ("two-neurons", "a2 0.60, z3 0.52, yhat 0.6271, yhat 0.67, L 0.3445", [(), (1,), (1,), (), (4,)]),
    ("one-neuron", "yhat 0.58, dyhat/dz 0.2436, dyhat/dz 0.25, dL/db -0.235", [(), (1,), (), ()]),
]


@pytest.mark.parametrize(("network", "sheet", "roots"), ROOTS)
def test_what_is_carried_names_the_wrong_figures_it_rests_on(
    marked: Marked, network: str, sheet: str, roots: list[tuple[int, ...]]
) -> None:
    marking = marked(network, sheet)

    assert [tuple(sorted(verdict.roots)) for verdict in marking.verdicts] == roots
    hold_promises(marking)


# A name and a figure, and why they are not read.
UNREAD = [
    ("one-neuron", "yhta", "0.56", "'yhta': no such quantity; did you mean 'yhat'?"),
    ("one-neuron", "w_3", "1", "'w_3': the 'to' index of w is the neuron of layer 2 (only 1), not 3"),
    ("one-neuron", "z@2", "1", "'z@2': there is no sample 2; the data has 1 sample"),
    ("one-neuron", "yhat", "about 1", "this is not a number; write its digits, as 0.25, 1e-4 or 3.5×10⁻⁵"),
    ("one-neuron", "yhat", "1e400", "this is not a number; write its digits, as 0.25, 1e-4 or 3.5×10⁻⁵"),
    ("batch", "z", "0.3", "'z': it has a value for each of the step's 2 samples; say which, as z@1"),
    ("batch", "L@3", "0.3", "'L@3': there is no sample 3; the data has 2 samples"),
    ("adam", "m(w1)", "0.3", "'m(w1)': this is named m:w1"),
]


@pytest.mark.parametrize(("network", "name", "figure", "trouble"), UNREAD)
def test_what_is_not_understood_is_unread_and_says_why(
    marked: Marked, network: str, name: str, figure: str, trouble: str
) -> None:
    (verdict,) = marked(network, [Entry(name, figure)]).verdicts

    assert (verdict.status, verdict.claim.trouble) == (Status.UNREAD, trouble)


def test_what_overflows_as_it_is_taught_is_unread(marked: Marked) -> None:
    big = "network.layers.0.weights=[[800, 0], [0, 0]]"
    marking = marked("softmax", "z2_1 800.1, e2_1 3, yhat_1 1", big)

    assert letters(marking) == "= ? ?"
    assert marking.verdicts[1].claim.trouble.startswith("e2_1 has no finite value by its formula as it is taught")


# How many decimals an entry says that a figure has, and the verdict: z is 0.25, yhat 0.562177.
DECIMALS = [
    ("yhat", "1", None, Status.WRONG),
    ("yhat", "1", 0, Status.RIGHT),
    ("yhat", "0.60", None, Status.WRONG),
    ("yhat", "0.60", 1, Status.RIGHT),
    ("yhat", "0.6", 2, Status.WRONG),
    ("yhat", "0.56", 4, Status.WRONG),
    ("z", "0", None, Status.WRONG),
    ("z", "0", 0, Status.RIGHT),
]


@pytest.mark.parametrize(("name", "figure", "decimals", "status"), DECIMALS)
def test_an_entry_may_say_how_coarse_its_figure_is(
    marked: Marked, name: str, figure: str, decimals: int | None, status: Status
) -> None:
    # So that a single digit stands among decimals.
    beside = [Entry("L", "0.4398"), Entry("dL/dw", "-0.1154")]
    verdict = marked("one-neuron", [*beside, Entry(name, figure, decimals=decimals)]).verdicts[-1]

    assert verdict.status is status


def test_the_sample_may_stand_beside_the_name(marked: Marked) -> None:
    entries = [Entry("yhat", "0.5744", sample=1), Entry("yhat", "0.6225", sample=2), Entry("yhat@1", "0.5", sample=2)]

    assert letters(marked("batch", entries)) == "= = ?"


def test_the_own_value_of_a_line_is_what_it_gives_at_the_figures_as_they_are_written(marked: Marked) -> None:
    verdicts = marked("one-neuron", "yhat 0.58, dyhat/dz 0.2436, dL/dyhat -0.92, dL/db -0.224, w 0.3").verdicts

    assert [verdict.own for verdict in verdicts] == pytest.approx([None, 0.2436, -0.92, -0.224112, None])
    assert [verdict.true for verdict in verdicts[:2]] == pytest.approx([0.5621765008857981, 0.24613408273759835])


def test_the_order_of_a_sheet_is_the_order_of_its_thoughts(marked: Marked) -> None:
    assert letters(marked("one-neuron", "dyhat/dz 0.2436, yhat 0.58")) == "x x"
    assert letters(marked("one-neuron", "yhat 0.58, dyhat/dz 0.2436")) == "x >"


def test_an_empty_sheet_is_marked_as_one(marked: Marked) -> None:
    marking = marked("one-neuron", [])

    assert (marking.verdicts, marking.score, marking.roots, marking.refused()) == ((), (0, 0), (), ())


def test_the_band_of_a_figure_is_made_once(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    make = Judge._make_band
    monkeypatch.setattr(Judge, "_make_band", lambda judge, number: (made.append(number), make(judge, number))[1])

    marked("one-neuron", "yhat 0.58, dyhat/dz 0.2429, dL/dyhat -0.921, dL/db -0.2239, #2 z 0.2789, yhat 0.57")

    assert made
    assert len(made) == len(set(made))
