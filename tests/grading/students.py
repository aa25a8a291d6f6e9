"""Students who work through the steps of random networks, and write down what they find: honestly, or with a slip.

They use the worksheet's own expressions, at figures of their own: with full precision, with the rounded figure before
them, or now so and now so; and some leave lines out.
"""

import io
import json
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.term import Number, Term
from backprop_cli.api import load
from backprop_cli.api.course import Course
from backprop_cli.documents.figures import read_figure
from backprop_cli.grading.marking import Claim
from backprop_cli.grading.slips import Line, Rewrite, Slip
from backprop_cli.grading.slips.runs import OtherStep
from backprop_cli.quantities.notation import LEAVING, write
from backprop_cli.quantities.quantity import Attached, Variable
from backprop_cli.worksheet.ground import Key, Own, new
from backprop_cli.worksheet.sheet import whole

Node = tuple[int, Key]
Config = dict[str, Any]

HIDDEN = ["sigmoid", "tanh", "relu", "softplus", "identity", {"name": "leaky_relu", "negative_slope": 0.1}]
ENDS: list[tuple[Any, list[Any]]] = [
    ("half_sse", ["sigmoid", "identity", "tanh"]),
    ("mse", ["sigmoid", "identity"]),
    ("sse", ["sigmoid", "tanh"]),
    ("binary_cross_entropy", ["sigmoid"]),
    ("cross_entropy", ["softmax"]),
]
OPTIMIZERS: list[Config] = [
    {"name": "sgd"},
    {"name": "sgd"},
    {"name": "sgd"},
    {"name": "momentum", "beta": 0.9},
    {"name": "adam"},
]


def draw_config(rng: random.Random, *, plain: bool = False) -> Config:
    """Draw a network that somebody might work through by hand.

    Args:
        rng: the dice.
        plain: whether it is one sample and gradient descent, as most articles have it.
    """
    widths = [rng.randint(1, 3) for _ in range(rng.choice([2, 3, 3, 3, 4]))]
    loss, ends = rng.choice(ENDS[:3] if plain else ENDS)
    last = rng.choice(ends)
    if last == "softmax":
        widths[-1] = max(2, widths[-1])
    hidden = [rng.choice(HIDDEN[:2] if plain else HIDDEN) for _ in widths[1:-1]]
    layers = [
        {
            "units": units,
            "activation": activation,
            "weights": [[round(rng.uniform(-1.2, 1.2), 2) for _ in range(fan_in)] for _ in range(units)],
            "bias": draw_bias(rng, units),
        }
        for (fan_in, units), activation in zip(pairwise(widths), [*hidden, last], strict=True)
    ]
    count = 1 if plain else rng.choice([1, 1, 2, 3])
    return {
        "network": {"inputs": widths[0], "layers": layers},
        "loss": loss,
        "optimizer": {
            **rng.choice(OPTIMIZERS[:1] if plain else OPTIMIZERS),
            "learning_rate": rng.choice([0.1, 0.3, 0.5]),
        },
        "training": {"steps": 3},
        "data": {
            "inputs": [[round(rng.uniform(-1.5, 1.5), 2) for _ in range(widths[0])] for _ in range(count)],
            "targets": [draw_target(rng, loss, widths[-1]) for _ in range(count)],
        },
    }


def draw_bias(rng: random.Random, units: int) -> Any:
    kind = rng.choice(["neuron", "neuron", "neuron", "layer", "none"])
    if kind == "none":
        return False
    values = [round(rng.uniform(-0.6, 0.6), 2) for _ in range(units)]
    return {"per": kind, "values": values if kind == "neuron" else values[0], "trainable": rng.random() < 0.85}


def draw_target(rng: random.Random, loss: str, outputs: int) -> list[float]:
    if loss == "cross_entropy":
        hot = rng.randrange(outputs)
        return [float(k == hot) for k in range(outputs)]
    if loss == "binary_cross_entropy":
        return [float(rng.random() < 0.5) for _ in range(outputs)]
    return [round(rng.uniform(0.05, 0.95), 2) for _ in range(outputs)]


@dataclass
class Student:
    """Somebody with a pencil.

    Attributes:
        rng: the dice.
        digits: decimals, or significant digits, of a line.
        carries: how often the next line uses the rounded figure, from 0 to 1; drawn for every line.
        shows: how often a line is written down.
        rounds_all: whether what is not written down is rounded, too, where figures are carried.
        significant: whether digits are significant ones.
    """

    rng: random.Random
    digits: Callable[[], int]
    carries: float = 1.0
    shows: float = 1.0
    rounds_all: bool = False
    significant: bool = False
    exact: dict[Node, float] = field(default_factory=dict)
    passed: dict[Node, float] = field(default_factory=dict)

    def write(self, exact: float) -> str:
        """Round a number to the digits of a line."""
        if not math.isfinite(exact):
            raise ValueError(exact)
        number, digits = Decimal(exact), self.digits()
        places = digits - 1 - number.adjusted() if self.significant and number else digits
        return f"{number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"


@dataclass(frozen=True)
class Sheet:
    """What was written, and how it came about.

    Attributes:
        claims: the figures.
        course: the books of the run.
        planted: the number of the figure that was worked out with a slip.
        changed: whether the slip changed what is printed.
        config: the network.
    """

    claims: tuple[Claim, ...]
    course: Course
    planted: int | None = None
    changed: bool = False
    config: Config = field(default_factory=dict)


def course_of(config: Config) -> Course:
    """Read a config through the one door that there is; JSON is YAML."""
    return Course(load("-", stdin=io.StringIO(json.dumps(config))))


def nodes_of(course: Course, steps: Sequence[int], *, frozen: bool = False) -> list[Node]:
    """List all lines of some steps but what is given, in the order of the sheets.

    Args:
        course: the true books.
        steps: which steps.
        frozen: whether what is not trained has a line after the step, too.
    """
    course.prepare(steps)
    nodes: list[Node] = []
    for step in steps:
        ground = course(step).ground
        nodes += [(step, line.key) for line in whole(ground).lines() if line.term is not None]
        still = [key for key in ground.parameters(trainable=False) if not ground.is_trainable(key)]
        nodes += [(step, new(key)) for key in still if frozen]
    return nodes


def work(
    student: Student,
    course: Course,
    nodes: Iterable[Node],
    terms: Mapping[Node, Term] | None = None,
) -> tuple[Claim, ...]:
    """Work through lines, and give what is written down.

    Args:
        student: who works.
        course: the true books.
        nodes: the lines, in order.
        terms: expressions that the student uses in place of the true ones.
    """
    terms, claims = terms or {}, []
    for node in nodes:
        step, key = node
        term = terms.get(node, course(step).term(key))
        assert term is not None
        exact = evaluate(term, lambda used, step=step: value_of(student, course, (step, used), terms))
        student.exact[node] = exact
        shown, carries = student.rng.random() < student.shows, student.rng.random() < student.carries
        text = student.write(exact)
        rounded = carries and (shown or student.rounds_all)
        student.passed[node] = float(text) if rounded else exact
        if shown:
            name = key.name if isinstance(key, Own) else write(key, LEAVING)
            claims.append(Claim(len(claims) + 1, name, text, step, key, read_figure(text)))
    return tuple(claims)


def value_of(student: Student, course: Course, node: Node, terms: Mapping[Node, Term]) -> float:
    """Give the number that a student uses for a line: as it was passed on, left by the step before, or true."""
    step, key = node
    if node in student.passed:
        return student.passed[node]
    if step > 1:
        before = left_by(key)
        if before is not None and (step - 1, before) in student.passed:
            return student.passed[step - 1, before]
    term = terms.get(node, course(step).term(key))
    if term is None:
        return course(step).value(key)
    # A line that no sheet has is worked out in the head.
    return evaluate(term, lambda used: value_of(student, course, (step, used), terms))


def left_by(key: Key) -> Key | None:
    """Give what the step before calls something that a step finds."""
    if isinstance(key, Attached):
        return Attached(key.symbol, key.parameter) if key.old else None
    return new(key) if isinstance(key, Variable) and key.symbol in {"w", "b"} and not key.moment else None


def draw_student(
    rng: random.Random, *, gaps: bool = False, carry_gaps: bool = False, digits: int | None = None
) -> Student:
    """Draw an honest student.

    Args:
        rng: the dice.
        gaps: whether lines are left out.
        carry_gaps: whether what is left out is rounded, too.
        digits: the digits of all lines; drawn where it is None, sometimes for each line.
    """
    many, few = rng.randint(2, 9), carry_gaps or rng.random() < 0.7
    pick = (lambda: many) if few else (lambda: rng.randint(2, 9))
    return Student(
        rng,
        pick if digits is None else (lambda: digits),
        carries=rng.choice([0.0, 1.0, 0.5]) if not carry_gaps else 1.0,
        shows=rng.uniform(0.3, 0.9) if gaps or carry_gaps else 1.0,
        rounds_all=carry_gaps,
        significant=rng.random() < 0.35,
    )


def slipped_terms(slip: Slip, course: Course, node: Node) -> list[Term]:
    """List what a slip may make of a line."""
    step, key = node
    term = course(step).term(key)
    if not isinstance(slip, Rewrite) or term is None:
        return []
    return list(slip.rewrites(Line(course(step).ground, key, term)))


def work_with_slip(student: Student, course: Course, nodes: Sequence[Node], slip: Slip) -> Sheet | None:
    """Work through lines with a slip on one of them, which later lines carry on; None where it has no place here.

    Args:
        student: who works; all lines are written down.
        course: the true books.
        nodes: the lines, in order.
        slip: what goes wrong once.
    """
    if isinstance(slip, Rewrite):
        places = [(node, terms) for node in nodes if (terms := slipped_terms(slip, course, node))]
        if not places:
            return None
        node, terms = student.rng.choice(places)
        return _planted(student, course, nodes, node, {node: student.rng.choice(terms)})
    node = student.rng.choice(list(nodes))
    if isinstance(slip, OtherStep):
        other = node[0] + slip.distance
        if other < 1 or any(key == node[1] and step == other for step, key in nodes) or course.setup.samples > 1:
            return None
        return _planted(student, course, nodes, node, {node: Number(course(other).value(node[1]))})
    return _misprinted(student, course, nodes, node, slip)


def _planted(
    student: Student, course: Course, nodes: Sequence[Node], node: Node, terms: Mapping[Node, Term]
) -> Sheet | None:
    state = student.rng.getstate()
    honest = work(student, course, nodes)
    student.exact.clear()
    student.passed.clear()
    student.rng.setstate(state)
    claims = work(student, course, nodes, terms)
    number = list(nodes).index(node)
    changed = float(claims[number].printed) != float(honest[number].printed)
    return Sheet(claims, course, number + 1, changed)


def _misprinted(student: Student, course: Course, nodes: Sequence[Node], node: Node, slip: Slip) -> Sheet | None:
    """Write one figure down wrongly; what follows goes on with the right number."""
    claims, number = list(work(student, course, nodes)), list(nodes).index(node)
    text = misprint(student.rng, claims[number].printed, slip)
    if text is None:
        return None
    claims[number] = replace(claims[number], printed=text, figure=read_figure(text))
    return Sheet(tuple(claims), course, number + 1, changed=True)


def misprint(rng: random.Random, text: str, slip: Slip) -> str | None:
    """Write a figure as a slip of the pen has it; None where it has no place in it."""
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    significant = [place for place in digits if text[: place + 1].strip("-0.")]
    match slip.name:
        case "digits_swapped":
            pairs = [(one, two) for one, two in pairwise(digits) if text[one] != text[two] and two in significant]
            if not pairs:
                return None
            one, two = rng.choice(pairs)
            letters = list(text)
            letters[one], letters[two] = letters[two], letters[one]
            return "".join(letters)
        case "digit_dropped":
            inner = [place for place in significant[:-1] if text[place] != text[place + 1]]
            point = text.find(".")
            inner = [place for place in inner if place > point >= 0]
            return None if not inner else text[: (place := rng.choice(inner))] + text[place + 1 :]
        case "last_digit":
            if len(significant) < 2:
                return None
            step = Decimal(1).scaleb(-len(text.partition(".")[2])) * rng.choice([1, -1])
            return f"{Decimal(text) + step:f}"
        case "point_shifted":
            if len(significant) < 2:
                return None
            return f"{Decimal(text).scaleb(rng.choice([1, -1])):f}"
        case "arithmetic":
            places = significant[1:-1]
            if not places:
                return None
            place = rng.choice(places)
            return (
                text[:place] + rng.choice([digit for digit in "0123456789" if digit != text[place]]) + text[place + 1 :]
            )
    return None
