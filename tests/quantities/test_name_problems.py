"""What is said about each name that means nothing."""

from dataclasses import replace

import pytest

from backprop_cli.quantities.notation import LEAVING, ZERO_BASED
from backprop_cli.quantities.parser import parse
from backprop_cli.quantities.problem import NameProblem
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology

NEURON, LAYER, CONNECTION, NONE = BiasKind.NEURON, BiasKind.LAYER, BiasKind.CONNECTION, BiasKind.NONE

# Two inputs, three hidden neurons, two outputs of softmax; Adam; four samples.
DEEP = Topology(
    2,
    (LayerShape(3, 2, NEURON), LayerShape(2, 3, LAYER, rowwise=True)),
    state=("m", "v"),
    corrected=("mhat", "vhat"),
    adaptive=True,
    samples=4,
)
# One input, one neuron, plain descent, nothing else.
PLAIN = Topology(1, (LayerShape(1, 1, NONE),))
POINTWISE = Topology(2, (LayerShape(2, 2, NEURON), LayerShape(2, 2, CONNECTION)), samples=1)
DROPPED = Topology(2, (LayerShape(2, 2, NEURON, dropout=0.5), LayerShape(1, 2, NEURON)))

UNKNOWN = [
    ("foo", "no such quantity; names look like z3_1, w1_1_1, yhat_1"),
    ("", "no such quantity; names look like z3_1, w1_1_1, yhat_1"),
    ("w1_1_1_new_new", "no such quantity; names look like z3_1, w1_1_1, yhat_1"),
    ("l", "no such quantity; did you mean 'L'?"),
    ("dl/dw1_1_1", "no such quantity; did you mean 'dL/dw1_1_1'?"),
    ("dL/dW1_1_1@2", "no such quantity; did you mean 'dL/dw1_1_1@2'?"),
    ("Z2_1", "no such quantity; did you mean 'z2_1'?"),
    ("m:W1_1_1_old", "no such quantity; did you mean 'm:w1_1_1_old'?"),
    ("y_hat_1", "no such quantity; did you mean 'yhat_1'?"),
    ("ŷ_1", "no such quantity; did you mean 'yhat_1'?"),
    ("y\u0302_1", "no such quantity; did you mean 'yhat_1'?"),
    ("∂L/∂ŷ_2", "a derivative is written dTOP/dBOTTOM; did you mean 'dL/dyhat_2'?"),
    ("yhta_1", "no such quantity; did you mean 'yhat_1'?"),
    ("loss", "no such quantity; did you mean 'L'?"),
    ("E_2", "no such quantity; did you mean 'L_2'?"),
    ("Bias1_2", "no such quantity; did you mean 'b1_2'?"),
    ("learning_rate", "no such quantity; did you mean 'eta'?"),
    ("z2_01", "no such quantity; did you mean 'z2_1'?"),
    (" z2_1", "no such quantity; did you mean 'z2_1'?"),
    ("weight", "all samples count the same, so none has a weight"),
    ("weight1_1_1", "a number that touches the letter is a layer, and weight has none; did you mean 'w1_1_1'?"),
    ("x1", "a number that touches the letter is a layer, and x has none; did you mean 'x_1'?"),
    ("L1", "a number that touches the letter is a layer, and L has none; did you mean 'L_1'?"),
    ("yhat3", "a number that touches the letter is a layer, and yhat has none"),
    ("a2_1/z2_1", "a derivative is written dTOP/dBOTTOM; to divide in an expression, put spaces around '/'"),
    ("dL/d", "a derivative is written dTOP/dBOTTOM; to divide in an expression, put spaces around '/'"),
]

LAYERS = [
    ("z1_1", "layer 1 is the input; z has layers 2 to 3"),
    ("z4_1", "there is no z4; z has layers 2 to 3"),
    ("z_1", "which layer? z has layers 2 to 3, and the number touches the letter, as in z3"),
    ("a4_1", "there is no a4; a has layers 1 to 3"),
    ("w3_1_1", "there is no w3; w has layers 1 to 2"),
    ("w0_1_1", "there is no w0; w has layers 1 to 2"),
    ("b3", "there is no b3; b has layers 1 to 2"),
    ("e2_1", "there is no e2; e has layer 3 only"),
]

INDICES = [
    ("z2", "z2 takes one index, the neuron of layer 2 (1 to 3), as in z2_2"),
    ("z2_1_1", "z2 takes one index, the neuron of layer 2 (1 to 3), as in z2_2"),
    ("z2_4", "the index of z2 is the neuron of layer 2 (1 to 3), not 4"),
    ("z2_0", "the index of z2 is the neuron of layer 2 (1 to 3), not 0"),
    ("a1_3", "the index of a1 is the input (1 to 2), not 3"),
    ("x", "x takes one index, the input (1 to 2), as in x_2"),
    ("y_3", "the index of y is the output (1 to 2), not 3"),
    ("L_3", "the index of L is the output (1 to 2), not 3"),
    ("w1_2", "w1 takes two indices: to (neuron of layer 2, 1 to 3) and from (input, 1 to 2), as in w1_2_1"),
    ("w2_1", "w2 takes two indices: to (neuron of layer 3, 1 to 2) and from (neuron of layer 2, 1 to 3), as in w2_2_1"),
    ("w1_4_1", "the 'to' index of w1 is the neuron of layer 2 (1 to 3), not 4"),
    ("w1_1_3", "the 'from' index of w1 is the input (1 to 2), not 3"),
    ("b1", "b1 takes one index, the neuron of layer 2 (1 to 3), as in b1_2"),
    ("b2_1", "b2 takes no index: all neurons of its layer share one bias"),
    ("s3_1", "s3 takes no index: the sum runs over all neurons of its layer"),
    ("eta_1", "eta takes no index"),
]

MARKS = [
    ("z2_1_new", "'_new' belongs to weights and biases, and z2_1 is neither"),
    ("L_change", "'_change' belongs to weights and biases, and L is neither"),
    ("g:w1_1_1_new", "'_new' belongs to weights and biases, and g:w1_1_1 is neither"),
    ("w1_1_1_old", "'_old' belongs to the state that this optimizer keeps, 'm:', 'v:', as in m:NAME_old"),
    ("mhat:w1_1_1_old", "'_old' belongs to the state that this optimizer keeps, 'm:', 'v:', as in m:NAME_old"),
    ("G:w1_1_1", "this optimizer has no 'G:'; it has 'g:', 'eta:', 'm:', 'v:', 'mhat:', 'vhat:'"),
    ("m:z2_1", "'m:' belongs to weights and biases, and z2_1 is neither"),
    ("f2_1", "f belongs to dropout, and no layer of this network has it"),
    ("r2_1", "r belongs to dropout, and no layer of this network has it"),
    ("penalty", "the loss has no penalty term"),
    ("gnorm", "the length of the gradient is measured where optimizer.clip has a norm, and here it has none"),
    ("w1_1_1@3", "w1_1_1 belongs to no single sample"),
    ("w1_1_1_new@3", "w1_1_1_new belongs to no single sample"),
    ("m:w1_1_1@3", "m:w1_1_1 belongs to no single sample"),
    ("eta@1", "eta belongs to no single sample"),
    ("L@5", "there is no sample 5; the data has 4 samples"),
    ("L@0", "after '@' stands the number of a sample, counted from 1"),
    ("L@", "after '@' stands the number of a sample, counted from 1"),
    ("L@²", "after '@' stands the number of a sample, counted from 1"),
    ("L@1@2", "after '@' stands the number of a sample, counted from 1"),
    ("dL@3/dz2_1", "the sample stands at the end of a derivative, as in dTOP/dBOTTOM@1"),
]

DERIVATIVES = [
    ("dz2_1/dw1_2_1", "z2_1 does not depend on w1_2_1, which feeds neuron 2"),
    ("da2_1/db1_3", "a2_1 does not depend on b1_3, which feeds neuron 3"),
    ("da2_1/dz2_2", "a2_1 does not depend on z2_2, which belongs to neuron 2"),
    ("de3_1/dz3_2", "e3_1 does not depend on z3_2, which belongs to neuron 2"),
    ("dL_1/dyhat_2", "L_1 does not depend on yhat_2, which belongs to neuron 2"),
    ("dz2_1/dz3_1", "z2_1 does not depend on z3_1, which comes after it"),
    ("dz2_1/da2_1", "z2_1 does not depend on a2_1, which comes after it"),
    ("ds3/dyhat_1", "s3 does not depend on yhat_1, which comes after it"),
    ("dz2_1/dz2_2", "z2_1 does not depend on z2_2, which stands beside it"),
    ("dz2_1/dz2_1", "z2_1 is not upstream of itself"),
    ("dw1_1_1/dL", "a derivative is of L, yhat, z, a, e or s, not w1_1_1"),
    ("dx_1/dx_2", "a derivative is of L, yhat, z, a, e or s, not x_1"),
    ("dL/dL_1", "a derivative is with respect to x, z, a, yhat, w, b, e or s, not L_1"),
    ("dL/dy_1", "a derivative is with respect to x, z, a, yhat, w, b, e or s, not y_1"),
    ("dL/dw1_1_1_new", "a derivative is with respect to x, z, a, yhat, w, b, e or s, not w1_1_1_new"),
    ("dL/dm:w1_1_1", "a derivative is with respect to x, z, a, yhat, w, b, e or s, not m:w1_1_1"),
]


@pytest.mark.parametrize(("name", "reason"), UNKNOWN + LAYERS + INDICES + MARKS + DERIVATIVES)
def test_the_message_says_why_and_what_to_write(name: str, reason: str) -> None:
    with pytest.raises(NameProblem) as caught:
        parse(name, DEEP, LEAVING)

    assert str(caught.value) == f"{name!r}: {reason}"


@pytest.mark.parametrize(
    ("name", "topology", "reason"),
    [
        ("w_2", PLAIN, "the 'to' index of w is the neuron of layer 2 (only 1), not 2"),
        ("b", PLAIN, "no layer of this network has biases"),
        ("s", PLAIN, "s belongs to softmax, and no layer of this network has it"),
        ("e", PLAIN, "e belongs to softmax, and no layer of this network has it"),
        ("z3", PLAIN, "there is no z3; z has layer 2 only"),
        ("m:w", PLAIN, "this optimizer has no 'm:'; it has 'g:'"),
        ("eta:w", PLAIN, "this optimizer has one learning rate for all parameters: eta"),
        ("w_old", PLAIN, "'_old' belongs to the state of an optimizer, and this one keeps none"),
        ("L", replace(PLAIN, targets=False), "L needs targets, and the data has none"),
        ("y_1", replace(PLAIN, targets=False), "y needs targets, and the data has none"),
        ("dL/dw", replace(PLAIN, targets=False), "L needs targets, and the data has none"),
        ("L_1@2", POINTWISE, "there is no sample 2; the data has 1 sample"),
        ("dx_1/dx_2", DROPPED, "a derivative is of L, yhat, z, a, e, s or f, not x_1"),
        ("dr2_1/dz2_1", DROPPED, "a derivative is of L, yhat, z, a, e, s or f, not r2_1"),
        ("df2_1/dz2_2", DROPPED, "f2_1 does not depend on z2_2, which belongs to neuron 2"),
        ("f3_1", DROPPED, "there is no f3; f has layer 2 only"),
        ("dL_1/dz3_2", POINTWISE, "L_1 does not depend on z3_2, which belongs to neuron 2"),
        ("dyhat_1/db2_2_1", POINTWISE, "yhat_1 does not depend on b2_2_1, which feeds neuron 2"),
        (
            "b2_1",
            POINTWISE,
            "b2 takes two indices: to (neuron of layer 3, 1 to 2) and from (neuron of layer 2, 1 to 2), as in b2_2_1",
        ),
        (
            "b2",
            Topology(1, tuple(LayerShape(1, 1, kind) for kind in (NEURON, NONE, LAYER, NEURON))),
            "there is no b2; b has layers 1, 3 and 4",
        ),
    ],
)
def test_the_message_fits_the_network(name: str, topology: Topology, reason: str) -> None:
    with pytest.raises(NameProblem) as caught:
        parse(name, topology, LEAVING)

    assert str(caught.value) == f"{name!r}: {reason}"


def test_the_message_is_written_in_the_numbering() -> None:
    with pytest.raises(NameProblem, match=r"^'z0_1': layer 0 is the input; z has layers 1 to 2$"):
        parse("z0_1", DEEP, ZERO_BASED)


def test_a_very_long_name_is_shown_cut_off() -> None:
    with pytest.raises(NameProblem) as caught:
        parse("x" * 201, DEEP, LEAVING)

    assert str(caught.value) == f"'{'x' * 59}…': a name has at most 200 characters"


@pytest.mark.parametrize("wrong", ["w1_2_1_neww", "w1_2_1new", "w1_2_1_nw", "w1_2_1_updated"])
def test_a_misspelt_suffix_is_mended(wrong: str) -> None:
    with pytest.raises(NameProblem, match="did you mean 'w1_2_1_new'"):
        parse(wrong, POINTWISE, LEAVING)
