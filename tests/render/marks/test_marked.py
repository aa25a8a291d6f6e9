"""What a marked sheet says in words, and what it keeps from its readers."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from backprop_cli.grading.marking import Convention, Marking, Status, Suspicion, Verdict
from backprop_cli.render.mark_digits import beside
from backprop_cli.render.mark_scores import MOST_NAMES, listed
from backprop_cli.render.mark_telling import Column, tell
from backprop_cli.render.marked import Marked, Reveal, for_readers, legible
from backprop_cli.render.marks import FORMS

Sheet = Callable[..., Marked]
Written = Callable[..., str]

NAMES = [form.name for form in FORMS]
every_form = pytest.mark.parametrize("form", NAMES)


def telling_numbers(marked: Marked) -> Marked:
    """Let the marker's sentences and the sheet's reasons give away what belongs there."""

    def loud(verdict: Verdict) -> Verdict:
        text = f"{beside(verdict.true, verdict.claim)} or {verdict.own} belongs there, or {verdict.true!r}"
        return replace(
            verdict,
            claim=replace(verdict.claim, why=text),
            suspicions=(Suspicion("slip", f"after step 12, {text}", verdict.true),) if verdict.suspicions else (),
        )

    marking = marked.marking
    truths = ", ".join(str(verdict.true) for verdict in marking.verdicts)
    about = tuple(replace(each, sentence=f"all for {truths}") for each in marking.conventions)
    return replace(marked, marking=Marking(tuple(map(loud, marking.verdicts)), about))


def digits_of(text: str) -> str:
    """Give the digits of a number without the point and the zeros in front of them."""
    return text.replace("-", "").replace(".", "").lstrip("0")


def secrets(marked: Marked) -> set[str]:
    """Give what nobody is to see: true and own values, rounded and cut, where they say more than was written."""
    own = " ".join(digits_of(verdict.claim.printed) for verdict in marked.marking.verdicts)
    found = set()
    for verdict in marked.marking.verdicts:
        for value in filter(None, (verdict.true, verdict.own)):
            rounded = digits_of(beside(value, verdict.claim))
            found |= {rounded, digits_of(f"{value:.20f}")[: len(rounded)]}
    return {digits for digits in found if len(digits) > 2 and digits not in own}


@every_form
@pytest.mark.parametrize("name", ["two-neurons", "mazur", "declared"])
def test_true_values_are_kept_from_those_who_are_not_to_see_them(
    form: str, name: str, sheet: Sheet, written: Written
) -> None:
    marked = telling_numbers(sheet(name))
    text = written(replace(marked, reveal=Reveal.NEVER), form, width=200).replace(".", "")
    shown = written(marked, form, width=200).replace(".", "")

    assert len(secrets(marked)) >= len(marked.marking.verdicts) - 1
    assert {digits for digits in secrets(marked) if digits in text} == set()
    assert any(digits in shown for digits in secrets(marked)) or form == "github"


@every_form
def test_what_is_wrong_alone_may_be_shown(form: str, sheet: Sheet, written: Written) -> None:
    text = written(sheet("two-neurons", reveal=Reveal.WRONG), form, width=200)

    assert "0.23428" in text  # dyhat/dz3, which is wrong
    assert "0.420" in text  # b2_new, too
    assert "0.3824" not in text  # L, which is right
    assert "0.3825" not in text
    assert "0.1151" not in text  # dL/dw2, which is carried
    assert "0.1028" not in text


def test_no_column_is_left_of_what_is_kept(sheet: Sheet) -> None:
    columns = tell(sheet("two-neurons", reveal=Reveal.NEVER)).columns

    assert columns == (Column.FIGURE, Column.WRITTEN, Column.VERDICT, Column.NOTE)


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("the input stands where a2_1 belongs", "the input stands where a2_1 belongs"),
        ("z3 is 0.512 at step 12", "z3 is … at step 12"),
        ("0.56 is an activation", "0.56 is an activation"),
        ("it is −0.25, 1e-05, 3.5×10⁻⁵ or .5", "it is …, …, … or …"),
        ("multiplied by 4 and not by 2", "multiplied by … and not by 2"),
    ],
)
def test_hints_are_kept_without_the_numbers_that_give_values_away(sentence: str, kept: str, sheet: Sheet) -> None:
    marked = sheet("two-neurons", reveal=Reveal.NEVER)
    figure = replace(marked.marking.verdicts[10], true=4.0, suspicions=(Suspicion("slip", sentence, 0.5),))
    (shown,) = for_readers(replace(marked, marking=Marking((figure,)))).marking.verdicts

    assert shown.suspicions == (Suspicion("slip", kept, None),)
    assert shown.claim.why == ""


def test_a_reason_is_kept_whole_or_not_at_all(sheet: Sheet) -> None:
    whys = {
        figure.label: figure.verdict.claim.why for figure in tell(sheet("two-neurons", reveal=Reveal.NEVER)).figures
    }

    assert whys["dyhat/dz3"] == ""
    assert whys["dz3/dw2"] == "x used where a2 belongs"


@every_form
def test_every_figure_is_in_every_form(form: str, sheet: Sheet, written: Written) -> None:
    for name in ("two-neurons", "mazur", "all right", "declared", "one"):
        marked = sheet(name, strict=True)
        report, text = tell(marked), written(marked, form, width=60)
        refused = [figure for figure in report.figures if figure.refused or form not in {"github", "junit"}]

        assert all(figure.verdict.claim.printed in text for figure in refused)


def test_figures_of_one_name_are_told_apart(sheet: Sheet) -> None:
    labels = [figure.label for figure in tell(sheet("two-neurons")).figures]

    assert labels.count("z3") == labels.count("z3 (2nd)") == 1
    assert [figure.label for figure in tell(sheet("mazur")).figures][-2:] == ["L of step 10001", "yhat_1 of step 10001"]


@pytest.mark.parametrize(
    ("name", "score"),
    [
        (
            "two-neurons",
            "12 of 17 figures are right in method: 7 right, 1 rounded, 1 cut off, 3 carried; 4 wrong, 1 unread",
        ),
        ("all right", "6 of 6 figures are right in method: 6 right"),
        ("one", "1 of 1 figure is right in method: 1 right"),
        ("none", "There are no figures to mark."),
    ],
)
def test_the_score_is_told_in_a_line(name: str, score: str, sheet: Sheet) -> None:
    assert tell(sheet(name)).score == score


def test_what_a_strict_marker_refuses_is_told(sheet: Sheet) -> None:
    assert tell(sheet("two-neurons")).endings == ()
    assert tell(sheet("two-neurons", strict=True)).endings == (
        "Strictly marked, these do not pass, either: 1 rounded, 1 cut off, 3 carried",
    )


def test_what_the_sheet_declares_is_compared(sheet: Sheet) -> None:
    assert tell(sheet("declared")).endings == ("The 3 declared verdicts were all found",)
    assert tell(sheet("mazur")).endings == (
        "2 of 4 declared verdicts were not found: w1_1_2_new, yhat_1 of step 10001",
    )


def test_many_names_are_counted() -> None:
    names = [f"z{number}" for number in range(MOST_NAMES + 2)]

    assert listed(names) == ", ".join(names[:MOST_NAMES]) + " and 2 more"


def test_roots_come_with_what_they_carried(sheet: Sheet) -> None:
    assert tell(sheet("two-neurons")).roots[0] == (
        "dz3/dw2",
        ("the input of the network stands where an activation belongs; 2 later figures follow from it: dL/dw2, w2_new"),
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("m̂ ŷ ∂L/∂w", "m̂ ŷ ∂L/∂w"),
        ("a\tb\r\nc  d", "a b c d"),
        ("\x1b[31mred\x00", "\ufffd[31mred\ufffd"),
        ("\u202e\ud800\ufffe", "\ufffd\ufffd\ufffd"),
    ],
)
def test_what_cannot_be_shown_has_a_stand_in(text: str, shown: str) -> None:
    assert legible(text) == shown


@every_form
def test_hostile_text_can_be_written_everywhere(form: str, sheet: Sheet, written: Written) -> None:
    text = written(sheet("hostile"), form)

    assert text.encode("utf-8")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ufffe]", text)


@every_form
def test_the_same_sheet_gives_the_same_bytes(form: str, each: Marked, written: Written) -> None:
    assert written(each, form) == written(each, form)


def test_the_verdicts_of_the_document_are_those_of_the_marking(each: Marked, written: Written) -> None:
    document = json.loads(written(each, "json"))
    counts = document["counts"]

    assert sum(counts.values()) == len(document["verdicts"]) == document["score"]["figures"]
    assert list(counts) == [status.value for status in Status]
    assert document["passes"] is not any(verdict["refused"] for verdict in document["verdicts"])


def test_a_convention_that_explains_no_figure_of_the_sheet_is_told(sheet: Sheet) -> None:
    marked = sheet("one")
    about = (Convention("mean", "these are means", ()),)

    assert tell(replace(marked, marking=replace(marked.marking, conventions=about))).conventions == ("these are means",)
