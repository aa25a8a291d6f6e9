"""Derivatives as terms: the ones a person looks up, and the chain rule that makes all others of them.

A derivative is *local* when it is a formula of its own: ∂L/∂ŷ, ∂a/∂z, ∂z/∂w.  Every other one follows the ways
from its lower variable up to its upper one.  Where there is one way, its factors stand in one product; where ways
meet, their sum is a line, and products that go on from there start with that line.
"""

from backprop_cli.algebra.rewrite import simplify
from backprop_cli.algebra.term import Number, Term, product, total
from backprop_cli.quantities.quantity import Derivative, Variable
from backprop_cli.quantities.topology import BiasKind
from backprop_cli.quantities.upstream import depends
from backprop_cli.rules.activations import Pointwise, Rowwise
from backprop_cli.worksheet import forward, losses
from backprop_cli.worksheet.ground import Ground, Sample, bare, layer_of, loss_of, new, ref, share_of, slope, unit, w, z

ONE = Number(1.0)


def derivative(ground: Ground, quantity: Derivative) -> Term:
    """Give any derivative."""
    if is_of_step(ground, quantity):
        return _of_step(ground, quantity)
    top, bottom, sample = quantity.top, quantity.bottom, quantity.sample
    inner = sample if ground.many else None
    term = local(ground, top, bottom, inner)
    if term is not None:
        return term
    if has_parts(ground, top, bottom):
        return total([ref(slope(share_of(output), bottom, inner)) for output in ground.places(ground.depth)])
    ways = ways_up(ground, top, bottom)
    if len(ways) == 1:
        return product(factors(ground, top, bottom, inner))
    return total([_way(ground, top, bottom, above, inner) for above in ways])


def by_last_step(ground: Ground, quantity: Derivative) -> Term:
    """Give any derivative by the last step of the chain rule alone: the next derivatives up, times the steps to them.

    That is a form with a line for every place on the way, whether a sheet tells it or not.
    """
    top, bottom, inner = quantity.top, quantity.bottom, quantity.sample if ground.many else None
    if is_of_step(ground, quantity) or has_parts(ground, top, bottom):
        return derivative(ground, quantity)
    found = local(ground, top, bottom, inner)
    if found is not None:
        return found
    return total([_last_step(ground, top, bottom, above, inner) for above in ways_up(ground, top, bottom)])


def _last_step(ground: Ground, top: Variable, bottom: Variable, above: Variable, sample: Sample) -> Term:
    if top.indices and top.symbol == "L" and _stands_for_share(ground, top, above):
        return _way(ground, loss_of(), bottom, above, sample)
    return _way(ground, top, bottom, above, sample)


def is_of_step(ground: Ground, quantity: Derivative) -> bool:
    """Say whether this is a derivative of the whole step's loss, which is put together from those of its samples."""
    of_loss = quantity.top.symbol == "L" and quantity.bottom.symbol in {"w", "b"} and quantity.sample is None
    return of_loss and (ground.many or (ground.penalized and not quantity.top.indices))


def _of_step(ground: Ground, quantity: Derivative) -> Term:
    top, bottom = quantity.top, quantity.bottom
    samples = ground.samples if top.indices else ground.parts
    term = losses.reduced(ground, [ref(slope(top, bottom, sample)) for sample in samples])
    extra = None if top.indices else losses.penalty_slope(ground, bottom)
    return term if extra is None else term + extra


def has_parts(ground: Ground, top: Variable, bottom: Variable) -> bool:
    """Say whether a derivative of the loss is the sum of what each output contributes.

    That is how it is told for the units below an output layer whose neurons do not depend on each other.
    """
    several = ground.outputs > 1 and isinstance(ground.activations[-1], Pointwise)
    is_below = bottom.symbol in {"a", "x"} and layer_of(ground, bottom) == ground.depth - 1
    return several and is_below and top == loss_of()


def _way(ground: Ground, top: Variable, bottom: Variable, above: Variable, sample: Sample) -> Term:
    """Give what one way contributes: the derivative from the next variable on, times the step up to it."""
    last = step(ground, top, above, bottom, sample)
    return last if above == top else product([ref(slope(top, above, sample), "error"), last])


def step(ground: Ground, top: Variable, above: Variable, bottom: Variable, sample: Sample) -> Term:
    """Give the factor of one step up; in sequential order an error goes back through the updated weight."""
    if ground.sequential and top.symbol == "L" and above.symbol == "z" and bottom.symbol in {"a", "x"}:
        weight = w(above.layer or 1, above.indices[0], bottom.indices[0])
        if ground.is_trainable(weight):
            return ref(new(weight), "weight")
    return ref(slope(above, bottom, sample), "slope" if above.symbol in {"a", "yhat"} else "")


def factors(ground: Ground, top: Variable, bottom: Variable, sample: Sample) -> list[Term]:
    """Give the factors of the chain rule from the upper variable down to the lower one.

    They reach down from the nearest line that is a formula of its own or a sum over several ways.
    """
    chain: list[Term] = []
    while True:
        whole = ref(slope(top, bottom, sample), "error")
        if local(ground, top, bottom, sample) is not None or has_parts(ground, top, bottom):
            return [whole, *reversed(chain)]
        ways = ways_up(ground, top, bottom)
        if len(ways) > 1:
            return [whole, *reversed(chain)]
        (above,) = ways
        if top.symbol == "L" and top.indices and _stands_for_share(ground, top, above):
            last = step(ground, top, above, bottom, sample)
            return [ref(slope(loss_of(), above, sample), "error"), last, *reversed(chain)]
        chain.append(step(ground, top, above, bottom, sample))
        if above == top:
            return list(reversed(chain))
        bottom = above


def _stands_for_share(ground: Ground, top: Variable, above: Variable) -> bool:
    """Say whether an error of the whole loss is that of one output's share: only that output depends on it."""
    is_last = above.symbol == "z" and above.layer == ground.depth
    return is_last and isinstance(ground.activations[-1], Pointwise) and top.indices == above.indices


def ways_up(ground: Ground, top: Variable, bottom: Variable) -> list[Variable]:
    """List the variables that depend directly on one variable, on the way to another."""
    topology = ground.topology
    return [above for above in _above(ground, top, bottom) if above == top or depends(top, above, topology)]


def _above(ground: Ground, top: Variable, bottom: Variable) -> list[Variable]:
    layer = layer_of(ground, bottom)
    match bottom.symbol:
        case "w":
            return [z(layer, bottom.indices[0])]
        case "b":
            shared = ground.shape(layer).bias is BiasKind.LAYER
            return [z(layer, neuron) for neuron in (ground.places(layer) if shared else bottom.indices[:1])]
        case "z" | "f":
            return _above_neuron(ground, top, bottom)
        case "e" | "s":
            through_sum = [Variable("s", layer)] if top == Variable("s", layer) else []
            return through_sum or [unit(ground, layer, neuron) for neuron in ground.places(layer)]
        case "yhat":
            return [top]
        case _:
            return [z(layer + 1, neuron) for neuron in ground.places(layer + 1)]


def _above_neuron(ground: Ground, top: Variable, bottom: Variable) -> list[Variable]:
    layer = bottom.layer or 1
    if top.symbol in {"e", "s"} and top.layer == layer:
        return [Variable("e", layer, bottom.indices)]
    if bottom.symbol == "z" and isinstance(ground.activation(layer), Rowwise):
        return [unit(ground, layer, neuron) for neuron in ground.places(layer)]
    return [unit(ground, layer, bottom.indices[0])]


def local(ground: Ground, top: Variable, bottom: Variable, sample: Sample) -> Term | None:
    """Give a derivative that is a formula of its own, or None."""
    if top.symbol == "L":
        return _of_loss(ground, top, bottom, sample)
    layer = layer_of(ground, top)
    match top.symbol:
        case "z":
            return _of_weighted_input(ground, top, bottom, sample)
        case "a" | "yhat" | "f" if bottom.symbol in {"z", "e", "s", "f"} and bottom.layer == layer:
            return _of_activation(ground, layer, top, bottom, sample)
        case "e" if bottom == z(layer, top.indices[0]):
            return ref(Variable("e", layer, top.indices, sample=sample))
        case "s" if bottom.symbol == "e" and bottom.layer == layer:
            return ONE
    return None


def _of_loss(ground: Ground, top: Variable, bottom: Variable, sample: Sample) -> Term | None:
    if bottom.symbol == "yhat":
        return losses.loss_slope(ground, bottom.indices[0], sample)
    joint = losses.shortcut_taken(ground, sample)
    if joint is None or bottom.symbol != "z" or bottom.layer != ground.depth:
        return None
    if top.indices and isinstance(ground.activations[-1], Rowwise):
        return None
    return losses.joint_slope(ground, joint, bottom.indices[0], sample)


def _of_weighted_input(ground: Ground, top: Variable, bottom: Variable, sample: Sample) -> Term | None:
    layer, (neuron,) = top.layer or 1, top.indices
    if bottom.symbol in {"w", "b"} and bottom.layer == layer:
        return ref(unit(ground, layer - 1, bottom.indices[1], sample), "input") if bottom.symbol == "w" else ONE
    if bottom.symbol in {"a", "x"} and layer_of(ground, bottom) == layer - 1:
        return ref(w(layer, neuron, bottom.indices[0]), "weight")
    return None


def _of_activation(ground: Ground, layer: int, top: Variable, bottom: Variable, sample: Sample) -> Term | None:
    (of,) = top.indices
    if top.symbol == "f" or not ground.shape(layer).dropout:
        return _of_full(ground, layer, of, bottom, sample)
    inner = ONE if bottom.symbol == "f" else _of_full(ground, layer, of, bottom, sample)
    return simplify(forward.thinned(ground, layer, of, sample, inner))


def _of_full(ground: Ground, layer: int, of: int, bottom: Variable, sample: Sample) -> Term:
    """Give the slope of what the activation itself gives, before dropout where there is any."""
    rule = ground.activation(layer).in_letters()
    if isinstance(rule, Pointwise):
        return simplify(rule.slope(ref(z(layer, of, sample)), ref(_given_by_rule(ground, layer, of, sample))))
    assert isinstance(rule, Rowwise)  # noqa: S101  the kinds are two
    if bottom.symbol == "z":
        outputs = [ref(_given_by_rule(ground, layer, neuron, sample)) for neuron in ground.places(layer)]
        return simplify(rule.slope(outputs, of - 1, bottom.indices[0] - 1))
    return _of_quotient(Variable("e", layer, (of,), sample=sample), Variable("s", layer, sample=sample), bottom)


def _given_by_rule(ground: Ground, layer: int, neuron: int, sample: Sample) -> Variable:
    if ground.shape(layer).dropout:
        return forward.full(layer, neuron, sample)
    return unit(ground, layer, neuron, sample)


def _of_quotient(part: Variable, whole: Variable, bottom: Variable) -> Term:
    """Give the slope of e_i / s, where s depends on every e."""
    through_sum = -(ref(part) / ref(whole) ** 2)
    return 1.0 / ref(whole) + through_sum if bare(part) == bottom else through_sum
