"""Collect the problems of one text, up to a number that a person still reads."""

from backprop_cli.errors import Problem


class Findings:
    """Keep the first problems and count the rest."""

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._most = most
        self._kept: list[Problem] = []
        self._more = 0

    def add(self, problem: Problem) -> None:
        """Take one problem, in the order of the text."""
        if len(self._kept) < self._most:
            self._kept.append(problem)
        else:
            self._more += 1

    def problems(self) -> list[Problem]:
        """Give what was kept, and one last entry for those that were only counted."""
        if not self._more:
            return list(self._kept)
        return [*self._kept, Problem(f"… and {self._more:,} more", where=self._name)]
