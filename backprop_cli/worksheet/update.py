"""The update as terms: learning rate, clipping, the optimizer's state, and the parameters after the step."""

from backprop_cli.algebra.functions import sqrt
from backprop_cli.algebra.rewrite import simplify
from backprop_cli.algebra.term import Number, Ref, Term, total
from backprop_cli.quantities.quantity import Attached, Variable
from backprop_cli.worksheet.ground import Ground, gradient_applied, loss_of, new, ref, slope

RATE = Variable("eta")
LENGTH = Variable("gnorm")


def rate(ground: Ground, variable: Variable) -> Term | None:  # noqa: ARG001  every definition is given its variable
    """Give the learning rate of the step from the schedule; None where it is the config's own number."""
    start = Number(ground.optimizer.learning_rate, symbol="eta0")
    count = Number(float(ground.turn.count), symbol="t")
    term = simplify(ground.schedule.in_letters().formula(start, count, ground.turn.length))
    return None if isinstance(term, Number) else term


def length(ground: Ground, variable: Variable) -> Term:  # noqa: ARG001  every definition is given its variable
    """Give the length of the whole gradient."""
    return sqrt(total([_gradient(parameter) ** 2 for parameter in ground.parameters(trainable=True)]))


def _gradient(parameter: Variable) -> Ref:
    return ref(slope(loss_of(), parameter))


def attached(ground: Ground, quantity: Attached) -> Term | None:
    """Give what the update keeps beside a parameter; None for the state that the step found."""
    if quantity.old:
        return None
    symbol, parameter, optimizer = quantity.symbol, quantity.parameter, ground.optimizer.in_letters()
    applied = ref(gradient_applied(ground, parameter))
    if symbol == "g":
        return clipped(ground, parameter)
    if symbol == "eta":
        return simplify(lifted(optimizer.own_rate(*_memory(ground, parameter), ref(RATE))))
    if symbol in optimizer.state:
        old = [ref(Attached(letter, parameter, old=True)) for letter in optimizer.state]
        return simplify(optimizer.remember(applied, old, ref(RATE))[optimizer.state.index(symbol)])
    fresh, _ = _memory(ground, parameter)
    count = Number(float(ground.record.step), symbol="t")
    return simplify(optimizer.correct(fresh, count)[optimizer.corrected.index(symbol)])


def clipped(ground: Ground, parameter: Variable) -> Term:
    """Give the gradient of a parameter as it is applied."""
    clip = ground.optimizer.clip
    gradient = _gradient(parameter)
    return gradient if clip is None else clip.in_letters().formula(gradient, ref(LENGTH))


def _memory(ground: Ground, parameter: Variable) -> tuple[list[Ref], list[Ref]]:
    """Refer to a parameter's fresh state and its corrected forms."""
    optimizer = ground.optimizer
    fresh, corrected = optimizer.state, optimizer.corrected
    return [ref(Attached(one, parameter)) for one in fresh], [ref(Attached(one, parameter)) for one in corrected]


def lifted(value: Term | float) -> Term:
    """Give a term as it is, and a number as a constant."""
    return value if isinstance(value, Term) else Number(value)


def moved(ground: Ground, parameter: Variable) -> Term:
    """Give a parameter after the step; a frozen one stays."""
    return step_from(ground, parameter) if ground.is_trainable(parameter) else ref(parameter)


def step_from(ground: Ground, parameter: Variable) -> Term:
    """Give what the optimizer makes of a parameter."""
    fresh, corrected = _memory(ground, parameter)
    applied = ref(gradient_applied(ground, parameter), "gradient")
    return simplify(ground.optimizer.in_letters().move(ref(parameter), applied, fresh, corrected, ref(RATE)))


def changed(parameter: Variable) -> Term:
    """Give the change of a parameter: after minus before."""
    return ref(new(parameter)) - ref(parameter)
