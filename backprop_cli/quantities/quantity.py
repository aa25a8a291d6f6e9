"""What a name stands for, independent of how it is written.

Layers are counted from the input here: layer 0 is the input, layer ℓ ≥ 1 the ℓ-th layer of neurons, and the weights
and biases that feed layer ℓ carry ℓ. Notations turn these numbers into what an author writes.
"""

from typing import Literal, Self, TypeAlias

from backprop_cli.immutable import immutable

Moment: TypeAlias = Literal["", "new", "change"]


@immutable
class Variable:
    """A value of a step: `z2_1`, `w1_2_1_new`, `L`, `yhat_1`, `e3_1`, `eta`.

    Attributes:
        symbol: x, y, yhat, z, a, e, s, f, r, w, b, L, penalty, eta, gnorm or weight. The input is always x, the last
            layer's activation always yhat.
        layer: the layer of z, a, e, s, f, r; the layer fed by w and b; None for the others.
        indices: 1-based; (neuron,) or (to, from); () where nothing is counted.
        moment: '' before the update, 'new' after it, 'change' for the difference; w and b only.
        sample: the 1-based row of the data, or None for the whole batch.
    """

    symbol: str
    layer: int | None = None
    indices: tuple[int, ...] = ()
    moment: Moment = ""
    sample: int | None = None


@immutable
class Attached:
    """A value that the update keeps beside a parameter: `m:w1_2_1`, `vhat:b1_1`, `g:w1_2_1`, `eta:w1_2_1`.

    Attributes:
        symbol: 'g', 'eta', a letter of the optimizer's state ('m'), or a corrected one ('mhat').
        parameter: the weight or bias it belongs to.
        old: whether it is meant as the step found it; state only.
    """

    symbol: str
    parameter: Variable
    old: bool = False


@immutable
class Derivative:
    """The derivative of one variable with respect to another upstream of it: `dL/dw1_2_1`, `da2_1/dz2_1`.

    The parts carry no sample of their own; `sample` is that of the whole.
    """

    top: Variable
    bottom: Variable
    sample: int | None = None


Quantity: TypeAlias = Variable | Attached | Derivative


class RunningIndex(int):
    """An index, or a sample, that a general rule leaves open: the i of `w_ji`.

    It is a number that nothing has, so that it can stand wherever an index can.
    """

    letter: str

    def __new__(cls, letter: str) -> Self:
        """Make the index of a letter."""
        index = super().__new__(cls, -ord(letter))
        index.letter = letter
        return index

    def __str__(self) -> str:
        return self.letter

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(self.letter, spec)
