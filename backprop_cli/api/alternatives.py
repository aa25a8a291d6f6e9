"""The other conventions that a sheet may follow, each with a run of its own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from backprop_cli.api.course import Course
from backprop_cli.config.loader import Setup
from backprop_cli.config.network import Layer, Network
from backprop_cli.grading.conventions import Alternative
from backprop_cli.grading.marking import Claim
from backprop_cli.grading.slips import CATALOGUE
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.notation import NOTATIONS
from backprop_cli.quantities.quantity import Attached
from backprop_cli.rules.base import Variant
from backprop_cli.rules.optimizers import Optimizer

# Reads the figures of a sheet under a table of names.
Reread = Callable[[Claim, NameTable], Claim | None]
# Where a convention has no slip of its own among those of single lines.
_RANK = 95
_RANKS = {slip.name: slip.rank for slip in CATALOGUE}


def alternatives_of(course: Course, reread: Reread) -> Iterator[Alternative]:
    """Walk the conventions that may be meant in place of a config's own.

    Args:
        course: the declared run.
        reread: reads a figure with another table of names.
    """
    setup = course.setup
    experiment = setup.experiment
    for variant in experiment.loss.variants():
        yield _of_rule(setup, variant, loss=variant.rule)
    for variant in experiment.optimizer.variants():
        yield _of_rule(setup, variant, optimizer=variant.rule)
    yield from _of_weights(setup)
    yield from _of_biases(setup)
    yield from _of_order(setup)
    yield from _of_numbering(course, reread)


def _with(setup: Setup, **changes: Any) -> Setup:
    return replace(setup, experiment=setup.experiment.model_copy(update=changes))


def _alternative(slip: str, sentence: str, other: Setup, reread: Callable[[Claim], Claim | None]) -> Alternative:
    return Alternative(slip, sentence, _RANKS.get(slip, _RANK), Course(other), reread)


def _as_it_is(claim: Claim) -> Claim:
    return claim


def _of_rule(setup: Setup, variant: Variant, **changes: Any) -> Alternative:
    declared, other = setup.experiment.optimizer, changes.get("optimizer", setup.experiment.optimizer)
    return _alternative(variant.slip, variant.sentence, _with(setup, **changes), _letters(declared, other))


def _letters(declared: Optimizer, other: Optimizer) -> Callable[[Claim], Claim | None]:
    """Read what is remembered under the letters of another optimizer."""
    letters = dict(zip(declared.state, other.state, strict=False))

    def reread(claim: Claim) -> Claim | None:
        key = claim.key
        if not isinstance(key, Attached) or key.symbol not in letters:
            return claim
        return replace(claim, key=replace(key, symbol=letters[key.symbol]))

    return reread


def _with_layers(setup: Setup, change: Callable[[Layer], Layer]) -> Setup:
    network: Network = setup.experiment.network
    layers = tuple(change(layer) for layer in network.layers)
    return _with(setup, network=network.model_copy(update={"layers": layers}))


def _of_weights(setup: Setup) -> Iterator[Alternative]:
    def transposed(layer: Layer) -> Layer:
        rows = layer.weights
        if not isinstance(rows, tuple) or len(rows) != len(rows[0]):
            return layer
        return layer.model_copy(update={"weights": tuple(zip(*rows, strict=True))})

    other = _with_layers(setup, transposed)
    if other.experiment != setup.experiment:
        yield _alternative("weights_transposed", "weights read by columns (transposed)", other, _as_it_is)


def _of_biases(setup: Setup) -> Iterator[Alternative]:
    for trainable, slip, sentence in (
        (True, "bias_updated", "biases that are updated"),
        (False, "bias_frozen", "biases that are never updated"),
    ):
        other = _with_layers(setup, _biases_that(trainable=trainable))
        if other.experiment != setup.experiment:
            yield _alternative(slip, sentence, other, _as_it_is if trainable else _not_of_biases)


def _not_of_biases(claim: Claim) -> Claim:
    """Leave unread what an optimizer remembers of a bias: of one that is never updated, it remembers nothing."""
    key = claim.key
    return replace(claim, key=None) if isinstance(key, Attached) and key.parameter.symbol == "b" else claim


def _biases_that(*, trainable: bool) -> Callable[[Layer], Layer]:
    def change(layer: Layer) -> Layer:
        if layer.bias.per == "none" or not layer.trainable:
            return layer
        return layer.model_copy(update={"bias": layer.bias.model_copy(update={"trainable": trainable})})

    return change


def _of_order(setup: Setup) -> Iterator[Alternative]:
    clip = setup.experiment.optimizer.clip
    if len(setup.experiment.network.layers) == 1 or (clip is not None and clip.norm is not None):
        return
    if setup.experiment.update_order == "simultaneous":
        sentence = "the sequential order, in which errors go back through weights that are already updated"
        yield _alternative("sequential_update", sentence, _with(setup, update_order="sequential"), _as_it_is)
    else:
        sentence = "the simultaneous order, in which errors go back through the weights before the update"
        yield _alternative("simultaneous_update", sentence, _with(setup, update_order="simultaneous"), _as_it_is)


def _of_numbering(course: Course, reread: Reread) -> Iterator[Alternative]:
    setup, experiment = course.setup, course.setup.experiment
    for notation in NOTATIONS.values():
        if notation.name == experiment.notation:
            continue
        names, _ = NameTable.build(experiment.names, setup.topology, notation)
        sentence = f"layers that are numbered as in the notation '{notation.name}'"
        yield Alternative("layer_number", sentence, _RANK, course, _renamed(reread, names))


def _renamed(reread: Reread, names: NameTable) -> Callable[[Claim], Claim | None]:
    return lambda claim: reread(claim, names)
