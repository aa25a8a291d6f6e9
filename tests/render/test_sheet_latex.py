r"""LaTeX: a real pdflatex sets every sheet, and nothing runs off the page."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backprop_cli.api import Explanation, explain
from backprop_cli.render.notation import LATEX
from backprop_cli.render.sheet_latex import escaped, notebook
from backprop_cli.render.symbols import LatexScript
from backprop_cli.render.telling import Teller
from backprop_cli.worksheet.places import Kind

ROOT = Path(__file__).parents[2]
Sheets = Callable[..., Explanation]
needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
NEURON = """network: {inputs: 1, layers: [{units: 1, activation: sigmoid, weights: [[0.3]], bias: [0.1]}]}
data: {inputs: [[0.5]], targets: [[1.5]]}
loss: half_sse
optimizer: {name: sgd, learning_rate: 0.1}
"""
EXPECTED = r"""\section*{Step 1 $\cdot$ epoch 1 $\cdot$ learning rate 0.1}
{\raggedright \textless{}stdin\textgreater{} $\cdot$ 1-1 $\cdot$ sigmoid $\cdot$ 2 parameters $\cdot$ half\_sse $\cdot$ sgd 0.1\par}
\subsection*{Given}
\begin{align*}
\text{Inputs} & \quad x = 0.5 \\
\text{Weights} & \quad w = 0.3 \\
\text{Biases} & \quad b = 0.1
\end{align*}
\subsection*{Forward pass}
\subsubsection*{Weighted inputs of layer 2}
\begin{align*}
z &= w \cdot x + b = 0.3 \cdot 0.5 + 0.1 = 0.25
\end{align*}
\subsubsection*{Activations of layer 2}
\begin{align*}
\hat{y} &= \frac{1}{1 + e^{-z}} = \frac{1}{1 + e^{-0.25}} = 0.5622
\end{align*}
"""  # noqa: E501  a paragraph is one line
LONG_NAMES = "names={the_hidden_net_1: z2_1, E_total: L, err_o1: -dL/dz3_1}"
EVERYTHING = "optimizer={name: adam, penalty: {l2: 0.1, l1: 0.2}, clip: {norm: 0.1}}"
# Config, settings, choice: what makes lines long.
CASES: list[tuple[str, list[str], dict[str, Any]]] = [
    ("one-neuron", [], {"decimals": 9}),
    ("two-neurons", [], {}),
    ("two-in-a-layer", [], {"decimals": 9}),
    ("mazur", [], {}),
    ("mazur", [LONG_NAMES], {"decimals": 9}),
    ("mazur", ["update_order=sequential"], {"carry": True, "decimals": 4}),
    ("xor", ["training.batch_size=2", "notation=zero_based"], {}),
    ("xor", [EVERYTHING], {"decimals": 9, "step": 2}),
    ("iris", [], {"sample": 4, "long": True, "decimals": 9}),
    ("iris", [], {"only": ["dL/dw2_1_1"], "decimals": 9}),
    ("mazur", ["loss={name: huber, delta: 0.4}", "network.layers.1.activation=relu"], {"decimals": 9}),
    ("mazur", ["network.layers.0.activation=gelu", "optimizer=momentum"], {"decimals": 9}),
    ("mazur", ["network.layers.1.activation={name: softmax, shift: max}", "optimizer=adagrad"], {"decimals": 9}),
]
HOSTILE = r"a\b{c}$d$_e^f~g#h&i%j<k>|l\"é·…日.yaml"


def fragment(latex: str) -> str:
    """Give the text of a document without what stands around it."""
    return latex.partition("\\begin{document}\n")[2].partition("\\end{document}")[0] or latex


def run_tex(source: str, folder: Path) -> str:
    """Set a document and give the log."""
    (folder / "sheet.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = (folder / "sheet.log").read_text(encoding="latin-1")
    assert "Output written" in log, log[-1500:]
    return log


def overfull(log: str) -> list[float]:
    return [float(width) for width in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]


@pytest.fixture(scope="session")
def sheets(sheet_of: Sheets) -> list[Explanation]:
    return [sheet_of(config, settings=settings, **choice) for config, settings, choice in CASES]


def test_a_small_sheet_reads_like_this(sheet_of: Sheets) -> None:
    text = sheet_of(NEURON, only=["yhat"]).text("latex", document=False)

    assert text.partition("\n")[2] == EXPECTED


@needs_tex
def test_whole_documents_fit_their_page(sheets: list[Explanation], tmp_path: Path) -> None:
    documents = [sheet.text("latex") for sheet in sheets]
    preamble = documents[0].partition("\\begin{document}")[0]
    bodies = "\n\\newpage\n".join(map(fragment, documents))
    log = run_tex(f"{preamble}\\begin{{document}}\n{bodies}\\end{{document}}\n", tmp_path)

    assert [width for width in overfull(log) if width > 4] == []


@needs_tex
def test_fragments_and_displays_of_notebooks_fit_an_article(sheets: list[Explanation], tmp_path: Path) -> None:
    texts = [text for sheet in sheets for text in (sheet.text("latex", document=False), notebook(sheet.told))]
    start = "\\documentclass{article}\\usepackage{amsmath}\\allowdisplaybreaks\\begin{document}\n"
    log = run_tex(start + "\n".join(texts) + "\\end{document}\n", tmp_path)

    assert [width for width in overfull(log) if width > 4] == []


@needs_tex
def test_text_of_any_kind_is_printed_as_it_is(tmp_path: Path) -> None:
    config = tmp_path / HOSTILE.replace("/", "")
    config.write_bytes((ROOT / "configs" / "one-neuron.yaml").read_bytes())
    text = explain(config, only=["z"]).text("latex")

    run_tex(text, tmp_path)

    assert r"a\textbackslash{}b\{c\}\$d\$\_e\textasciicircum{}f\textasciitilde{}g\#h\&i\%j" in text


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("half_sse", r"half\_sse"),
        ("50 % & more", r"50 \% \& more"),
        ("a < b", r"a \textless{} b"),
        ("naïve Ångström", "naïve Ångström"),
        ("日本 ð\x07", "?? ??"),
        ("two\nlines", "two lines"),
    ],
)
def test_text_is_escaped(text: str, latex: str) -> None:
    assert escaped(text) == latex


def test_every_number_stands_in_it(exact_sheet: Explanation) -> None:
    text = exact_sheet.text("latex")
    teller = Teller(exact_sheet.told, LATEX, LatexScript())
    place = 0
    for stage in exact_sheet.sheet.stages:
        if stage.kind is not Kind.GIVEN:
            for line in stage.lines():
                place = text.index(f"= {teller.sides(line).value}", place) + 1


@pytest.mark.parametrize("config", ["two-neurons", "mazur"])
def test_notebooks_get_displays_alone(config: str, sheet_of: Sheets) -> None:
    displays = sheet_of(config)._repr_latex_()
    outside = re.sub(r"\\begin\{align\*\}.*?\\end\{align\*\}", "", displays, flags=re.DOTALL)

    assert outside.strip() == ""
    assert r"\section" not in displays
