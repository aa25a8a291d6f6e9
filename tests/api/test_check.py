"""Marking from Python: what may be marked, how it may be given, and what comes back."""

import io
from pathlib import Path

import pytest

from backprop_cli.api import Checked, check, load
from backprop_cli.errors import AnswerError, ConfigError, DivergedError, UsageError
from backprop_cli.grading.entries import Entry
from backprop_cli.grading.marking import Place, Status

CONFIGS = Path(__file__).parents[2] / "configs"
ONE, TWO = CONFIGS / "one-neuron.yaml", CONFIGS / "two-neurons.yaml"
ENTRIES = [Entry("yhat", "0.58"), Entry("dyhat/dz", "0.2436"), Entry("yhta", "0.56")]
FOUND = [Status.WRONG, Status.CARRIED, Status.UNREAD]
YAML = "- yhat: 0.58\n- dyhat/dz: 0.2436\n- yhta: 0.56\n"


def statuses(checked: Checked) -> list[Status]:
    return [verdict.status for verdict in checked.marking.verdicts]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "answers.yaml"
    path.write_text(YAML)
    return path


def test_entries_are_marked_in_their_order() -> None:
    checked = check(ONE, ENTRIES)

    assert statuses(checked) == FOUND
    assert [verdict.claim.number for verdict in checked.marking.verdicts] == [1, 2, 3]
    assert [verdict.claim.name for verdict in checked.marking.verdicts] == ["yhat", "dyhat/dz", "yhta"]
    assert checked.name == "answers"
    assert checked.setup.name == str(ONE)
    assert repr(checked) == "<Marking of answers: 1 of 3 figures right in method>"


def test_a_sheet_is_read_from_a_path_as_text_or_as_a_path(sheet: Path) -> None:
    for given in (sheet, str(sheet)):
        checked = check(ONE, given)

        assert statuses(checked) == FOUND
        assert checked.name == str(sheet)
        assert [verdict.claim.place for verdict in checked.marking.verdicts] == [
            Place(str(sheet), 1, 9),
            Place(str(sheet), 2, 13),
            Place(str(sheet), 3, 9),
        ]


def test_a_sheet_is_read_from_standard_input() -> None:
    checked = check(ONE, "-", stdin=io.StringIO(YAML))

    assert (statuses(checked), checked.name) == (FOUND, "-")


def test_a_tuple_and_a_generator_s_list_are_entries_too() -> None:
    assert statuses(check(ONE, tuple(ENTRIES))) == statuses(check(ONE, list(iter(ENTRIES)))) == FOUND


def test_without_a_sheet_the_figures_of_the_config_are_marked() -> None:
    checked = check(ONE)
    (*_, last) = checked.marking.verdicts

    assert len(checked.marking.verdicts) == 11
    assert checked.name == str(ONE)
    assert (last.claim.name, last.claim.printed, last.claim.slip) == ("b_new", "0.125", "arithmetic")
    assert last.claim.why == "0.1 - 0.1 * (-0.235) is 0.1235"
    assert last.claim.place.line == len(ONE.read_text().splitlines())


def test_the_figures_of_a_config_keep_all_that_they_say() -> None:
    figure = "{source_name: out, name: yhat, step: 2, printed: '1', decimals: 0, verdict: wrong, slip: half, why: no}"
    (verdict,) = check(ONE, settings=[f"figures=[{figure}]"]).marking.verdicts
    claim = verdict.claim

    assert (claim.source_name, claim.name, claim.step, claim.printed) == ("out", "yhat", 2, "1")
    assert (claim.verdict, claim.slip, claim.why) == (Status.WRONG, "half", "no")
    assert verdict.status is Status.RIGHT
    assert verdict.is_missed


def test_no_figures_are_nothing_to_mark() -> None:
    with pytest.raises(UsageError) as error:
        check(CONFIGS / "xor.yaml")

    assert str(error.value) == (
        f"{CONFIGS / 'xor.yaml'} has no figures to mark; give a sheet of answers, or write them under 'figures'"
    )


def test_no_entries_are_a_sheet_without_figures() -> None:
    checked = check(ONE, [])

    assert (checked.marking.verdicts, checked.marking.score) == ((), (0, 0))
    assert repr(checked) == "<Marking of answers: 0 of 0 figures right in method>"


def test_settings_change_what_is_right() -> None:
    figure = [Entry("yhat", "0.6225")]

    assert statuses(check(ONE, figure)) == [Status.WRONG]
    assert statuses(check(ONE, figure, ["network.layers.0.bias=0.35"])) == [Status.RIGHT]


def test_a_config_that_is_read_already_is_marked_as_it_was_read() -> None:
    setup = load(ONE, ["network.layers.0.bias=0.35"])
    checked = check(setup, [Entry("yhat", "0.6225")])

    assert statuses(checked) == [Status.RIGHT]
    assert checked.setup is setup


def test_settings_beside_a_config_that_is_read_already_are_refused() -> None:
    with pytest.raises(UsageError, match=r"^settings are for a config that is still to be read"):
        check(load(ONE), ENTRIES, ["training.steps=2"])


def test_marking_twice_gives_the_same() -> None:
    assert check(TWO).marking == check(TWO).marking


def test_names_follow_the_config_s_notation_and_its_own_names() -> None:
    settings = ["notation=zero_based", "names={first: w1, E: L}"]
    entries = [Entry("z1", "0.25"), Entry("first", "0.3"), Entry("E", "0.38"), Entry("dE/dfirst", "-0.0050")]

    assert statuses(check(TWO, entries, [*settings, "figures=[]", "report.digits={}"])) == [Status.RIGHT] * 4


# What cannot be marked, and what is raised.
BROKEN = [
    ("- yhat: 0.58\n- yhat\n", AnswerError, "a figure must be a pair of name and figure"),
    ("- {name: yhat, figure: 1}\n", AnswerError, "figure: unknown key; did you mean 'printed'?"),
    ("", AnswerError, "answers.yaml"),
]


@pytest.mark.parametrize(("text", "kind", "message"), BROKEN)
def test_a_sheet_that_is_not_valid_says_what_is_wrong(
    tmp_path: Path, text: str, kind: type[Exception], message: str
) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(text)
    with pytest.raises(kind) as error:
        check(ONE, path)

    assert message in str(error.value)


def test_a_sheet_that_does_not_exist_is_not_valid(tmp_path: Path) -> None:
    with pytest.raises(AnswerError, match=r"missing\.yaml"):
        check(ONE, tmp_path / "missing.yaml")


def test_data_without_targets_cannot_be_marked(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("network: {inputs: 1, layers: [{units: 1}]}\ndata: {inputs: [1]}\n")
    with pytest.raises(ConfigError, match=r"data\.targets is missing"):
        check(path, ENTRIES)


def test_a_run_that_diverges_before_a_step_of_the_sheet_says_where() -> None:
    settings = ["network.layers.0.activation=identity", "optimizer.learning_rate=1e200"]

    assert statuses(check(ONE, [Entry("z", "0.25")], settings)) == [Status.RIGHT]
    with pytest.raises(DivergedError, match=r"^L is inf in step 2; training stopped before the update of that step"):
        check(ONE, [Entry("z", "0.25"), Entry("z", "0.25", step=40)], settings)


def test_a_name_that_is_not_read_keeps_no_other_of_its_step_from_being_marked() -> None:
    checked = check(ONE, [Entry("yhta", "1", step=3), Entry("yhat", "0.5762", step=3)])

    assert statuses(checked) == [Status.UNREAD, Status.RIGHT]
