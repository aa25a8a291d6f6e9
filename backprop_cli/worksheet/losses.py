"""The loss as terms: shares of outputs, losses of samples, penalty."""

import math
from collections.abc import Sequence

from backprop_cli.algebra.evaluation import FLOATS, evaluate_in
from backprop_cli.algebra.rewrite import simplify
from backprop_cli.algebra.sizes import sized, sizes
from backprop_cli.algebra.term import Number, Term, total
from backprop_cli.quantities.quantity import RunningIndex, Variable
from backprop_cli.rules.activations import Pointwise, Rowwise
from backprop_cli.rules.losses import Shortcut
from backprop_cli.worksheet.ground import Ground, Sample, loss_of, ref, share_of, unit, z

# A formula whose value is so much smaller than what it is made of has lost too many digits to be taught by.
_TOO_SMALL = 1e-9


def loss(ground: Ground, variable: Variable) -> Term:
    """Give the loss of the step or of one sample, or an output's share of either."""
    if variable.indices:
        return _share_of_output(ground, variable)
    if variable.sample is None and ground.split:
        return _loss_of_step(ground)
    if ground.outputs == 1:
        return share(ground, 1, _inner(ground, variable.sample))
    return total([ref(share_of(output, _inner(ground, variable.sample))) for output in ground.places(ground.depth)])


def _inner(ground: Ground, sample: Sample) -> Sample:
    """Give the sample as the quantities inside a sample's calculation name it."""
    return sample if ground.many else None


def _share_of_output(ground: Ground, variable: Variable) -> Term:
    (output,) = variable.indices
    if variable.sample is None and ground.many:
        return reduced(ground, [ref(share_of(output, sample)) for sample in ground.samples])
    return share(ground, output, variable.sample)


def _loss_of_step(ground: Ground) -> Term:
    term = reduced(ground, [ref(loss_of(sample)) for sample in ground.parts])
    return term + ref(Variable("penalty")) if ground.penalized else term


def reduced(ground: Ground, summands: Sequence[Term]) -> Term:
    """Give the sum or the mean over the samples of the batch, as the loss says."""
    whole = total(summands)
    return whole / Number(float(len(summands))) if ground.loss.reduction == "mean" and len(summands) > 1 else whole


def over_outputs(ground: Ground, term: Term) -> Term:
    """Give an output's part of a sum or mean over the outputs."""
    if ground.loss.over_outputs == "mean" and ground.outputs > 1:
        return term / Number(float(ground.outputs))
    return term


def share(ground: Ground, output: int, sample: Sample) -> Term:
    """Give one output's share of a sample's loss; from z, where ŷ is too near 0 or 1 for the formula that is taught."""
    taught = ground.loss.in_letters().share(*_target_and_prediction(ground, output, sample))
    found = shortcut(ground)
    if found is not None and not keeps_digits(ground, taught, sample):
        inputs = [ref(z(ground.depth, each, sample)) for each in ground.places(ground.depth)]
        taught = found.share(ref(Variable("y", None, (output,), sample=sample)), inputs, output - 1)
    return over_outputs(ground, weighed(ground, simplify(taught), sample))


def weighed(ground: Ground, term: Term, sample: Sample) -> Term:
    """Multiply by what the sample counts, where samples count differently."""
    return ref(Variable("weight", sample=sample)) * term if ground.weighted else term


def _target_and_prediction(ground: Ground, output: int, sample: Sample) -> tuple[Term, Term]:
    return ref(Variable("y", None, (output,), sample=sample)), ref(unit(ground, ground.depth, output, sample))


def loss_slope(ground: Ground, output: int, sample: Sample) -> Term:
    """Give ∂L/∂ŷ of one output and one sample."""
    slope = ground.loss.in_letters().slope(*_target_and_prediction(ground, output, sample))
    return over_outputs(ground, weighed(ground, simplify(slope), sample))


def joint_slope(ground: Ground, joint: Shortcut, output: int, sample: Sample) -> Term:
    """Give ∂L/∂z of one output and one sample, by the shortcut of the loss."""
    slope = joint.slope(*_target_and_prediction(ground, output, sample))
    return over_outputs(ground, weighed(ground, slope, sample))


def shortcut(ground: Ground) -> Shortcut | None:
    """Give the loss's shortcut for the last layer's activation, where it has one."""
    return ground.loss.shortcut_for(ground.activations[-1])


def shortcut_taken(ground: Ground, sample: Sample) -> Shortcut | None:
    """Give the shortcut where the sheet takes it: not in the long form, unless that has no digits left."""
    found = shortcut(ground)
    if found is None or not ground.long:
        return found
    # A general rule is about all samples.
    asked = ground.samples if isinstance(sample, RunningIndex) else (sample,)
    return None if any(_slopes_keep_digits(ground, each) for each in asked) else found


def shares_are_taught(ground: Ground) -> bool:
    """Say whether every share of the step is by the formula that is taught."""
    if shortcut(ground) is None:
        return True
    shares = (
        (ground.loss.share(*_target_and_prediction(ground, output, sample)), sample)
        for sample in ground.samples
        for output in ground.places(ground.depth)
    )
    return all(keeps_digits(ground, share, sample) for share, sample in shares)


def _slopes_keep_digits(ground: Ground, sample: Sample) -> bool:
    slopes = (
        ground.loss.slope(*_target_and_prediction(ground, output, sample)) for output in ground.places(ground.depth)
    )
    return all(keeps_digits(ground, slope, sample) for slope in slopes)


def keeps_digits(ground: Ground, term: Term, sample: Sample) -> bool:
    """Say whether a term over y and ŷ of a sample is finite and keeps enough digits."""
    column = ground.column(sample)

    def value_of(key: object) -> object:
        assert isinstance(key, Variable)  # noqa: S101  a loss is a function of these
        row = key.indices[0] - 1
        return sized(float(ground.record.y[row, column]) if key.symbol == "y" else _predicted(ground, row, column))

    value, size, _ = evaluate_in(sizes(), term, value_of)  # type: ignore[arg-type]
    return math.isfinite(value) and math.isfinite(size) and (value == 0.0 or abs(value) >= _TOO_SMALL * size)


def _predicted(ground: Ground, row: int, column: int) -> float:
    """Give ŷ as the formula that is taught has it, which may be 0 where the engine's is not."""
    rule, inputs = ground.activations[-1], [float(each) for each in ground.record.z[-1][:, column]]
    if isinstance(rule, Pointwise):
        return rule.formula(inputs[row])
    assert isinstance(rule, Rowwise)  # noqa: S101  the kinds are two
    exponentials = rule.exponentials(inputs)
    return FLOATS.actions["div"](exponentials[row], sum(exponentials))


def penalty(ground: Ground, variable: Variable) -> Term:  # noqa: ARG001  every definition is given its variable
    """Give the penalty: what all trainable weights add to the loss; nothing where they are free."""
    price = ground.optimizer.penalty
    if price is None:
        return Number(0.0)
    lettered = price.in_letters()
    weights = [key for key in ground.parameters(trainable=True) if key.symbol == "w"]
    return total([simplify(lettered.formula(ref(weight))) for weight in weights])


def penalty_slope(ground: Ground, parameter: Variable) -> Term | None:
    """Give what the penalty adds to a gradient; None where it adds nothing."""
    if not ground.penalized or parameter.symbol != "w" or not ground.is_trainable(parameter):
        return None
    return price_slope(ground, parameter)


def price_slope(ground: Ground, weight: Variable) -> Term:
    """Give the slope of what one weight adds to the loss."""
    price = ground.optimizer.penalty
    assert price is not None  # noqa: S101  it is asked for where there is one
    return simplify(price.in_letters().slope(ref(weight)))
