"""Where each line stands on a sheet: its stage, and its place within the stage."""

from enum import StrEnum
from typing import NamedTuple, TypeAlias, assert_never

from backprop_cli.quantities.quantity import Attached, Derivative, Variable
from backprop_cli.worksheet import backward
from backprop_cli.worksheet.ground import Ground, Key, Own, Sample, layer_of, loss_of


class Kind(StrEnum):
    """The parts of a sheet, in the order of a calculation."""

    GIVEN = "given"
    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    GRADIENTS = "gradients"
    UPDATE = "update"
    OWN = "own"


class Topic(StrEnum):
    """What the lines of a stage are, in the order of their part of the sheet."""

    INPUTS = "inputs"
    TARGETS = "targets"
    SAMPLE_WEIGHTS = "sample_weights"
    WEIGHTS = "weights"
    BIASES = "biases"
    MASKS = "masks"
    STATE = "state"
    SETTINGS = "settings"
    WEIGHTED_INPUTS = "weighted_inputs"
    EXPONENTIALS = "exponentials"
    EXPONENTIAL_SUMS = "exponential_sums"
    BEFORE_DROPOUT = "before_dropout"
    ACTIVATIONS = "activations"
    SHARES = "shares"
    SAMPLE_LOSSES = "sample_losses"
    PENALTY = "penalty"
    LOSS = "loss"
    OUTPUT_SLOPES = "output_slopes"
    CONNECTIONS = "connections"
    CONTRIBUTIONS = "contributions"
    SUMS = "sums"
    SLOPES = "slopes"
    ERRORS = "errors"
    LOCAL_GRADIENTS = "local_gradients"
    OTHER_DERIVATIVES = "other_derivatives"
    SAMPLE_GRADIENTS = "sample_gradients"
    GRADIENTS = "gradients"
    RATE = "rate"
    LENGTH = "length"
    APPLIED = "applied"
    MEMORY = "memory"
    CORRECTED = "corrected"
    OWN_RATES = "own_rates"
    UPDATED = "updated"
    CHANGES = "changes"
    EXPRESSIONS = "expressions"


_ORDER = {topic: number for number, topic in enumerate(Topic)}
_KINDS = {kind: number for number, kind in enumerate(Kind)}
_SYMBOLS = {symbol: number for number, symbol in enumerate(("x", "y", "w", "b", "z", "e", "s", "f", "a", "yhat", "L"))}


class Place(NamedTuple):
    """Where a stage stands; places are in the order of the sheet.

    Attributes:
        phase: of the calculation.
        block: within the phase: layers from the last to the first, where errors go back.
        kind: the part of the sheet.
        topic: what its lines are.
        number: within the topic: the layer of a forward stage, the position of a letter of the optimizer's state.
        layer: the layer that the stage is about; None where it is about all.
        letter: the letter of the optimizer's state, or ''.
    """

    phase: int
    block: int
    kind: Kind
    topic: Topic
    number: int = 0
    layer: int | None = None
    letter: str = ""

    @property
    def order(self) -> tuple[int, int, int, int, int]:
        """Give what places are sorted by."""
        return self.phase, self.block, _KINDS[self.kind], _ORDER[self.topic], self.number


def place(ground: Ground, key: Key) -> Place:
    """Give the stage of a line."""
    match key:
        case Own():
            return own_place()
        case Variable():
            return _of_variable(ground, key)
        case Attached():
            return _of_attached(ground, key)
        case Derivative():
            return _of_derivative(ground, key)
        case _:
            assert_never(key)


_GIVEN = {
    "x": Topic.INPUTS,
    "y": Topic.TARGETS,
    "w": Topic.WEIGHTS,
    "b": Topic.BIASES,
    "r": Topic.MASKS,
    "weight": Topic.SAMPLE_WEIGHTS,
}
_FORWARD = {
    "z": Topic.WEIGHTED_INPUTS,
    "e": Topic.EXPONENTIALS,
    "s": Topic.EXPONENTIAL_SUMS,
    "f": Topic.BEFORE_DROPOUT,
    "a": Topic.ACTIVATIONS,
    "yhat": Topic.ACTIVATIONS,
}


def _of_variable(ground: Ground, key: Variable) -> Place:
    if key.moment:
        return update_place(ground, Topic.UPDATED if key.moment == "new" else Topic.CHANGES, key.layer or 1)
    if key.symbol in _GIVEN:
        return Place(0, 0, Kind.GIVEN, _GIVEN[key.symbol])
    if key.symbol in _FORWARD:
        # All of one layer, then all of the next: the layer is the block.
        layer = layer_of(ground, key)
        return Place(_KINDS[Kind.FORWARD], layer, Kind.FORWARD, _FORWARD[key.symbol], 0, layer)
    if key.symbol in {"L", "penalty"}:
        return loss_place(_loss_topic(ground, key))
    return update_place(ground, Topic.LENGTH, ground.depth) if key.symbol == "gnorm" else rate_place(ground)


def _loss_topic(ground: Ground, key: Variable) -> Topic:
    if key.symbol == "penalty":
        return Topic.PENALTY
    if key.indices:
        return Topic.SHARES
    return Topic.SAMPLE_LOSSES if key.sample is not None and ground.split else Topic.LOSS


def loss_place(topic: Topic) -> Place:
    """Give a stage of the loss."""
    return Place(_KINDS[Kind.LOSS], 0, Kind.LOSS, topic)


def own_place() -> Place:
    """Give the stage of the reader's own expressions: after everything else."""
    return Place(_KINDS[Kind.OWN], 0, Kind.OWN, Topic.EXPRESSIONS)


def given_rate() -> Place:
    """Give the stage of a learning rate that is the config's own number."""
    return Place(0, 0, Kind.GIVEN, Topic.SETTINGS)


def rate_place(ground: Ground) -> Place:
    """Give the stage of the learning rate: before the first update."""
    phase = _KINDS[Kind.BACKWARD] if ground.sequential else _KINDS[Kind.UPDATE]
    return Place(phase, -1, Kind.UPDATE, Topic.RATE)


def backward_place(ground: Ground, topic: Topic, layer: int) -> Place:
    """Give a stage of the way back to a layer."""
    return Place(_KINDS[Kind.BACKWARD], ground.depth - layer, Kind.BACKWARD, topic, 0, layer)


def gradient_place(ground: Ground, topic: Topic, layer: int) -> Place:
    """Give a stage of the gradients of a layer's parameters."""
    phase = _KINDS[Kind.BACKWARD] if ground.sequential else _KINDS[Kind.GRADIENTS]
    return Place(phase, ground.depth - layer, Kind.GRADIENTS, topic, 0, layer)


def update_place(ground: Ground, topic: Topic, layer: int, letter: str = "") -> Place:
    """Give a stage of the update; in sequential order each layer has its own."""
    optimizer = ground.optimizer
    number = [*optimizer.state, *optimizer.corrected].index(letter) if letter else 0
    if ground.sequential:
        return Place(_KINDS[Kind.BACKWARD], ground.depth - layer, Kind.UPDATE, topic, number, layer, letter)
    return Place(_KINDS[Kind.UPDATE], 0, Kind.UPDATE, topic, number, None, letter)


def _of_attached(ground: Ground, key: Attached) -> Place:
    layer = key.parameter.layer or 1
    if key.old:
        number = ground.optimizer.state.index(key.symbol)
        return Place(0, 0, Kind.GIVEN, Topic.STATE, number, None, key.symbol)
    match key.symbol:
        case "g":
            return update_place(ground, Topic.APPLIED, layer)
        case "eta":
            return update_place(ground, Topic.OWN_RATES, layer)
        case letter:
            topic = Topic.MEMORY if letter in ground.optimizer.state else Topic.CORRECTED
            return update_place(ground, topic, layer, letter)


def _of_derivative(ground: Ground, key: Derivative) -> Place:
    top, bottom = key.top, key.bottom
    layer = layer_of(ground, bottom)
    if top == loss_of() and bottom.symbol in {"w", "b"}:
        apart = key.sample is not None and ground.split
        return gradient_place(ground, Topic.SAMPLE_GRADIENTS if apart else Topic.GRADIENTS, layer)
    topic = _backward_topic(ground, top, bottom)
    return (gradient_place if bottom.symbol in {"w", "b"} else backward_place)(ground, topic, layer)


def _backward_topic(ground: Ground, top: Variable, bottom: Variable) -> Topic:
    layer, below = layer_of(ground, top), layer_of(ground, bottom)
    if top.symbol == "L":
        return _topic_of_loss(ground, top, bottom)
    if top.symbol == "z" and bottom.symbol in {"w", "b"} and layer == below:
        return Topic.LOCAL_GRADIENTS
    if top.symbol == "z" and bottom.symbol in {"a", "x"} and layer == below + 1:
        return Topic.CONNECTIONS
    if top.symbol in {"a", "yhat"} and bottom.symbol == "z" and layer == below:
        return Topic.SLOPES
    return Topic.OTHER_DERIVATIVES


def _topic_of_loss(ground: Ground, top: Variable, bottom: Variable) -> Topic:
    if top.indices:
        apart = bottom.symbol in {"a", "x"} and backward.has_parts(ground, loss_of(), bottom)
        return Topic.CONTRIBUTIONS if apart else Topic.OTHER_DERIVATIVES
    topics = {"yhat": Topic.OUTPUT_SLOPES, "a": Topic.SUMS, "x": Topic.SUMS, "z": Topic.ERRORS}
    return topics.get(bottom.symbol, Topic.OTHER_DERIVATIVES)


Rank: TypeAlias = tuple[int, ...]


def rank(ground: Ground, key: Key) -> tuple[Rank, Rank, Rank]:
    """Give the place of a line within its stage: by sample, then by what it is the value of."""
    match key:
        case Own():
            return (_column(ground, key.sample),), (), ()
        case Variable():
            return (_column(ground, key.sample),), _rank(ground, key), ()
        case Attached():
            return (0,), _rank(ground, key.parameter), ()
        case Derivative():
            # Biases of a layer that shares one come last, as everywhere.
            return (_column(ground, key.sample),), _rank(ground, key.bottom), _rank(ground, key.top)
        case _:
            assert_never(key)


def _column(ground: Ground, sample: Sample) -> int:
    return -1 if sample is None else ground.column(sample)


def _rank(ground: Ground, variable: Variable) -> Rank:
    return layer_of(ground, variable), _SYMBOLS.get(variable.symbol, 0), *variable.indices
