"""Equal forms: which quantities are the same number, and which other expressions give a line.

A person may take a2 from the line ∂z3/∂w2, the error of a neuron from the line of its bias, or a gradient from the
product of all slopes as well as from the error before it.  All of these follow the same way.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from backprop_cli.algebra.rewrite import swap
from backprop_cli.algebra.term import Apply, Number, Ref, Term, product, total
from backprop_cli.quantities.quantity import Attached, Derivative, Variable
from backprop_cli.quantities.upstream import depends
from backprop_cli.worksheet.backward import by_last_step, is_of_step
from backprop_cli.worksheet.book import Book
from backprop_cli.worksheet.ground import Ground, Key, layer_of, loss_of, ref, slope, unit, w, z

# What multiplies the weight is what comes in, and the other way round.
_ROLES = {"w": "input", "a": "weight", "x": "weight"}
# Whether a quantity is written on the sheet.
IsWritten = Callable[[Key], bool]


def same(ground: Ground, key: Key) -> Key:
    """Give the one name of all quantities that are the same number: a2 for ∂z3/∂w2, ∂L/∂z for the bias's gradient."""
    match key:
        case Derivative():
            return _same_derivative(ground, key)
        case Attached(symbol="g") if ground.optimizer.clip is None:
            return same(ground, slope(loss_of(), key.parameter))
        case Variable(symbol="L", indices=(_,)) if _is_only_share(ground):
            return replace(key, indices=())
        case _:
            return key


def in_plain_names(ground: Ground, term: Term) -> Term:
    """Write an expression with the activation for ∂z/∂w and the weight for ∂z/∂a."""

    def plain(name: Ref) -> Term | None:
        key = name.key
        if not isinstance(key, Derivative) or key.top.symbol != "z":
            return None
        found = _same_of_weighted_input(ground, key)
        return Ref(found, _ROLES.get(key.bottom.symbol, name.role)) if found != key else None

    return swap(term, plain)


def _is_only_share(ground: Ground) -> bool:
    return ground.outputs == 1 and not ground.penalized


def _same_derivative(ground: Ground, key: Derivative) -> Key:
    top, bottom, sample = key.top, key.bottom, key.sample if ground.many else None
    if top.symbol == "z":
        return _same_of_weighted_input(ground, key)
    if top.symbol != "L":
        return key
    if top.indices and _is_whole(ground, top, bottom):
        top = loss_of()
    of_sample = not ground.many or sample is not None
    if bottom.symbol == "b" and bottom.indices and of_sample:
        return _same_derivative(ground, Derivative(top, z(layer_of(ground, bottom), bottom.indices[0]), sample))
    return replace(key, top=top)


def _same_of_weighted_input(ground: Ground, key: Derivative) -> Key:
    top, bottom = key.top, key.bottom
    layer = top.layer or 1
    if bottom.symbol == "w" and bottom.layer == layer:
        return unit(ground, layer - 1, bottom.indices[1], key.sample)
    if bottom.symbol in {"a", "x"} and layer_of(ground, bottom) == layer - 1:
        return w(layer, top.indices[0], bottom.indices[0])
    return key


def _is_whole(ground: Ground, top: Variable, bottom: Variable) -> bool:
    """Say whether the loss depends on a quantity through one output's share alone."""
    if _is_only_share(ground):
        return True
    if bottom.symbol == "yhat":
        return bottom.indices == top.indices
    is_last = not ground.shape(ground.depth).rowwise and layer_of(ground, bottom) == ground.depth
    return is_last and bottom.indices[:1] == top.indices and not (ground.penalized and bottom.symbol in {"w", "b"})


def default(book: Book, key: Key) -> Term | None:
    """Give the expression of a line with a place for every step on the way; None where it is given."""
    return by_last_step(book.ground, key) if isinstance(key, Derivative) else book.term(key)


def others(book: Book, key: Key, written: IsWritten) -> Iterator[Term]:
    """Walk other expressions of a line, as far as the sheet has something for them."""
    ground = book.ground
    if isinstance(key, Derivative):
        yield from _derivatives(book, key, written)
    if isinstance(key, Variable) and key.moment == "new" and written(replace(key, moment="change")):
        yield ref(replace(key, moment="")) + ref(replace(key, moment="change"))
    if ground.expressions:
        yield from _by_own_names(book, key, written)


def _derivatives(book: Book, key: Derivative, written: IsWritten) -> Iterator[Term]:
    ground, usual = book.ground, by_last_step(book.ground, key)
    told = book.term(key)
    if told is not None and told != usual:
        yield told
    last = key.bottom.symbol == "z" and key.bottom.layer == ground.depth
    if last and key.top.symbol == "L" and (key.sample is not None or not ground.many):
        yield _long_error(ground, key)
    yield from _through_layers(ground, key, written)


def _long_error(ground: Ground, key: Derivative) -> Term:
    """Give the error of an output as a full product, though the loss may have a shortcut for it."""
    top, bottom, sample = key.top, key.bottom, key.sample if ground.many else None
    (neuron,) = bottom.indices
    if not ground.shape(ground.depth).rowwise:
        return _meeting(top, unit(ground, ground.depth, neuron), bottom, sample)
    # An output's share of the loss depends on that output alone.
    ways = [unit(ground, ground.depth, each) for each in top.indices or ground.places(ground.depth)]
    return total([_meeting(top, way, bottom, sample) for way in ways])


def _meeting(top: Variable, between: Variable, bottom: Variable, sample: int | None) -> Term:
    return product([ref(slope(top, between, sample), "error"), ref(slope(between, bottom, sample), "slope")])


def _through_layers(ground: Ground, key: Derivative, written: IsWritten) -> Iterator[Term]:
    """Give a derivative through all units of a layer between, where derivatives of one of them are written."""
    top, bottom, inner = key.top, key.bottom, key.sample if ground.many else None
    if is_of_step(ground, key):
        # There is more to it: other samples, or a penalty.
        return
    lowest, highest = max(1, layer_of(ground, bottom)), min(layer_of(ground, top), ground.depth)
    if ground.sequential and top.symbol == "L":
        # Further up, errors came back through weights that are updated already, which these derivatives do not know.
        highest = min(layer_of(ground, bottom), highest)
    for layer in range(lowest, highest + 1):
        weighted, puts_out = (
            [z(layer, n) for n in ground.places(layer)],
            [unit(ground, layer, n) for n in ground.places(layer)],
        )
        for between in (weighted, puts_out):
            ways = [each for each in between if _lies_between(ground, top, each, bottom)]
            if any(written(slope(each, bottom, inner)) for each in ways):
                yield total([_meeting(top, each, bottom, inner) for each in ways])


def _lies_between(ground: Ground, top: Variable, between: Variable, bottom: Variable) -> bool:
    topology = ground.topology
    return depends(top, between, topology) and depends(between, bottom, topology)


def _by_own_names(book: Book, key: Key, written: IsWritten) -> Iterator[Term]:
    """Give a line by names that stand for expressions: where one is part of it, or is made of it alone."""
    usual = default(book, key)
    for own, meaning in book.ground.expressions.items():
        if own == key or not written(own):
            continue
        if usual is not None and (changed := _put(usual, meaning, Ref(own))) != usual:
            yield changed
        if (turned := _solved(meaning, key, Ref(own))) is not None:
            yield turned


def _put(term: Term, part: Term, name: Term) -> Term:
    """Put a name in place of a part of a term."""
    if term == part:
        return name
    if isinstance(part, Apply) and part.operator == "sub" and term == Apply("sub", (part.args[1], part.args[0])):
        return -name
    if not isinstance(term, Apply):
        return term
    args = tuple(_put(argument, part, name) for argument in term.args)
    return term if args == term.args else replace(term, args=args)


def _solved(meaning: Term, key: Key, name: Term) -> Term | None:
    """Solve an expression for a quantity that it is a constant multiple of, or a constant apart from; else None."""
    while isinstance(meaning, Apply):
        turned = _turned(meaning, name)
        if turned is None:
            return None
        meaning, name = turned
    return name if isinstance(meaning, Ref) and meaning.key == key else None


def _turned(meaning: Apply, name: Term) -> tuple[Term, Term] | None:
    """Take the outermost operator of an expression to the other side, where its other operand is a number."""
    match meaning.operator, meaning.args:
        case "neg", (inner,):
            return inner, -name
        case "mul", (Number() as number, inner) | (inner, Number() as number) if number.value:
            return inner, name / number
        case "div", (inner, Number() as number) if number.value:
            return inner, name * number
        case "add", (Number() as number, inner) | (inner, Number() as number):
            return inner, name - number
        case "sub", (inner, Number() as number):
            return inner, name + number
        case _:
            return None
