"""Answer sheets are read in every format that people write them in; what is wrong is told at once, where it stands."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backprop_cli.documents.figures import read_figure
from backprop_cli.errors import AnswerError
from backprop_cli.grading import answers
from backprop_cli.grading.answers import Entry, read_answers
from backprop_cli.grading.marking import Place, Status

FOLDER = Path(__file__).parent.parent / "fixtures" / "bad_answers"
BROKEN = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".expected")


def read(folder: Path, name: str, content: str | bytes) -> tuple[Entry, ...]:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_answers(folder / name)


def without_places(entries: tuple[Entry, ...]) -> list[Entry]:
    return [
        Entry(
            each.name, each.printed, each.step, each.sample, each.decimals,
            each.verdict, each.slip, each.why, each.source_name,
        )
        for each in entries
    ]  # fmt: skip


def from_stdin(content: str | bytes) -> tuple[Entry, ...]:
    data = content if isinstance(content, bytes) else content.encode()
    return read_answers("-", stdin=io.BytesIO(data))


TWO = [Entry("z", "0.30"), Entry("dL/dw", "−0,94")]
SHORT = {
    "list.yaml": "- z: 0.30\n- dL/dw: −0,94\n",
    "flow.yml": "[{z: 0.30}, {dL/dw: '−0,94'}]\n",
    "mapping.yaml": "z: 0.30\ndL/dw: −0,94\n",
    "long.yaml": "- {name: z, printed: 0.30}\n- name: dL/dw\n  printed: −0,94\n",
    "mixed.yaml": "- z: 0.30\n- {name: dL/dw, printed: '−0,94'}\n",
    "bom.yaml": "\ufeff- z: 0.30\r\n- dL/dw: −0,94\r\n",
    "figures.yaml": "figures:\n  - z: 0.30\n  - dL/dw: −0,94\n",
    "answers.yaml": "answers:\n  z: 0.30\n  dL/dw: −0,94\n",
    "list.json": '[{"z": 0.30}, {"dL/dw": "−0,94"}]',
    "mapping.json": '{"z": 0.30, "dL/dw": "−0,94"}',
    "long.json": '[{"name": "z", "printed": 0.30}, {"name": "dL/dw", "printed": "\\u22120,94", "sample": null}]',
    "figures.json": '{"figures": {"z": "0.30", "dL/dw": "−0,94"}}',
    "header.csv": 'name,printed\nz,0.30\ndL/dw,"−0,94"\n',
    "value.csv": 'Value,Name\n0.30,z\n"−0,94",dL/dw\n',
    "plain.csv": 'z,0.30\ndL/dw,"−0,94"\n',
    "spaced.csv": '\n z , 0.30 \n\n dL/dw , "−0,94" \n,,\n',
    "bom.csv": '\ufeffname,figure\r\nz,0.30\r\ndL/dw,"−0,94"\r\n',
    "semicolon.csv": "name;answer;;\nz;0.30;;\ndL/dw;−0,94;;\n",
    "header.tsv": "name\tprinted\nz\t0.30\ndL/dw\t−0,94\n",
    "plain.TAB": "z\t0.30\ndL/dw\t−0,94\n",
    "yaml.txt": "# mine\n- z: 0.30\n- dL/dw: −0,94\n",
    "table.txt": "z;0.30\ndL/dw;−0,94\n",
    "nothing": '[{"z": 0.30}, {"dL/dw": "−0,94"}]',
}


@pytest.mark.parametrize("name", SHORT)
def test_every_format_gives_the_same_entries(name: str, tmp_path: Path) -> None:
    assert without_places(read(tmp_path, name, SHORT[name])) == TWO


@pytest.mark.parametrize("name", SHORT)
def test_standard_input_takes_every_format(name: str) -> None:
    assert without_places(from_stdin(SHORT[name])) == TWO


FULL = [
    Entry("z@2", "3.5×10⁻⁵", 3, 2, 0, Status.CUT_OFF, "", 'He wrote "z".\nTwice.', "net"),
    Entry("yhat", "1", 1, None, None, Status.UNREAD, "sign"),
]
LONG = {
    "full.yaml": '- {name: z@2, printed: 3.5×10⁻⁵, step: 3, sample: 2, decimals: 0, verdict: cut_off,\n'
    '   why: "He wrote \\"z\\".\\nTwice.", source_name: net}\n'
    "- {name: yhat, printed: 1, verdict: unread, slip: sign, why: , sample: ~}\n",
    "full.json": json.dumps([
        {"name": "z@2", "printed": "3.5×10⁻⁵", "step": 3, "sample": 2, "decimals": 0, "verdict": "cut_off",
         "why": 'He wrote "z".\nTwice.', "source_name": "net"},
        {"name": "yhat", "printed": 1, "verdict": "unread", "slip": "sign", "step": None},
    ]),
    "full.csv": "why,name,printed,step,sample,decimals,verdict,slip,source_name\n"
    '"He wrote ""z"".\nTwice.",z@2,3.5×10⁻⁵,3,2,0,cut_off,,net\n'
    ",yhat,1,,,,unread,sign,\n",
    "short.tsv": "name\tprinted\tverdict\tslip\tstep\tsample\tdecimals\tsource_name\twhy\n"
    'z@2\t3.5×10⁻⁵\tcut_off\t\t3\t2\t0\tnet\t"He wrote ""z"".\nTwice."\n'
    "yhat\t1\tunread\tsign\n",
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_every_key_is_read(name: str, tmp_path: Path) -> None:
    assert without_places(read(tmp_path, name, LONG[name])) == FULL


def test_one_mapping_with_a_name_is_one_figure(tmp_path: Path) -> None:
    assert without_places(read(tmp_path, "a.yaml", "name: z\nprinted: 0.30\nstep: 2\n")) == [Entry("z", "0.30", 2)]


@pytest.mark.parametrize(
    ("name", "content", "places"),
    [
        ("a.yaml", "- z: 0.30\n-   name: a\n    printed:  '0.5'\n", [(1, 6), (3, 15)]),
        ("a.json", '[{"z": 0.30},\r\n {"a":\r\n  "\\ud83d\\ude00"}]', [(1, 8), (3, 3)]),
        ("a.csv", 'why,name,printed\n"two\nlines",z, 0.30\n"a,b",a, "0,5"\n', [(3, 11), (4, 10)]),
        ("a.tsv", "z\t0.30\n\na\t0.5\n", [(1, 3), (3, 3)]),
    ],
)
def test_a_figure_knows_where_it_stands(name: str, content: str, places: list[tuple[int, int]], tmp_path: Path) -> None:
    entries = read(tmp_path, name, content)

    assert [entry.place for entry in entries] == [Place(str(tmp_path / name), *place) for place in places]


def test_standard_input_has_a_name() -> None:
    assert from_stdin("- z: 1\n")[0].place == Place("<stdin>", 1, 6)


@pytest.mark.parametrize(
    "figure",
    ["0.30", "-.5", "+.5", "5.", "1e-4", "1E-04", "3.5×10⁻⁵", "3.5 x 10^-5", "−0.94", "0,56", "007", "0x1F",
     ".inf", ".nan", "1_000", "about 3", "1/2", "12:30", "no", "😀", "9" * 80],
)  # fmt: skip
def test_the_text_of_a_figure_is_kept(figure: str, tmp_path: Path) -> None:
    for name, content in {
        "a.yaml": f"- z: {figure}\n", "b.yaml": f"z: {figure}\n", "c.yaml": f"- {{name: z, printed: '{figure}'}}\n",
        "a.json": json.dumps([{"z": figure}]), "b.json": json.dumps({"z": figure}, ensure_ascii=False),
        "a.csv": f'name,printed\nz,"{figure}"\n', "b.tsv": f"z\t{figure}\n",
    }.items():  # fmt: skip
        assert without_places(read(tmp_path, name, content)) == [Entry("z", figure)]


@pytest.mark.parametrize("number", ["0.30", "-1E-04", "12", "0"])
def test_a_number_of_json_keeps_its_text(number: str, tmp_path: Path) -> None:
    assert read(tmp_path, "a.json", f'[{{"z": {number}}}]')[0].printed == number


@pytest.mark.parametrize(
    "name", ["dL/dw_1", "m:w1_2_1", "E total", "the first one!", "7", "𝛿", "yes", "figures", "δ: x"]
)
def test_a_name_may_be_anything(name: str, tmp_path: Path) -> None:
    for file, content in {
        "a.yaml": f"- '{name}': 0.5\n", "b.yaml": f"- {{name: '{name}', printed: 0.5}}\n",
        "a.json": json.dumps({name: 0.5}), "a.csv": f'"{name}",0.5\n', "b.csv": f'name,printed\n"{name}",0.5\n',
    }.items():  # fmt: skip
        assert without_places(read(tmp_path, file, content)) == [Entry(name, "0.5")]


def test_a_name_may_stand_twice_in_a_list(tmp_path: Path) -> None:
    assert without_places(read(tmp_path, "a.yaml", "- z: 1\n- z: 2\n")) == [Entry("z", "1"), Entry("z", "2")]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_sheet_gives_its_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)

    with pytest.raises(AnswerError) as error:
        read_answers(name)

    assert f"exit {error.value.exit_code}\n{error.value}\n" == Path(f"{name}.expected").read_text(encoding="utf-8")


def test_every_expectation_has_its_sheet() -> None:
    assert sorted(path.name.removesuffix(".expected") for path in FOLDER.glob("*.expected")) == BROKEN


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "<stdin>: there is nothing to read: this is empty or holds only comments; write '- name: figure' lines"),
        ("name,printed\n", "<stdin>:1:1: there are no figures under the header; write a row for each"),
        ('[{"z": 0.5}', "<stdin>:1:1: '[' opens here, but it is never closed; close it with ']'"),
        (b"\xff\xfea", "<stdin>: this text is UTF-16, not UTF-8; save it as UTF-8"),
    ],
)
def test_a_broken_sheet_from_standard_input_is_told(content: str | bytes, message: str) -> None:
    with pytest.raises(AnswerError) as error:
        from_stdin(content)

    assert str(error.value).split("\n")[0] == message


@pytest.mark.parametrize("name", ["missing.yaml", "missing.json", "missing.csv", "missing", "missing\0.yaml"])
def test_what_is_no_file_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(AnswerError, match=r"no such file|cannot be the name of a file"):
        read_answers(tmp_path / name)
    with pytest.raises(AnswerError, match="this is a folder"):
        read_answers(tmp_path)


@pytest.mark.parametrize(
    ("name", "row", "head", "foot", "place"),
    [
        ("a.yaml", "- z: 1\n", "", "", "4:3"),
        ("a.json", ',\n{"z": 1}', '[{"z": 1}', "]", "4:2"),
        ("a.csv", "z,1\n", "name,printed\n", "", "5:1"),
    ],
)
def test_there_is_a_limit_on_figures(
    name: str, row: str, head: str, foot: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_ENTRIES", 3)
    rows = 2 if foot else 3

    assert len(read(tmp_path, name, head + row * rows + foot)) == 3
    with pytest.raises(AnswerError) as error:
        read(tmp_path, name, head + row * (rows + 2) + foot)

    message = "this is more than 3 figures, the most that a sheet has; make several of it"
    assert str(error.value).split("\n")[0] == f"{tmp_path / name}:{place}: {message}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.yaml", "- {nam: z, q: 0.30}\n" * 20_000),
        ("a.json", "[" + ", ".join(['{"nam": "z", "q": 1}'] * 20_000) + "]"),
        ("a.csv", "name,printed," + ",".join(f"q{number}" for number in range(100_000))),
        ("b.csv", "name,printed\nx,1" + ",1" * 100_000),
        ("c.csv", "\n" * 2_000_000),
    ],
)
def test_a_large_bad_sheet_is_refused_in_bounded_time(name: str, content: str, tmp_path: Path) -> None:
    with pytest.raises(AnswerError) as error:
        read(tmp_path, name, content)

    assert len(error.value.problems) <= 101


SUFFIXES = st.sampled_from([".yaml", ".json", ".csv", ".tsv", ""])
SHEETS = st.sampled_from([*SHORT.values(), *LONG.values()])
SCRAPS = st.sampled_from([
    "", "\n", "- ", ": ", ",", ";", "\t", '"', "'", "{", "}", "[", "]", "name", "printed", "step", "null", "true",
    "figures: ", "0,5", "1e400", "\x00", "\x1b", "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"), "\\ud83d",
    "&a ", "*a", "!x ", "9" * 5000, "\u2028", "\ufeff", "#",
])  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Draw a good sheet with up to three places in it written over."""
    text = draw(SHEETS)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 6)))
        text = text[:start] + draw(SCRAPS) + text[end:]
    return text.encode()


def assert_whole(entry: Entry) -> None:
    assert entry.name
    assert entry.printed
    assert entry.step >= 1
    assert entry.sample is None or entry.sample >= 1
    assert entry.decimals is None or 0 <= entry.decimals <= 30
    assert entry.verdict is None or isinstance(entry.verdict, Status)
    assert entry.place.line
    assert entry.place.column
    assert not any(ord(letter) < 32 and letter not in "\n\r\t" for letter in f"{entry.name}{entry.printed}{entry.why}")
    read_figure(entry.printed)


@settings(deadline=None, max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=mutated() | st.binary(max_size=100), suffix=SUFFIXES)
def test_any_sheet_ends_in_entries_or_in_problems_with_places(content: bytes, suffix: str, tmp_path: Path) -> None:
    try:
        entries = read(tmp_path, f"sheet{suffix}", content)
    except AnswerError as error:
        assert error.problems  # noqa: PT017  either end is right
        assert all(problem.message for problem in error.problems)  # noqa: PT017
        assert str(error).encode()  # noqa: PT017
    else:
        assert entries
        for entry in entries:
            assert_whole(entry)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 10**20) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4) | st.sampled_from(["wrong", "unread", "0,5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "printed", "step", "sample", "decimals", "verdict", "slip", "why", "figures", "z"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=ANY)
def test_any_json_ends_in_entries_or_in_problems_and_so_does_the_same_yaml(value: Any, tmp_path: Path) -> None:
    text = json.dumps(value, ensure_ascii=False)
    ends = []
    for name in ("a.json", "a.yaml"):
        try:
            ends.append(without_places(read(tmp_path, name, text)))
        except AnswerError:
            ends.append([])

    assert ends[0] == ends[1] or not text.isprintable()
