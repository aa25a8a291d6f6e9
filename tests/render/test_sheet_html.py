"""HTML: well-formed, for every reader and every width, and a browser shows every number."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from backprop_cli.api import Explanation, explain
from backprop_cli.render.notation import UNICODE
from backprop_cli.render.symbols import UnicodeScript
from backprop_cli.render.telling import Teller
from backprop_cli.worksheet.places import Kind

ROOT = Path(__file__).parents[2]
Sheets = Callable[..., Explanation]
VOID = {"meta", "wbr"}
NEURON = """network: {inputs: 1, layers: [{units: 1, activation: sigmoid, weights: [[0.3]], bias: [0.1]}]}
data: {inputs: [[0.5]], targets: [[1.5]]}
loss: half_sse
optimizer: {name: sgd, learning_rate: 0.1}
"""
EXPECTED = """<main id="sheet" tabindex="-1">
<section class="part" aria-labelledby="part-1">
<h2 class="name" id="part-1">Forward pass</h2>
<section class="stage" aria-labelledby="part-1-1">
<h3 class="name" id="part-1-1">Weighted inputs of layer 2</h3>
<dl class="lines">
<div><dt>z</dt><dd class="symbols">= w · x| + b</dd><dd class="numbers">= 0.3 · 0.5| + 0.1</dd><dd class="value">= 0.25</dd></div>
</dl>
</section>
</section>
</main>
"""  # noqa: E501  a line of the sheet is one line


class Page(HTMLParser):
    """Reads a page and complains about elements that are not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def spoken(html: str) -> str:
    """Put its alternative text in the place of each formula, and a bar where a line may be broken."""
    return unescape(re.sub(r'<math [^>]*alttext="([^"]*)">.*?</math>', r"\1", html.replace("<wbr>", "| ")))


def values(sheet: Explanation) -> list[str]:
    """Give the values that are worked out, as Unicode."""
    teller = Teller(sheet.told, UNICODE, UnicodeScript())
    stages = [stage for stage in sheet.sheet.stages if stage.kind is not Kind.GIVEN]
    return [teller.sides(line).value for stage in stages for line in stage.lines()]


def test_a_small_sheet_reads_like_this(sheet_of: Sheets) -> None:
    text = spoken(sheet_of(NEURON, only=["z"], stages=["forward"]).text("html"))
    main = re.sub(r'<span class="is">=</span>', "=", text[text.index("<main") :])

    assert main.replace("</body>\n</html>\n", "") == EXPECTED


def test_it_has_every_number_and_is_well_formed(exact_sheet: Explanation) -> None:
    html = exact_sheet.text("html")
    page = Page(html)
    shown = re.findall(r'<dd class="value">.*? <math [^>]*alttext="([^"]*)"', html)

    assert shown == values(exact_sheet)
    assert all(attributes["alttext"] for attributes in page.all("math"))
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.seen}


FEW = pytest.mark.parametrize("config", ["two-neurons", "mazur"])


@FEW
def test_it_loads_nothing(config: str, sheet_of: Sheets) -> None:
    for document in (True, False):
        html = sheet_of(config).text("html", document=document)

        assert not re.search(r"https?:|url\(|@import| src=", html)


@FEW
def test_it_can_be_found_through_by_keyboard_and_ear(config: str, sheet_of: Sheets) -> None:
    page = Page(sheet_of(config).text("html"))
    levels = [int(tag[1]) for tag, _ in page.seen if re.fullmatch(r"h\d", tag)]
    ids = [attributes["id"] for _, attributes in page.seen if "id" in attributes]
    asked = [str(attributes["href"])[1:] for attributes in page.all("a")]
    labels = [attributes["aria-labelledby"] for attributes in page.all("section")]

    assert page.all("html") == [{"lang": "en"}]
    assert [len(page.all(landmark)) for landmark in ("header", "nav", "main")] == [1, 1, 1]
    assert levels[0] == levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert len(ids) == len(set(ids))
    assert {*asked, *labels} <= set(ids)


def test_layers_that_take_turns_have_anchors_of_their_own(sheet_of: Sheets) -> None:
    page = Page(sheet_of("mazur", settings=["update_order=sequential"]).text("html"))
    ids = [attributes["id"] for _, attributes in page.seen if "id" in attributes]

    assert len(ids) == len(set(ids)) > 20


@FEW
def test_a_piece_has_no_anchors_that_could_meet_those_of_another(config: str, sheet_of: Sheets) -> None:
    html = sheet_of(config)._repr_html_()

    assert Page(html)
    assert html.startswith('<div class="backprop-sheet in-page">')
    assert not re.search(r" id=|aria-labelledby|<main|<nav|<h[12]", html)
    assert all(line.lstrip().startswith((".backprop-sheet", "@")) for line in rules_of(html))


def rules_of(html: str) -> list[str]:
    """Give the lines of a style that begin a rule."""
    return [line for line in html.partition("<style>")[2].partition("</style>")[0].splitlines() if line.endswith("{")]


def test_what_comes_from_outside_is_escaped(tmp_path: Path) -> None:
    config = tmp_path / "<script>alert(1)<&\"'.yaml"
    config.write_bytes((ROOT / "configs" / "one-neuron.yaml").read_bytes())
    for document in (True, False):
        html = explain(config).text("html", document=document)

        assert "<script" not in html
        assert escape(config.name) in html


# A frame as wide as a telephone, and a report of what it shows.
FRAME = """<!DOCTYPE html><meta charset="utf-8"><body>
<iframe style="width: 400px; height: 800px; border: 0" srcdoc="{page}"></iframe><pre></pre>
<script>
const problems = [];
const frame = document.querySelector("iframe");
frame.contentWindow.addEventListener("error", event => problems.push(event.message));
addEventListener("load", () => {{
  const inner = frame.contentDocument, root = inner.scrollingElement;
  const values = [...inner.querySelectorAll("dd.value math")].map(each => each.textContent);
  const broken = inner.querySelectorAll("merror").length;
  const report = {{values, problems, broken, wide: root.scrollWidth, room: root.clientWidth}};
  document.querySelector("pre").textContent = JSON.stringify(report);
}});
</script>
"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("disable-gpu", "disable-quic", "disable-background-networking", "disable-component-update", "disable-sync")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize(
    ("config", "choice"),
    [
        ("mazur", {"settings": ["names={a_rather_long_name_for_a_net: z2_1}"]}),
        ("xor", {"settings": ["optimizer={name: adam, penalty: {l2: 0.1}, clip: {norm: 0.1}}"], "decimals": 9}),
    ],
)
def test_a_browser_shows_every_number_on_a_telephone(
    config: str, choice: dict[str, object], sheet_of: Sheets, tmp_path: Path
) -> None:
    sheet = sheet_of(config, **choice)
    (tmp_path / "frame.html").write_text(FRAME.format(page=escape(sheet.text("html"))), encoding="utf-8")
    flags = [f"--{flag}" for flag in (*QUIET, "headless", "no-sandbox", "no-first-run", f"user-data-dir={tmp_path}")]
    command = [str(CHROMIUM), *flags, "--virtual-time-budget=5000", "--dump-dom", f"file://{tmp_path}/frame.html"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    report = json.loads(unescape(done.stdout.partition("<pre>")[2].partition("</pre>")[0]))

    assert (report["problems"], report["broken"]) == ([], 0)
    assert report["wide"] <= report["room"]
    assert [value for value in report["values"] if "·" not in value] == [
        value for value in values(sheet) if "×" not in value
    ]
