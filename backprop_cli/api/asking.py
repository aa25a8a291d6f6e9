"""From names to lines of one step's sheet: quantities as the sheet calls them, and the reader's own expressions."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from backprop_cli.algebra.rewrite import swap
from backprop_cli.algebra.term import Term
from backprop_cli.config.loader import Setup
from backprop_cli.config.naming import belongs_to_a_sample
from backprop_cli.errors import UsageError
from backprop_cli.quantities.derived import Meaning
from backprop_cli.quantities.problem import NameProblem
from backprop_cli.quantities.quantity import Attached, Derivative, Quantity, Variable
from backprop_cli.render.rows import listed_samples
from backprop_cli.worksheet.ground import Ground, Key, Own

_BESIDE = re.compile(r"(?P<letter>[A-Za-z]+)(?P<old>_old)?\((?P<parameter>[wb]\w*)\)")


class NotInStep(UsageError):  # noqa: N818  it names what is wrong
    """Report a name that means nothing in the step that is told."""


def expressions(setup: Setup, ground: Ground) -> Iterator[tuple[Own, Term]]:
    """Walk the reader's own expressions, one for each sample where they depend on one."""
    for name, term in setup.names.expressions.items():
        each = ground.record.samples if ground.many and belongs_to_a_sample(term) else (None,)
        for sample in each:
            placed = term if sample is None else setup.names.resolve(f"{name}@{sample}")
            try:
                yield Own(name, sample), _normal_term(ground, placed)
            except NameProblem:
                # It is about a sample that this step does not train on.
                continue


def _normal_term(ground: Ground, meaning: Meaning) -> Term:
    assert isinstance(meaning, Term)  # noqa: S101  an expression is one
    return swap(meaning, lambda name: replace(name, key=normal(ground, name.key)))  # type: ignore[arg-type]  # names refer to quantities


def normal(ground: Ground, quantity: Quantity) -> Quantity:
    """Give a quantity as the sheet of a step calls it: with its sample where there are several, else without.

    Raises:
        NameProblem: the sample is missing, or not in the step.
    """
    if isinstance(quantity, Attached):
        return quantity
    samples = ground.record.samples
    if quantity.sample is None:
        if ground.many and belongs_to_a_sample(quantity):
            raise _which_sample(ground)
        return quantity
    if quantity.sample not in samples:
        raise NameProblem(
            f"sample {quantity.sample} is not in step {ground.record.step}, which trains on {listed_samples(samples)}"
        )
    return quantity if ground.many or (ground.split and _is_of_loss(quantity)) else replace(quantity, sample=None)


def _is_of_loss(quantity: Quantity) -> bool:
    """Say whether a sample's loss, or a gradient of it, lacks the penalty that the step's has."""
    match quantity:
        case Variable():
            return quantity.symbol == "L" and not quantity.indices
        case Derivative():
            return quantity.top == Variable("L") and quantity.bottom.symbol in {"w", "b"}
        case _:
            return False


def wanted(setup: Setup, ground: Ground, text: str, sample: int | None) -> Key:
    """Give what a name asks for; a sample that was chosen stands for one that the name leaves out."""
    name = text.strip()
    try:
        core, _, own_sample = name.partition("@")
        meaning = setup.names.resolve(_of_sample(setup, ground, name, sample))
        if ground.many and belongs_to_a_sample(meaning):
            raise _which_sample(ground, name)
        if not isinstance(meaning, Term):
            return normal(ground, meaning)
        return _own(ground, Own(core, int(own_sample or sample or 0) or None if ground.many else None))
    except NameProblem as problem:
        quoted = f"{name!r}: "
        raise NotInStep(quoted + (_as_named(name) or str(problem).removeprefix(quoted))) from None


def _as_named(shown: str) -> str:
    """Give the name of what a sheet shows as m(w1) or m_old(w1), where it is written so; else ''."""
    match = _BESIDE.fullmatch(shown)
    return f"this is named {match['letter']}:{match['parameter']}{match['old'] or ''}" if match else ""


def _of_sample(setup: Setup, ground: Ground, name: str, sample: int | None) -> str:
    """Give a name with the sample that was chosen, where it has a value for that sample alone."""
    own = name.partition("@")[2]
    if sample is not None and own not in {"", str(sample)}:
        raise NameProblem(f"the name says sample {own}, and sample {sample} is chosen; write the same")
    if sample is None or own or not ground.many:
        return name
    with suppress(NameProblem):
        setup.names.resolve(f"{name}@{sample}")
        return f"{name}@{sample}"
    return name


def _own(ground: Ground, key: Own) -> Own:
    if key not in ground.expressions:
        raise _which_sample(ground)
    return key


def _which_sample(ground: Ground, name: str = "") -> NameProblem:
    samples = ground.record.samples
    return NameProblem(
        f"it has a value for each of the step's {len(samples)} samples; say which, as {name}@{samples[0]}"
    )
