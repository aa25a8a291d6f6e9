r"""A worksheet as LaTeX: headings and displays of the amsmath package, for pdflatex and for notebooks."""

from collections.abc import Iterator, Sequence
from itertools import chain
from textwrap import wrap
from unicodedata import normalize

from backprop_cli.render.chapters import Chapter, Section, chapters
from backprop_cli.render.sheets import Options
from backprop_cli.render.symbols import LatexScript
from backprop_cli.render.telling import Told
from backprop_cli.render.widths import EQUALS, LatexTeller, Measured, MeasuredLine, fold

# Widths of a row, half an em each: of LaTeX's own article, and of A4 paper with margins of 25 mm.
_ARTICLE, _PAGE = 62, 84
# Between two equations on a row.
_GAP = 4
_PREAMBLE = r"""\documentclass[fleqn]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath}
\usepackage[a4paper, margin=25mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\mathindent}{1em}
\setlength{\jot}{6pt}
\allowdisplaybreaks
\begin{document}
"""
_FRAGMENT = "% for a document that says \\usepackage{amsmath}; \\allowdisplaybreaks lets long displays go over pages\n"
_SPECIAL = {character: f"\\{character}" for character in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "…": r"\dots{}",
    "·": r"$\cdot$",  # the one of text is not in every font
}
_DOT = r" $\cdot$ "
# Accents that every LaTeX has on its letters.
_ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u030a\u0327\u030c"


def render(told: Told, options: Options) -> str:
    """Write a worksheet as LaTeX, a whole document or a piece of one."""
    body = "\n".join(_body(told, _PAGE if options.document else _ARTICLE))
    return f"{_PREAMBLE}{body}\n\\end{{document}}\n" if options.document else f"{_FRAGMENT}{body}\n"


def notebook(told: Told) -> str:
    """Write a worksheet as displays alone, which is what notebooks typeset; titles stand in them."""
    teller = LatexTeller(told)
    # The title of a step has no character that would have to be escaped, and notebooks know no escapes in text.
    blocks = [_display([_title(line) for line in wrap(told.title, _ARTICLE)])]
    for chapter in chapters(told, _letter):
        if chapter.given:
            blocks.append(_display([_title(chapter.title), *_given(teller, chapter, _ARTICLE)]))
            continue
        blocks.append(_display([_title(chapter.title)]))
        blocks += [
            _display([_title(section.title), *_section(teller, section, _ARTICLE)]) for section in chapter.sections
        ]
    return "\n".join(blocks) + "\n"


def _body(told: Told, room: int) -> Iterator[str]:
    teller = LatexTeller(told)
    yield f"\\section*{{{escaped(told.title)}}}"
    about = [escaped(text) for text in (told.config, told.summary) if text]
    yield rf"{{\raggedright {_DOT.join(about)}\par}}"
    for chapter in chapters(told, _letter):
        yield f"\\subsection*{{{chapter.title}}}"
        if chapter.given:
            yield _display(list(_given(teller, chapter, room)))
            continue
        for section in chapter.sections:
            yield f"\\subsubsection*{{{section.title}}}"
            yield _display(_section(teller, section, room))


def escaped(text: str) -> str:
    """Write text so that LaTeX prints it; letters that no standard font has are shown as question marks."""
    return "".join(map(_character, normalize("NFC", " ".join(text.split()))))


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii():
        return character if character.isprintable() else "?"
    apart = normalize("NFD", character)
    known = len(apart) > 1 and apart[0].isascii() and apart[1:] in _ACCENTS
    return character if known and character <= "\u017e" else "?"


def _letter(word: str) -> str:
    return f"${LatexScript().letter(word)}$"


def _title(title: str) -> str:
    return rf"&\textbf{{{title}}}"


def _display(rows: Sequence[str]) -> str:
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _section(teller: LatexTeller, section: Section, room: int) -> list[str]:
    """Write the rows of a section."""
    lines = [teller.line(line) for line in section.lines()]
    rule = teller.rule(section.stage)
    equations = [*([rule] if rule else []), *lines]
    left = max(line.name.width for line in equations)
    return list(chain.from_iterable(_rows(line, room - left) for line in equations))


def _given(teller: LatexTeller, chapter: Chapter, room: int) -> Iterator[str]:
    """Write what is given, each kind in rows that are filled with equations."""
    left = max(len(section.title) for section in chapter.sections)
    for section in chapter.sections:
        title = rf"\text{{{section.title}}}"
        for row in fold(list(_equations(teller, section)), room - left):
            yield r" \quad ".join([f"{title} &", *(piece.text for piece in row)])
            title = ""


def _equations(teller: LatexTeller, section: Section) -> Iterator[Measured]:
    for line in map(teller.line, section.lines()):
        yield Measured(f"{line.name.text} = {line.value}", line.width + EQUALS + _GAP)
    if section.hidden:
        yield Measured(rf"\ldots\ \text{{{section.hidden:,} more}}", _GAP)


def _rows(line: MeasuredLine, room: int) -> Iterator[str]:
    """Write an equation in one row if it fits, else with a row or more for each side, their signs below each other."""
    note = rf" \quad ({line.condition.text})" if line.condition.text else ""
    if line.width - line.name.width + len(line.sides) * EQUALS <= room:
        yield f"{line.name.text} &= {' = '.join(map(_joined, line.sides))}{note}"
        return
    name = line.name.text
    for side in line.sides:
        first, *rest = fold(side, room - EQUALS)
        last = side is line.sides[-1]
        yield f"{name} &= {_joined(first)}{note if last else ''}"
        name = ""
        yield from (rf"&\quad {_joined(row)}" for row in rest)


def _joined(pieces: Sequence[Measured]) -> str:
    return "".join(piece.text for piece in pieces)
