"""A sheet that follows another convention throughout is told so; one figure that does is a slip."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from students.networks import Config, course_of, dice, draw_config, setup_of
from students.people import FEWEST, MOST, Student, nodes_of, work
from students.trials import REFUSED

from backprop_cli.api import check
from backprop_cli.grading.answers import Entry
from backprop_cli.grading.marking import Claim, Marking, Status
from backprop_cli.quantities.notation import NOTATIONS, write
from backprop_cli.worksheet.ground import Own

Change = Callable[[Config], None]
SEEDS = range(2)


def with_loss(loss: Any) -> Change:
    return lambda config: config.update(loss=loss)


def with_loss_of_batch(loss: Any) -> Change:
    data = {"inputs": [[0.35, 0.9], [-0.7, 0.2]], "targets": [[0.2, 0.8], [0.6, 0.1]]}
    return lambda config: config.update(loss=loss, data=data)


def with_optimizer(**settings: Any) -> Change:
    return lambda config: config.update(optimizer={"learning_rate": 0.3} | settings)


def with_biases(*, trainable: bool) -> Change:
    def change(config: Config) -> None:
        for layer in config["network"]["layers"]:
            layer["bias"] = {"per": "neuron", "values": [0.3] * layer["units"], "trainable": trainable}

    return change


def with_order(order: str) -> Change:
    return lambda config: config.update(update_order=order)


def transposed(config: Config) -> None:
    for layer in config["network"]["layers"]:
        layer["weights"] = [list(column) for column in zip(*layer["weights"], strict=True)]


def as_it_is(config: Config) -> None:
    pass


ADAM = {"name": "adam", "eps": 0.1}
# What the sheet is said to follow, what the config says, what the sheet follows, and how many steps it takes to tell.
CASES: list[tuple[str, Change, Change, int]] = [
    ("half", with_loss("half_sse"), with_loss("sse"), 1),
    ("half", with_loss("sse"), with_loss("half_sse"), 1),
    ("sum_for_mean", with_loss_of_batch("mse"), with_loss({"name": "mse", "reduction": "sum"}), 1),
    ("sum_for_mean", with_loss("mse"), with_loss({"name": "sse", "reduction": "mean"}), 1),
    ("mean_for_sum", with_loss_of_batch("half_sse"), with_loss({"name": "half_sse", "reduction": "mean"}), 1),
    ("weights_transposed", as_it_is, transposed, 1),
    ("bias_frozen", with_biases(trainable=True), with_biases(trainable=False), 2),
    ("bias_updated", with_biases(trainable=False), with_biases(trainable=True), 2),
    ("sequential_update", with_order("simultaneous"), with_order("sequential"), 2),
    ("simultaneous_update", with_order("sequential"), with_order("simultaneous"), 2),
    ("eps_form", with_optimizer(**ADAM), with_optimizer(**ADAM, eps_inside_root=True), 1),
    ("momentum_form", with_optimizer(name="momentum"), with_optimizer(name="momentum", form="change"), 2),
]
# What the catalogue calls it on one line.
SLIP_OF_ONE_LINE = {"sequential_update": "updated_weights"}


def square(seed: int) -> Config:
    """Draw a 2-2-2 net."""
    rng = dice(f"convention {seed}")
    while True:
        config = draw_config(rng, plain=True, widest=2)
        layers = config["network"]["layers"]
        if config["network"]["inputs"] == 2 and [layer["units"] for layer in layers] == [2, 2]:
            return config


def worked(config: Config, steps: int, seed: int, *, carries: float | None = None) -> tuple[Claim, ...]:
    """Let a student with few or many digits work through all lines."""
    rng = dice(f"worked {seed}")
    digits, course = rng.randint(FEWEST + 2, MOST), course_of(config)
    student = Student(rng, lambda: digits, carries=rng.choice([0.0, 1.0]) if carries is None else carries)
    return work(student, course, nodes_of(course, range(1, steps + 1), frozen=True))


def marked(config: Config, claims: tuple[Claim, ...]) -> Marking:
    return check(setup_of(config), [Entry(claim.name, claim.printed, claim.step) for claim in claims]).marking


def pair(case: tuple[str, Change, Change, int], seed: int) -> tuple[Config, Config]:
    """Give what is declared and what is followed."""
    _, declare, follow, _ = case
    declared = square(seed)
    declare(declared)
    followed = deepcopy(declared)
    follow(followed)
    return declared, followed


def in_declared_letters(claim: Claim) -> Claim:
    """Write what momentum remembers as the velocity form does."""
    return replace(claim, name=claim.name.replace("d:", "v:")) if claim.name.startswith("d:") else claim


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_a_whole_sheet_is_told_its_convention_and_all_that_it_explains(case: Any) -> None:
    name, *_, steps = case
    for seed in SEEDS:
        declared, followed = pair(case, seed)
        marking = marked(declared, tuple(map(in_declared_letters, worked(followed, steps, seed))))
        missed = {verdict.claim.number for verdict in marking.verdicts if verdict.status in REFUSED}

        assert [convention.name for convention in marking.conventions] == [name], f"seed {seed}"
        assert set(marking.conventions[0].explains) == missed, f"seed {seed}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_one_figure_of_another_convention_is_a_slip(case: Any) -> None:
    name, *_, steps = case
    for seed in SEEDS:
        declared, followed = pair(case, seed)
        claims, others = (worked(config, steps, seed, carries=0.0) for config in (declared, followed))
        others = tuple(map(in_declared_letters, others))
        verdicts = marked(declared, others).verdicts
        other = next(verdict.claim for verdict in verdicts if verdict.status is Status.WRONG)
        number = next(each.number for each in claims if (each.name, each.step) == (other.name, other.step))
        one = replace(claims[number - 1], printed=other.printed)
        marking = marked(declared, (*claims[: number - 1], one, *claims[number:]))

        assert marking.conventions == (), f"seed {seed}"
        assert {name, SLIP_OF_ONE_LINE.get(name)} & {*marking.verdicts[number - 1].named}, f"seed {seed}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_an_honest_sheet_follows_no_other_convention(case: Any) -> None:
    *_, steps = case
    for seed in SEEDS:
        declared, _ = pair(case, seed)
        marking = marked(declared, worked(declared, steps, seed))

        assert marking.conventions == ()
        assert marking.refused() == (), f"seed {seed}"


@pytest.mark.parametrize("notation", ["entering", "zero_based"])
def test_layers_that_are_numbered_otherwise_are_told(notation: str) -> None:
    for seed in SEEDS[:1]:
        config = square(seed)
        claims = worked(config, 1, seed)
        renamed = tuple(
            replace(claim, name=write(claim.key, NOTATIONS[notation]))
            for claim in claims
            if claim.key is not None and not isinstance(claim.key, Own)
        )
        marking = marked(config, renamed)
        missed = {verdict.claim.number for verdict in marking.verdicts if verdict.status in REFUSED}

        assert [convention.name for convention in marking.conventions] == ["layer_number"], f"seed {seed}"
        assert notation in marking.conventions[0].sentence
        assert set(marking.conventions[0].explains) == missed, f"seed {seed}"
