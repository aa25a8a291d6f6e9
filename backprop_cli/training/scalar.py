"""The step of a tiny network as straight-line Python on floats: the worksheet's own terms, compiled.

A NumPy call costs more than all the arithmetic of a network of a few neurons.  Here the terms of the lines that the
update depends on become one function, so that training and explaining are the same arithmetic, to the last bit.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from backprop_cli.algebra.python import Program, actions
from backprop_cli.algebra.rewrite import swap_leaves
from backprop_cli.algebra.term import Number, Ref, Term
from backprop_cli.config.loader import Setup
from backprop_cli.engine.record import StepRecord, frozen
from backprop_cli.engine.step import Learner, Step
from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Attached, Variable
from backprop_cli.training.ground import grounded
from backprop_cli.training.sprint import ArraySprint, Sprint
from backprop_cli.worksheet.book import Book
from backprop_cli.worksheet.ground import Ground, Key, new
from backprop_cli.worksheet.update import RATE
from backprop_cli.worksheet.witness import given

# Above this many lines, and so many parameters, arrays are as fast.
MOST_LINES = 400
# The step that the terms are written with; where they show it as t, it stands for the step's own number.
_SOME_STEP, _LETTER, _STEP = 1_000_003, "t", "step"

# Trains a step with each rate: takes rates, the number of the first, where losses go, and the numbers that change;
# gives the numbers as they are afterwards.
_Code: TypeAlias = Callable[[Sequence[float], int, Callable[[float], None], Sequence[float]], Sequence[float]]


@immutable
class _Lines:
    """The lines of a step that its update depends on.

    Attributes:
        definitions: each after those that it uses.
        constants: what is the same in every step.
        before: what a step finds and changes: trainable parameters, then the optimizer's vectors, by address.
        after: the same as it leaves them.
    """

    definitions: tuple[tuple[Key, Term], ...]
    constants: tuple[tuple[Key, float], ...]
    before: tuple[Key, ...]
    after: tuple[Key, ...]


class ScalarSprint(Sprint):
    """Trains on floats; where a number is not finite the array engine has the last word on the step."""

    def __init__(self, lines: _Lines, learner: Learner, arrays: Step) -> None:
        self._lines = lines
        self._vectors = (learner.network.trained, *learner.state.values())
        self._arrays = ArraySprint(arrays)
        self._fast = _compiled(lines, careful=False)

    def run(self, rates: Sequence[float], first: int, losses: list[float]) -> None:
        before = self._numbers()
        found: list[float] = []
        try:
            after = self._fast(rates, first, found.append, before)
        except (ArithmeticError, ValueError):
            after = ()
        # What is infinite or no number once stays so, in a parameter; in a loss it may pass.
        if after and all(map(math.isfinite, after)) and _are_finite(found):
            losses += found
            self._put(after)
            return
        for number, rate in enumerate(rates, first):
            self._one(rate, number, losses)

    def recorded(self, record: Callable[[], StepRecord], rate: float, number: int, losses: list[float]) -> StepRecord:
        before = self._numbers()
        found = record()
        self._put(before)
        self.run([rate], number, losses)
        return found

    def _one(self, rate: float, number: int, losses: list[float]) -> None:
        """Train one step in numbers that need not be finite."""
        found: list[float] = []
        after = self._careful([rate], number, found.append, self._numbers())
        if all(map(math.isfinite, (*found, *after))):
            losses += found
            self._put(after)
        else:
            # Its formulas are as they are taught, and the kernels hold where those overflow.
            self._arrays.run([rate], number, losses)

    @cached_property
    def _careful(self) -> _Code:
        """The same lines for numbers that Python would refuse; few runs ever need them."""
        return _compiled(self._lines, careful=True)

    def _numbers(self) -> list[float]:
        return [number for vector in self._vectors for number in vector.tolist()]

    def _put(self, numbers: Sequence[float]) -> None:
        size = len(self._vectors[0])
        for at, vector in enumerate(self._vectors):
            vector[:] = numbers[at * size : (at + 1) * size]


def _are_finite(numbers: Sequence[float]) -> bool:
    return math.isfinite(sum(numbers)) or all(map(math.isfinite, numbers))


def scalar_sprint(setup: Setup, learner: Learner, arrays: Step) -> ScalarSprint | None:
    """Make the step of a network on all samples into code; None where it would be too long.

    Args:
        setup: what is trained.
        learner: that the steps change.
        arrays: a step of it that is bound to all samples.
    """
    lines = _lines(_ground(setup, learner, arrays))
    return None if lines is None else ScalarSprint(lines, learner, arrays)


def _ground(setup: Setup, learner: Learner, arrays: Step) -> Ground:
    """Give what the lines stand on: of a step that was never done, only what is given is known."""
    space = arrays.space
    rows = np.arange(len(setup.dataset.training))
    theta, state = frozen(learner.network.theta), {letter: frozen(part) for letter, part in learner.state.items()}
    record = StepRecord(
        step=_SOME_STEP,
        epoch=1,
        samples=tuple(setup.dataset.training.numbered(rows).tolist()),
        rate=setup.experiment.optimizer.learning_rate,
        x=frozen(space.x_and_one[:, :-1].T),
        y=frozen(space.y.T),
        weights=None if space.weights is None else frozen(space.weights),
        z=(),
        f=(),
        kept=(None,) * len(space.layers),
        a=(),
        delta=(),
        loss=0.0,
        penalty=0.0,
        gradient=theta,
        applied=theta,
        before=theta,
        after=theta,
        state_before=state,
        state_after=state,
    )
    return grounded(setup, record)


def _lines(ground: Ground) -> _Lines | None:
    """Gather the lines that the loss and the update depend on; None where there are too many."""
    book, layout = Book(ground), ground.layout
    parameters = [layout.parameter_at(at) for at in range(layout.trainable)]
    letters = ground.optimizer.state
    before: tuple[Key, ...] = (
        *parameters,
        *(Attached(letter, each, old=True) for letter in letters for each in parameters),
    )
    after: tuple[Key, ...] = (
        *(new(each) for each in parameters),
        *(Attached(letter, each) for letter in letters for each in parameters),
    )
    found: dict[Key, Term | None] = {}
    for wanted in (Variable("L"), *after):
        for key in book.needs(wanted, found):
            found[key] = None if key == RATE else book.term(key)
            if len(found) > MOST_LINES:
                return None
    definitions = tuple((key, swap_leaves(term, _at_any_step)) for key, term in found.items() if term is not None)
    constants = tuple((key, given(ground, key)) for key in _constants(found, before))
    return _Lines(definitions, constants, before, after)


def _constants(found: dict[Key, Term | None], before: Sequence[Key]) -> Iterator[Key]:
    varies = {RATE, *before}
    return (key for key, term in found.items() if term is None and key not in varies)


def _at_any_step(leaf: Term) -> Term | None:
    """Give the number of the step in place of the one that the terms were written with."""
    is_step = isinstance(leaf, Number) and (leaf.value, leaf.symbol) == (_SOME_STEP, _LETTER)
    return Ref(_STEP) if is_step else None


def _compiled(lines: _Lines, *, careful: bool) -> _Code:
    program = Program(lines.definitions, careful=careful)
    names = [program.name(key) for key in lines.before]
    values = [program.value(key) for key in lines.after]
    code = [
        "def run(rates, first, done, numbers):",
        *(f"    {program.name(key)} = {value!r}" for key, value in lines.constants),
        f"    {', '.join(names)}, = numbers",
        f"    for {program.name(_STEP)}, {program.name(RATE)} in enumerate(rates, first):",
        *(f"        {line}" for line in program.lines),
        f"        done({program.value(Variable('L'))})",
        *(f"        {line}" for line in _assigned(names, values)),
        f"    return {', '.join(names)},",
    ]
    names_of: dict[str, Any] = dict(actions(careful=careful))
    exec(compile("\n".join(code), "<step>", "exec"), names_of)  # noqa: S102  nothing of it is the user's own text
    run: _Code = names_of["run"]
    return run


def _assigned(names: Sequence[str], values: Sequence[str]) -> list[str]:
    """Let names have values: one by one, which is faster, unless a value is what a name had before."""
    if set(names) & set(values):
        return [f"{', '.join(names)}, = {', '.join(values)},"]
    return [f"{name} = {value}" for name, value in zip(names, values, strict=True)]
