"""The engine as a witness: what is given comes from its record, and what it computed must agree with the sheet."""

from collections.abc import Iterator
from typing import SupportsFloat

from backprop_cli.algebra.sizes import Sized
from backprop_cli.errors import DivergedError, InternalError
from backprop_cli.quantities.notation import LEAVING, write
from backprop_cli.quantities.quantity import Attached, Derivative, Variable
from backprop_cli.rules.base import Array
from backprop_cli.worksheet.ground import Ground, Key, Own, layer_of, loss_of, new, slope, z

_ROUNDED = "has no value once the lines before it are rounded; carry more digits"
_TOO_LARGE = (
    "has no finite value by its formula as it is taught, for numbers this large; scale the data or the starting "
    "weights down"
)
# What softmax has on its way.
_OF_SOFTMAX = {"e", "s"}


class NotExplained(DivergedError):  # noqa: N818  it names what has no explanation
    """Report a quantity whose formula, as it is taught, has no finite value though the engine has one.

    Attributes:
        key: the quantity.
    """

    def __init__(self, key: Key, *, rounded: bool = False) -> None:
        name = key.name if isinstance(key, Own) else write(key, LEAVING)
        shifted = ", or write softmax with shift: max" if getattr(key, "symbol", "") in _OF_SOFTMAX else ""
        super().__init__(f"{name} {_ROUNDED}" if rounded else f"{name} {_TOO_LARGE}{shifted}")
        self.key = key


def given(ground: Ground, key: Key) -> float:
    """Give the value of what a step starts from: inputs, targets, parameters, the state it found, a constant rate."""
    return float(_found(ground, key))


def given_text(ground: Ground, key: Key) -> str:
    """Write such a value as shortly as its own precision allows: the 0.3 of a config is 0.3 in float32, too."""
    return str(_found(ground, key))


def _found(ground: Ground, key: Key) -> SupportsFloat:
    record = ground.record
    if isinstance(key, Attached):
        return number_at(record.state_before[key.symbol], ground.layout.address(key.parameter))
    assert isinstance(key, Variable)  # noqa: S101  nothing else is given
    if key.symbol == "eta":
        return ground.optimizer.learning_rate
    if key.symbol in {"w", "b"}:
        return number_at(record.before, ground.layout.address(key))
    return number_at(_rows(ground, key), ground.column(key.sample))


def _rows(ground: Ground, key: Variable) -> Array:
    """Give the row of the record that has a number for each sample of the batch."""
    record = ground.record
    if key.symbol == "weight":
        assert record.weights is not None  # noqa: S101  no name stands for what there is not
        return record.weights
    kept = record.kept[(key.layer or 1) - 1] if key.symbol == "r" else None
    values = {"x": record.x, "y": record.y, "r": kept}[key.symbol]
    assert values is not None  # noqa: S101  as above
    row: Array = values[key.indices[0] - 1]
    return row


def number_at(values: Array, at: int) -> SupportsFloat:
    """Give one number of a vector, in the vector's own precision."""
    number: SupportsFloat = values[at]
    return number


def beside(ground: Ground, key: Key) -> Iterator[Key]:
    """Walk what the engine has on its way to a line, where that may have no line of its own.

    These are the errors and the applied gradient behind a gradient, and a frozen parameter after the step.
    """
    if isinstance(key, Variable) and key.symbol in {"w", "b"} and not key.moment and not ground.is_trainable(key):
        yield new(key)
    if key == loss_of() and not ground.penalized:
        yield Variable("penalty")
    if isinstance(key, Derivative) and key.top == loss_of():
        yield from _beside_slope(ground, key)


def _beside_slope(ground: Ground, key: Derivative) -> Iterator[Key]:
    bottom, inner = key.bottom, key.sample if ground.many else None
    if bottom.symbol == "z" and layer_of(ground, bottom) < ground.depth:
        above = layer_of(ground, bottom) + 1
        yield from (slope(loss_of(), z(above, neuron), inner) for neuron in ground.places(above))
    if bottom.symbol not in {"w", "b"} or not ground.is_trainable(bottom):
        return
    clip = ground.optimizer.clip
    if key.sample is None and (clip is None or clip.norm is None):
        # Clipping by length takes the whole gradient, which one of its entries does not ask for.
        yield Attached("g", bottom)
    if key.sample is not None or not ground.split:
        yield from (slope(loss_of(), z(layer_of(ground, bottom), neuron), inner) for neuron in ground.fed(bottom))


def hold(ground: Ground, key: Key, found: Sized) -> Sized:
    """Give the value of a line again, its size no larger than what it and the engine's value differ by.

    Lines that follow are so held to what follows from this one, and errors do not add up over the sheet.

    Raises:
        InternalError: the engine has another value than the sheet.
    """
    seen = computed(ground, key)
    if seen is None:
        return found
    distance = abs(found.value - seen)
    if not distance <= ground.precision * found.size:
        name = key.name if isinstance(key, Own) else write(key, LEAVING)
        raise InternalError(f"{name} is {found.value!r} on the worksheet and {seen!r} in the engine")
    # Twice, since what follows may be rounded to the other side.
    error = max(2.0 * distance, ground.least if found.value else 0.0)
    return Sized(found.value, max(abs(found.value), error / ground.precision))


def computed(ground: Ground, key: Key) -> float | None:
    """Give the engine's value of a quantity; None where its record has none."""
    match key:
        case Variable():
            return _variable(ground, key)
        case Attached():
            return _attached(ground, key)
        case Derivative():
            return _derivative(ground, key)
        case _:
            return None


def _variable(ground: Ground, key: Variable) -> float | None:
    record, whole = ground.record, key.sample is None and not key.indices
    match key.symbol:
        case "z" | "f" | "a" | "yhat":
            layers = {"z": record.z, "f": record.f}.get(key.symbol, record.a)
            values = layers[(key.layer or ground.depth) - 1]
            return float(values[key.indices[0] - 1, ground.column(key.sample)])
        case "w" | "b" if key.moment == "new":
            return float(record.after[ground.layout.address(Variable(key.symbol, key.layer, key.indices))])
        case "L" if whole:
            return record.loss
        case "penalty":
            return record.penalty
        case "eta":
            return record.rate
        case _:
            return None


def _attached(ground: Ground, key: Attached) -> float | None:
    record = ground.record
    vector = record.applied if key.symbol == "g" else record.state_after.get(key.symbol)
    if vector is None or key.old or not ground.is_trainable(key.parameter):
        return None
    return float(vector[ground.layout.address(key.parameter)])


def _derivative(ground: Ground, key: Derivative) -> float | None:
    if key.top != loss_of():
        return None
    record, bottom = ground.record, key.bottom
    if bottom.symbol == "z":
        error = float(record.delta[(bottom.layer or 1) - 1][bottom.indices[0] - 1, ground.column(key.sample)])
        # The engine's errors are those of the step's loss, which may be a mean over the samples.
        return error * len(record.samples) if ground.loss.reduction == "mean" else error
    if bottom.symbol in {"w", "b"} and key.sample is None and ground.is_trainable(bottom):
        return float(record.gradient[ground.layout.address(bottom)])
    return None
