"""The books of a run's steps: trained for once for all steps that are known to be asked for."""

from collections.abc import Iterable

from backprop_cli.api.grounds import ground_of
from backprop_cli.config.loader import Setup
from backprop_cli.training.loop import record_steps
from backprop_cli.worksheet.book import Book


class Course:
    """Gives the book of any step of a run."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._books: dict[int, Book] = {}

    def __call__(self, step: int) -> Book:
        """Give the book of a step.

        Raises:
            ConfigError: the data has no targets.
            DivergedError: something stopped being finite before the step was done.
        """
        if step not in self._books:
            self.prepare([step])
        return self._books[step]

    def prepare(self, steps: Iterable[int]) -> None:
        """Train once to the last of some steps, and open their books; raises as a call does."""
        missing = set(steps) - self._books.keys()
        if missing:
            for record in record_steps(self.setup, missing):
                self._books[record.step] = Book(ground_of(self.setup, record))
