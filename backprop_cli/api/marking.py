"""Mark the figures of a sheet, or those that a config carries itself."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, TextIO

from backprop_cli.api.alternatives import alternatives_of
from backprop_cli.api.asking import NotInStep, wanted
from backprop_cli.api.calls import setup_of
from backprop_cli.api.course import Course
from backprop_cli.config.loader import Setup
from backprop_cli.documents.figures import Printed, read_figure
from backprop_cli.errors import DivergedError, UsageError, counted
from backprop_cli.grading.answers import Entry, read_answers
from backprop_cli.grading.mark import mark
from backprop_cli.grading.marking import Claim, Marking, Place, Status
from backprop_cli.immutable import immutable
from backprop_cli.quantities.names import NameTable
from backprop_cli.render import marks
from backprop_cli.render.marked import Marked, Reveal
from backprop_cli.render.sheets import Options, form_named

_NOT_A_NUMBER = "this is not a number; write its digits, as 0.25, 1e-4 or 3.5×10⁻⁵"


@immutable
class Checked:
    """A marked sheet.

    Attributes:
        setup: what the figures are about.
        marking: what was found.
        name: the sheet, as the user named it.
    """

    setup: Setup
    marking: Marking
    name: str

    def __repr__(self) -> str:
        good, every = self.marking.score
        return f"<Marking of {self.name}: {good} of {counted(every, 'figure')} right in method>"

    def text(
        self,
        form: str = "console",
        *,
        width: int = 100,
        document: bool = True,
        reveal: str = "all",
        strict: bool = False,
    ) -> str:
        """Write the marked sheet in one of its forms.

        Args:
            form: console, markdown, html, json, github or junit.
            width: columns of the console form.
            document: whether HTML is a whole page, or a piece of one.
            reveal: whose true values are shown: never, wrong or all.
            strict: whether rounded, cut-off and carried figures do not pass, either.

        Raises:
            UsageError: there is no such form, or no such way to reveal.
        """
        shown = self.marked(reveal, strict=strict)
        return marks.render(shown, form_named(form, marks.FORMS), Options(width=width, document=document))

    def marked(self, reveal: str = "all", *, strict: bool = False) -> Marked:
        """Give what renderers are given.

        Raises:
            UsageError: there is no such way to reveal.
        """
        ways = [way.value for way in Reveal]
        if reveal not in ways:
            raise UsageError(f"reveal is {', '.join(ways[:-1])} or {ways[-1]}, not {reveal!r}")
        return Marked(self.marking, self.setup.names, self.setup.name, self.name, Reveal(reveal), strict)

    def _repr_html_(self) -> str:
        return self.text("html", document=False)


def check(
    config: Setup | str | os.PathLike[str],
    answers: str | os.PathLike[str] | Sequence[Entry] | None = None,
    settings: Sequence[str] = (),
    *,
    stdin: TextIO | BinaryIO | None = None,
) -> Checked:
    """Mark the figures of a sheet.

    Args:
        config: a YAML file, or what `load` made of one.
        answers: the sheet, a file or its entries; the `figures` of the config where it is left out.
        settings: `key.path=value`, as `--set` takes them, for a config that is still to be read.
        stdin: what `-` reads.

    Raises:
        InputError: the config, its data or the sheet is not valid.
        UsageError: there is nothing to mark.
        DivergedError: something stopped being finite before a step of the sheet was done.
    """
    setup = setup_of(config, settings)
    name, entries = _sheet(setup, answers, stdin)
    setup.require_targets()
    course = Course(setup)
    course.prepare({entry.step for entry in entries})
    claims = [_claim(setup, course, number, entry) for number, entry in enumerate(entries, 1)]

    def reread(claim: Claim, names: NameTable) -> Claim | None:
        return _claim(replace(setup, names=names), course, claim.number, entries[claim.number - 1])

    return Checked(setup, mark(claims, course, tuple(alternatives_of(course, reread))), name)


def _sheet(
    setup: Setup, answers: str | os.PathLike[str] | Sequence[Entry] | None, stdin: TextIO | BinaryIO | None
) -> tuple[str, tuple[Entry, ...]]:
    """Give the name and the figures of what is to be marked."""
    if answers is None:
        if not setup.experiment.figures:
            raise UsageError(
                f"{setup.name} has no figures to mark; give a sheet of answers, or write them under 'figures'"
            )
        return setup.name, tuple(_own_figures(setup))
    if isinstance(answers, str | os.PathLike):
        return os.fspath(answers), read_answers(answers, stdin=stdin)
    return "answers", tuple(answers)


def _own_figures(setup: Setup) -> Iterator[Entry]:
    places = setup.figure_places or ((None, None),) * len(setup.experiment.figures)
    for figure, (line, column) in zip(setup.experiment.figures, places, strict=True):
        yield Entry(
            name=figure.name,
            printed=figure.printed,
            step=figure.step,
            sample=figure.sample,
            decimals=figure.decimals,
            verdict=None if figure.verdict is None else Status(figure.verdict),
            slip=figure.slip or "",
            why=figure.why or "",
            source_name=figure.source_name or "",
            place=Place(setup.name, line, column),
        )


def _claim(setup: Setup, course: Course, number: int, entry: Entry) -> Claim:
    """Understand the name and the figure of an entry; what is not understood is left to be marked unread."""
    figure = _figure(entry)
    claim = Claim(
        number=number,
        name=entry.name,
        printed=entry.printed,
        step=entry.step,
        figure=figure,
        trouble="" if figure is not None else _NOT_A_NUMBER,
        verdict=entry.verdict,
        slip=entry.slip,
        why=entry.why,
        source_name=entry.source_name,
        place=entry.place,
    )
    try:
        return replace(claim, key=wanted(setup, course(entry.step).ground, entry.name, entry.sample))
    except (NotInStep, DivergedError) as problem:
        return replace(claim, trouble=str(problem))


def _figure(entry: Entry) -> Printed | None:
    figure = read_figure(entry.printed)
    if figure is None or entry.decimals is None:
        return figure
    return replace(figure, decimals=entry.decimals, whole=False)
