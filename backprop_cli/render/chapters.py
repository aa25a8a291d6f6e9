"""A worksheet as chapters of stages, for the forms that are documents."""

from collections.abc import Callable, Iterator
from itertools import groupby, islice

from backprop_cli.immutable import immutable
from backprop_cli.render.sheet_console import MOST_GIVEN
from backprop_cli.render.telling import Told
from backprop_cli.render.titles import part_title, stage_heading
from backprop_cli.worksheet.book import Line
from backprop_cli.worksheet.places import Kind
from backprop_cli.worksheet.sheet import Stage


@immutable
class Section:
    """One stage under its title.

    Attributes:
        title: what it is about, a letter in it written as the form writes mathematics.
        stage: its rule and its lines.
    """

    title: str
    stage: Stage

    def lines(self) -> Iterator[Line]:
        """Walk the lines that are shown: all, or the first ones of what is given."""
        return islice(self.stage.lines(), self.stage.count - self.hidden)

    @property
    def hidden(self) -> int:
        """How many lines are counted instead of shown."""
        return max(0, self.stage.count - MOST_GIVEN) if self.stage.kind is Kind.GIVEN else 0


@immutable
class Chapter:
    """Stages of one part of the sheet that follow each other; where layers take turns, a part has several.

    Attributes:
        title: the part.
        given: whether its lines have values alone.
        sections: its stages.
    """

    title: str
    given: bool
    sections: tuple[Section, ...]


def chapters(told: Told, letter: Callable[[str], str]) -> Iterator[Chapter]:
    """Walk the chapters of a worksheet.

    Args:
        told: the worksheet.
        letter: writes a letter of the optimizer's state that stands in a title.
    """
    for kind, stages in groupby(told.sheet.stages, key=lambda stage: stage.kind):
        sections = tuple(Section(_title(told, stage, letter), stage) for stage in stages)
        yield Chapter(part_title(kind, many=told.sheet.ground.many), kind is Kind.GIVEN, sections)


def _title(told: Told, stage: Stage, letter: Callable[[str], str]) -> str:
    written = letter(stage.place.letter) if stage.place.letter else ""
    return stage_heading(stage.place, told.names, split=told.sheet.ground.split, letter=written)
