"""The stages of a whole sheet, in order: what lines each has, without making any of them."""

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import TypeAlias

from backprop_cli.engine.layout import Part
from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Attached, Variable
from backprop_cli.quantities.topology import BiasKind
from backprop_cli.rules.activations import Pointwise, Rowwise
from backprop_cli.worksheet import places, update
from backprop_cli.worksheet.backward import has_parts
from backprop_cli.worksheet.forward import full
from backprop_cli.worksheet.ground import Ground, Key, Own, Sample, loss_of, new, share_of, slope, unit, z
from backprop_cli.worksheet.losses import shortcut_taken
from backprop_cli.worksheet.places import Place, Topic, backward_place, gradient_place, loss_place, update_place

Keys: TypeAlias = Callable[[], Iterator[Key]]


@immutable
class Plan:
    """What lines a stage has.

    Attributes:
        place: where it stands.
        count: how many lines it has.
        keys: walks what they are called by.
    """

    place: Place
    count: int
    keys: Keys


def plan(ground: Ground) -> list[Plan]:
    """Plan the stages that have lines, in the order of the sheet."""
    makers = (_given, _forward, _loss, _backward, _gradients, _update, _own)
    plans = [each for make in makers for each in make(ground)]
    return sorted((each for each in plans if each.count), key=lambda each: each.place.order)


def _across(place: Place, samples: Sequence[Sample], units: Sequence[int], name: Callable[[int, Sample], Key]) -> Plan:
    """Plan a line for every unit, sample by sample."""

    def keys() -> Iterator[Key]:
        for sample in samples:
            yield from (name(unit, sample) for unit in units)

    return Plan(place, len(units) * len(samples), keys)


def _given(ground: Ground) -> Iterator[Plan]:
    for symbol, units in (("x", ground.places(0)), ("y", ground.places(ground.depth))):
        yield _across(places.place(ground, Variable(symbol)), ground.samples, units, _component(symbol))
    if ground.weighted:
        weights = [Variable("weight", sample=sample) for sample in ground.samples]
        yield Plan(places.place(ground, weights[0]), len(weights), lambda: iter(weights))
    yield _parameters(ground, "w")
    yield _parameters(ground, "b")
    yield _masks(ground)
    for letter in ground.optimizer.state:
        yield _old_state(ground, letter)
    if ground.layout.trainable and update.rate(ground, update.RATE) is None:
        yield Plan(places.given_rate(), 1, lambda: iter((update.RATE,)))


def _component(symbol: str) -> Callable[[int, Sample], Key]:
    return lambda number, sample: Variable(symbol, None, (number,), sample=sample)


def _parameters(ground: Ground, symbol: str) -> Plan:
    def keys() -> Iterator[Key]:
        for layer in range(1, ground.depth + 1):
            yield from ground.of_layer(symbol, layer)

    count = sum(prod(part.shape) for part in ground.layout.parts() if part.symbol == symbol)
    return Plan(places.place(ground, Variable(symbol, 1)), count, keys)


def _masks(ground: Ground) -> Plan:
    layers = [layer for layer in range(1, ground.depth + 1) if ground.shape(layer).dropout]

    def keys() -> Iterator[Key]:
        for sample in ground.samples:
            for layer in layers:
                yield from (Variable("r", layer, (neuron,), sample=sample) for neuron in ground.places(layer))

    count = sum(ground.topology.units(layer) for layer in layers) * len(ground.samples)
    return Plan(places.place(ground, Variable("r", 1, (1,))), count, keys)


def _old_state(ground: Ground, letter: str) -> Plan:
    def keys() -> Iterator[Key]:
        return (Attached(letter, parameter, old=True) for parameter in ground.parameters(trainable=True))

    where = places.place(ground, Attached(letter, Variable("w", 1), old=True))
    return Plan(where, ground.layout.trainable, keys)


def _forward(ground: Ground) -> Iterator[Plan]:
    for layer in range(1, ground.depth + 1):
        yield from _forward_of(ground, layer)


def _forward_of(ground: Ground, layer: int) -> Iterator[Plan]:
    def stage(name: Callable[[int, Sample], Variable]) -> Plan:
        where = places.place(ground, name(1, ground.samples[0]))
        return _across(where, ground.samples, ground.places(layer), name)

    yield stage(lambda n, p: z(layer, n, p))
    if isinstance(ground.activation(layer), Rowwise):
        yield stage(lambda n, p: Variable("e", layer, (n,), sample=p))
        sums = [Variable("s", layer, sample=sample) for sample in ground.samples]
        yield Plan(places.place(ground, sums[0]), len(sums), lambda: iter(sums))
    if ground.shape(layer).dropout:
        yield stage(lambda n, p: full(layer, n, p))
    yield stage(lambda n, p: unit(ground, layer, n, p))


def _loss(ground: Ground) -> Iterator[Plan]:
    if ground.outputs > 1:
        yield _across(loss_place(Topic.SHARES), ground.samples, ground.places(ground.depth), share_of)
    if ground.split:
        yield Plan(
            loss_place(Topic.SAMPLE_LOSSES),
            len(ground.parts),
            lambda: (loss_of(sample) for sample in ground.parts),
        )
    if ground.penalized:
        yield Plan(loss_place(Topic.PENALTY), 1, lambda: iter((Variable("penalty"),)))
    yield Plan(loss_place(Topic.LOSS), 1, lambda: iter((loss_of(),)))


def _backward(ground: Ground) -> Iterator[Plan]:
    for layer in range(ground.depth, ground.lowest() - 1, -1):
        yield from _back_to(ground, layer)


def _back_to(ground: Ground, layer: int) -> Iterator[Plan]:
    """Plan what leads from the layer above to the weighted inputs of a layer."""
    above, apart = layer + 1, ground.samples
    if layer == ground.depth:
        apart = _told_in_full(ground)
        yield _per_unit(
            ground, Topic.OUTPUT_SLOPES, layer, lambda n, p: slope(loss_of(), unit(ground, layer, n), p), apart
        )
    else:
        if not _goes_through_updated(ground, above):
            yield _per_pair(ground, Topic.CONNECTIONS, layer, above, _connection(ground, layer))
        if has_parts(ground, loss_of(), unit(ground, layer, 1)):
            yield _per_pair(ground, Topic.CONTRIBUTIONS, layer, above, _contribution(ground, layer))
        if ground.topology.units(above) > 1 or isinstance(ground.activation(layer), Rowwise):
            yield _per_unit(ground, Topic.SUMS, layer, lambda n, p: slope(loss_of(), unit(ground, layer, n), p))
    yield _slopes(ground, layer, apart)
    joint = tuple(sample for sample in ground.samples if sample not in apart)
    with_errors = ground.samples if _has_error_lines(ground, layer) else joint
    yield _per_unit(ground, Topic.ERRORS, layer, lambda n, p: slope(loss_of(), z(layer, n), p), with_errors)


def _told_in_full(ground: Ground) -> tuple[Sample, ...]:
    """List the samples whose output error is a full product: none where the loss has a shortcut and it is taken."""
    return tuple(sample for sample in ground.samples if shortcut_taken(ground, sample) is None)


def _goes_through_updated(ground: Ground, layer: int) -> bool:
    return ground.sequential and ground.layout.layers[layer - 1].weights.trainable


def _connection(ground: Ground, layer: int) -> Callable[[int, int, Sample], Key]:
    return lambda n, k, p: slope(z(layer + 1, k), unit(ground, layer, n), p)


def _contribution(ground: Ground, layer: int) -> Callable[[int, int, Sample], Key]:
    return lambda n, k, p: slope(share_of(k), unit(ground, layer, n), p)


def _per_unit(
    ground: Ground,
    topic: Topic,
    layer: int,
    name: Callable[[int, Sample], Key],
    some: tuple[Sample, ...] | None = None,
) -> Plan:
    samples = ground.samples if some is None else some
    return _across(backward_place(ground, topic, layer), samples, ground.places(layer), name)


def _per_pair(
    ground: Ground,
    topic: Topic,
    layer: int,
    other: int,
    name: Callable[[int, int, Sample], Key],
    some: tuple[Sample, ...] | None = None,
) -> Plan:
    units, others, samples = ground.places(layer), ground.places(other), ground.samples if some is None else some

    def keys() -> Iterator[Key]:
        for sample in samples:
            for neuron in units:
                yield from (name(neuron, each, sample) for each in others)

    return Plan(backward_place(ground, topic, layer), len(units) * len(others) * len(samples), keys)


def _slopes(ground: Ground, layer: int, samples: tuple[Sample, ...]) -> Plan:
    def own(neuron: int, sample: Sample) -> Key:
        return slope(unit(ground, layer, neuron), z(layer, neuron), sample)

    def of_each(neuron: int, other: int, sample: Sample) -> Key:
        return slope(unit(ground, layer, other), z(layer, neuron), sample)

    if isinstance(ground.activation(layer), Pointwise):
        return _per_unit(ground, Topic.SLOPES, layer, own, samples)
    return _per_pair(ground, Topic.SLOPES, layer, layer, of_each, samples)


def _has_error_lines(ground: Ground, layer: int) -> bool:
    """Say whether ∂L/∂z of a layer is asked for by name: by several ways that meet below, or by a shared bias."""
    if isinstance(ground.activation(layer), Rowwise):
        return True
    return ground.topology.units(layer) > 1 and (layer > ground.lowest() or _trains_shared_bias(ground, layer))


def _trains_shared_bias(ground: Ground, layer: int) -> bool:
    bias = ground.layout.layers[layer - 1].bias
    return ground.shape(layer).bias is BiasKind.LAYER and bias is not None and bias.trainable


def _gradients(ground: Ground) -> Iterator[Plan]:
    for layer in range(ground.depth, ground.lowest() - 1, -1):
        yield _local_gradients(ground, layer)
        if ground.split:
            yield _sample_gradients(ground, layer)
        yield Plan(
            gradient_place(ground, Topic.GRADIENTS, layer),
            _count(ground, layer),
            lambda layer=layer: (slope(loss_of(), key) for key in _trainable(ground, layer)),  # type: ignore[misc]
        )


def _trained_parts(ground: Ground, layer: int) -> Iterator[Part]:
    parts = ground.layout.layers[layer - 1]
    return (part for part in (parts.weights, parts.bias) if part is not None and part.trainable)


def _trainable(ground: Ground, layer: int) -> Iterator[Variable]:
    for part in _trained_parts(ground, layer):
        yield from ground.of_layer(part.symbol, layer)


def _count(ground: Ground, layer: int) -> int:
    return sum(prod(part.shape) for part in _trained_parts(ground, layer))


def _local_gradients(ground: Ground, layer: int) -> Plan:
    def keys() -> Iterator[Key]:
        for sample in ground.samples:
            for parameter in _trainable(ground, layer):
                yield from (slope(z(layer, neuron), parameter, sample) for neuron in ground.fed(parameter))

    count = _count(ground, layer) + (ground.topology.units(layer) - 1 if _trains_shared_bias(ground, layer) else 0)
    return Plan(gradient_place(ground, Topic.LOCAL_GRADIENTS, layer), count * len(ground.samples), keys)


def _sample_gradients(ground: Ground, layer: int) -> Plan:
    def keys() -> Iterator[Key]:
        for sample in ground.parts:
            yield from (slope(loss_of(), parameter, sample) for parameter in _trainable(ground, layer))

    count = _count(ground, layer) * len(ground.parts)
    return Plan(gradient_place(ground, Topic.SAMPLE_GRADIENTS, layer), count, keys)


def _update(ground: Ground) -> Iterator[Plan]:
    if update.rate(ground, update.RATE) is not None and ground.layout.trainable:
        yield Plan(places.rate_place(ground), 1, lambda: iter((update.RATE,)))
    clip = ground.optimizer.clip
    if clip is not None and clip.norm is not None and ground.layout.trainable:
        yield Plan(update_place(ground, Topic.LENGTH, ground.depth), 1, lambda: iter((update.LENGTH,)))
    layers = range(ground.depth, 0, -1) if ground.sequential else (0,)
    for layer in layers:
        yield from _update_of(ground, layer)


def _update_of(ground: Ground, layer: int) -> Iterator[Plan]:
    """Plan the update of one layer, or of all of them where the number is 0."""
    layers = [layer] if layer else list(range(1, ground.depth + 1))
    count = sum(_count(ground, each) for each in layers)
    optimizer = ground.optimizer

    def stage(topic: Topic, name: Callable[[Variable], Key], letter: str = "") -> Plan:
        def keys() -> Iterator[Key]:
            for each in layers:
                yield from (name(parameter) for parameter in _trainable(ground, each))

        return Plan(update_place(ground, topic, layer, letter), count, keys)

    if optimizer.clip is not None:
        yield stage(Topic.APPLIED, lambda parameter: Attached("g", parameter))
    for topic, letters in ((Topic.MEMORY, optimizer.state), (Topic.CORRECTED, optimizer.corrected)):
        for letter in letters:
            yield stage(topic, lambda parameter, letter=letter: Attached(letter, parameter), letter)  # type: ignore[misc]
    yield stage(Topic.UPDATED, new)


def _own(ground: Ground) -> Iterator[Plan]:
    names: list[Own] = list(ground.expressions)
    yield Plan(places.own_place(), len(names), lambda: iter(names))
