"""Every name that the documentation promises, in full and shortened, in each numbering."""

import pytest

from backprop_cli.quantities.notation import ENTERING, LEAVING, NOTATIONS, ZERO_BASED, Notation, write
from backprop_cli.quantities.parser import parse
from backprop_cli.quantities.quantity import Attached, Derivative, Quantity, Variable
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology

NEURON, LAYER, CONNECTION = BiasKind.NEURON, BiasKind.LAYER, BiasKind.CONNECTION

ONE_NEURON = Topology(1, (LayerShape(1, 1, NEURON),))
TWO_NEURONS = Topology(1, (LayerShape(1, 1, NEURON), LayerShape(1, 1, NEURON)))
TWO_HIDDEN = Topology(1, (LayerShape(2, 1, CONNECTION), LayerShape(1, 2, CONNECTION)))
SHARED_BIASES = Topology(2, (LayerShape(2, 2, LAYER), LayerShape(2, 2, LAYER)))
# Two inputs, three hidden neurons, two outputs of softmax; Adam; a penalty; dropout; four samples of different
# weight.
SOFTMAX = Topology(
    2,
    (LayerShape(3, 2, NEURON, dropout=0.5), LayerShape(2, 3, CONNECTION, rowwise=True)),
    state=("m", "v"),
    corrected=("mhat", "vhat"),
    adaptive=True,
    penalty=True,
    measured=True,
    weighted=True,
    samples=4,
)
ONE_LAYER = Topology(2, (LayerShape(2, 2, LAYER, rowwise=True),))

L, W, B = Variable("L"), Variable("w", 1, (2, 1)), Variable("b", 1, (2,))
LAST_BIAS = Variable("b", 2, (1, 2))

# The same quantities of SOFTMAX as written in the three numberings.
IN_FULL: list[tuple[Quantity, str, str, str]] = [
    (Variable("x", None, (1,)), "x_1", "x_1", "x_1"),
    (Variable("y", None, (2,)), "y_2", "y_2", "y_2"),
    (Variable("yhat", None, (1,)), "yhat_1", "yhat_1", "yhat_1"),
    (Variable("z", 1, (3,)), "z2_3", "z2_3", "z1_3"),
    (Variable("z", 2, (2,)), "z3_2", "z3_2", "z2_2"),
    (Variable("a", 1, (1,)), "a2_1", "a2_1", "a1_1"),
    (Variable("e", 2, (1,)), "e3_1", "e3_1", "e2_1"),
    (Variable("s", 2), "s3", "s3", "s2"),
    (Variable("f", 1, (3,)), "f2_3", "f2_3", "f1_3"),
    (Variable("r", 1, (3,), sample=2), "r2_3@2", "r2_3@2", "r1_3@2"),
    (Variable("weight", sample=3), "weight@3", "weight@3", "weight@3"),
    (W, "w1_2_1", "w2_2_1", "w1_2_1"),
    (B, "b1_2", "b2_2", "b1_2"),
    (LAST_BIAS, "b2_1_2", "b3_1_2", "b2_1_2"),
    (Variable("w", 1, (2, 1), "new"), "w1_2_1_new", "w2_2_1_new", "w1_2_1_new"),
    (Variable("b", 2, (1, 2), "change"), "b2_1_2_change", "b3_1_2_change", "b2_1_2_change"),
    (L, "L", "L", "L"),
    (Variable("L", None, (1,)), "L_1", "L_1", "L_1"),
    (Variable("L", sample=3), "L@3", "L@3", "L@3"),
    (Variable("z", 1, (1,), sample=3), "z2_1@3", "z2_1@3", "z1_1@3"),
    (Variable("penalty"), "penalty", "penalty", "penalty"),
    (Variable("eta"), "eta", "eta", "eta"),
    (Variable("gnorm"), "gnorm", "gnorm", "gnorm"),
    (Attached("g", W), "g:w1_2_1", "g:w2_2_1", "g:w1_2_1"),
    (Attached("eta", B), "eta:b1_2", "eta:b2_2", "eta:b1_2"),
    (Attached("m", W), "m:w1_2_1", "m:w2_2_1", "m:w1_2_1"),
    (Attached("v", W, old=True), "v:w1_2_1_old", "v:w2_2_1_old", "v:w1_2_1_old"),
    (Attached("mhat", LAST_BIAS), "mhat:b2_1_2", "mhat:b3_1_2", "mhat:b2_1_2"),
    (Derivative(L, W), "dL/dw1_2_1", "dL/dw2_2_1", "dL/dw1_2_1"),
    (Derivative(L, W, 3), "dL/dw1_2_1@3", "dL/dw2_2_1@3", "dL/dw1_2_1@3"),
    (Derivative(L, Variable("yhat", None, (1,))), "dL/dyhat_1", "dL/dyhat_1", "dL/dyhat_1"),
    (
        Derivative(Variable("yhat", None, (1,)), Variable("z", 2, (2,))),
        "dyhat_1/dz3_2",
        "dyhat_1/dz3_2",
        "dyhat_1/dz2_2",
    ),
    (
        Derivative(Variable("z", 2, (1,)), Variable("a", 1, (3,))),
        "dz3_1/da2_3",
        "dz3_1/da2_3",
        "dz2_1/da1_3",
    ),
    (
        Derivative(Variable("L", None, (2,)), Variable("a", 1, (1,))),
        "dL_2/da2_1",
        "dL_2/da2_1",
        "dL_2/da1_1",
    ),
]


@pytest.mark.parametrize(("quantity", "leaving", "entering", "zero_based"), IN_FULL)
def test_a_full_name_is_written_and_read_in_every_numbering(
    quantity: Quantity, leaving: str, entering: str, zero_based: str
) -> None:
    for notation, name in ((LEAVING, leaving), (ENTERING, entering), (ZERO_BASED, zero_based)):
        assert write(quantity, notation) == name
        assert parse(name, SOFTMAX, notation) == quantity


# A name as written, and what it is in full; in the default numbering.
SHORTENED = [
    (ONE_NEURON, "x", "x_1"),
    (ONE_NEURON, "y", "y_1"),
    (ONE_NEURON, "yhat", "yhat_1"),
    (ONE_NEURON, "z", "z2_1"),
    (ONE_NEURON, "a", "yhat_1"),
    (ONE_NEURON, "a1", "x_1"),
    (ONE_NEURON, "a2", "yhat_1"),
    (ONE_NEURON, "w", "w1_1_1"),
    (ONE_NEURON, "w_1", "w1_1_1"),
    (ONE_NEURON, "w_1_1", "w1_1_1"),
    (ONE_NEURON, "w1", "w1_1_1"),
    (ONE_NEURON, "b", "b1_1"),
    (ONE_NEURON, "w_new", "w1_1_1_new"),
    (ONE_NEURON, "g:w", "g:w1_1_1"),
    (ONE_NEURON, "dL/dw", "dL/dw1_1_1"),
    (ONE_NEURON, "L", "L"),
    (TWO_NEURONS, "a2", "a2_1"),
    (TWO_NEURONS, "a3", "yhat_1"),
    (TWO_NEURONS, "dL/dw1", "dL/dw1_1_1"),
    (TWO_NEURONS, "b2_new", "b2_1_new"),
    # one index of two belongs to the dimension that is larger than one
    (TWO_HIDDEN, "w1_2", "w1_2_1"),
    (TWO_HIDDEN, "w2_2", "w2_1_2"),
    (TWO_HIDDEN, "b1_2", "b1_2_1"),
    (TWO_HIDDEN, "b2_2", "b2_1_2"),
    (TWO_HIDDEN, "dL/db2_2", "dL/db2_1_2"),
    (TWO_HIDDEN, "a1", "x_1"),
    # one bias for a whole layer
    (SHARED_BIASES, "b1", "b1"),
    (SHARED_BIASES, "b2", "b2"),
    (SHARED_BIASES, "dz2_2/db1", "dz2_2/db1"),
    (SHARED_BIASES, "a1_2", "x_2"),
    (SHARED_BIASES, "a3_2", "yhat_2"),
    # one layer of weights: no layer needed
    (ONE_LAYER, "z_2", "z2_2"),
    (ONE_LAYER, "a_2", "yhat_2"),
    (ONE_LAYER, "w_2_1", "w1_2_1"),
    (ONE_LAYER, "b", "b1"),
    (ONE_LAYER, "e_1", "e2_1"),
    (ONE_LAYER, "s", "s2"),
    (ONE_LAYER, "dyhat_1/dz_2@7", "dyhat_1/dz2_2@7"),
]


@pytest.mark.parametrize(("topology", "short", "full"), SHORTENED)
def test_what_has_one_choice_only_may_be_left_out(topology: Topology, short: str, full: str) -> None:
    assert write(parse(short, topology, LEAVING), LEAVING) == full


@pytest.mark.parametrize(
    ("notation", "name", "full"),
    [
        (ENTERING, "a1", "x_1"),
        (ENTERING, "w2", "w2_1_1"),
        (ENTERING, "b3", "b3_1"),
        (ENTERING, "z2", "z2_1"),
        (ENTERING, "a3", "yhat_1"),
        (ZERO_BASED, "a0", "x_1"),
        (ZERO_BASED, "w1", "w1_1_1"),
        (ZERO_BASED, "b2", "b2_1"),
        (ZERO_BASED, "z1", "z1_1"),
        (ZERO_BASED, "a2", "yhat_1"),
    ],
)
def test_shortened_names_follow_the_numbering(notation: Notation, name: str, full: str) -> None:
    assert write(parse(name, TWO_NEURONS, notation), notation) == full


ARTICLE = [
    (ONE_NEURON, "z yhat L dL/dyhat dyhat/dz dz/dw dz/db dL/dw dL/db w_new b_new"),
    (
        TWO_NEURONS,
        "z2 a2 z3 yhat L dL/dyhat dyhat/dz3 dz3/dw2 dL/dw2 dL/db2 dz3/da2 da2/dz2 dz2/dw1 dz2/db1 dL/dw1 dL/db1",
    ),
    (TWO_NEURONS, "w1_new b1_new w2_new b2_new"),
    (TWO_HIDDEN, "z2_1 w1_2 b1_1 a2_2 z3 w2_1 b2_1 w2_2 b2_2 yhat a3 dL/dw2_2 dz3/da2_1 dL/db2_2"),
]

HAND_CALCULATION = (
    "z2_1 a2_1 a2_2 z3_1 yhat_1 yhat_2 L_1 L_2 L dL/dyhat_1 dyhat_1/dz3_1 dL/dw2_1_1 w2_1_1_new w2_1_2_new w2_2_1_new "
    "w2_2_2_new dL_1/da2_1 dL_2/da2_1 da2_1/dz2_1 dL/dw1_1_1 w1_1_1_new w1_1_2_new w1_2_1_new w1_2_2_new"
)


@pytest.mark.parametrize(
    ("topology", "name"),
    [(topology, name) for topology, names in [*ARTICLE, (SHARED_BIASES, HAND_CALCULATION)] for name in names.split()],
)
def test_the_names_of_the_worked_examples_mean_something(topology: Topology, name: str) -> None:
    quantity = parse(name, topology, LEAVING)

    assert parse(write(quantity, LEAVING), topology, LEAVING) == quantity


def test_the_numberings_are_known_by_name() -> None:
    assert list(NOTATIONS) == ["leaving", "entering", "zero_based"]
    assert all(NOTATIONS[name].name == name for name in NOTATIONS)
