"""Names of quantities as mathematics and in ASCII: layers as the config numbers them, and no index that is always 1."""

from collections.abc import Callable, Hashable, Mapping

import pytest

from backprop_cli.api import Explanation
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.notation import ENTERING, LEAVING, NOTATIONS, ZERO_BASED, Notation
from backprop_cli.quantities.quantity import Attached, Derivative, RunningIndex, Variable
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.render.forms import ATOM
from backprop_cli.render.identifiers import AsciiScript, Identifiers
from backprop_cli.render.symbols import Script, Symbols, UnicodeScript
from backprop_cli.worksheet.ground import Own
from backprop_cli.worksheet.witness import computed

Sheets = Callable[..., Explanation]
Names = Mapping[str, str]

I, J, P = (RunningIndex(letter) for letter in "ijp")  # noqa: E741  the letters of the field
L = Variable("L")


def net(*units: int, bias: BiasKind = BiasKind.NEURON) -> Topology:
    inputs, *layers = units
    shapes = [LayerShape(count, fan_in, bias, rowwise=True) for fan_in, count in zip(units, layers, strict=False)]
    return Topology(
        inputs, tuple(shapes), state=("m", "v", "d"), corrected=("mhat", "vhat"), adaptive=True, penalty=True
    )


WIDE, CHAIN, ONE = net(3, 12, 2), net(1, 1, 1), net(2, 1)


def symbols(topology: Topology, script: Script, notation: Notation = LEAVING, names: Names | None = None) -> Symbols:
    table, problems = NameTable.build(names or {}, topology, notation)
    assert not problems
    return Symbols(table, script)


def w(layer: int, to: int, by: int, **more: object) -> Variable:
    return Variable("w", layer, (to, by), **more)  # type: ignore[arg-type]


def z(layer: int, neuron: int, **more: object) -> Variable:
    return Variable("z", layer, (neuron,), **more)  # type: ignore[arg-type]


A_CHAIN = Variable("a", 1, (1,))
PREDICTION = Variable("yhat", None, (1,))
TABLE: list[tuple[Topology, Hashable, str, str]] = [
    # a layer and two indices
    (WIDE, w(2, 1, 2), "w²₁₂", "w2_1_2"),
    (WIDE, z(1, 3), "z²₃", "z2_3"),
    (WIDE, Variable("x", None, (2,)), "x₂", "x_2"),
    (WIDE, Variable("yhat", None, (2,)), "ŷ₂", "yhat_2"),
    (WIDE, Variable("e", 2, (1,)), "e³₁", "e3_1"),
    (WIDE, Variable("s", 2), "s³", "s3"),
    (WIDE, Variable("L", None, (2,)), "L₂", "L_2"),
    (WIDE, L, "L", "L"),
    # indices of several digits
    (WIDE, z(1, 12), "z²₁₂", "z2_12"),
    (WIDE, w(1, 12, 3), "w¹[12,3]", "w1_12_3"),
    (WIDE, w(2, 1, 11), "w²[1,11]", "w2_1_11"),
    # dimensions of one
    (CHAIN, w(1, 1, 1), "w¹", "w1"),
    (CHAIN, z(2, 1), "z³", "z3"),
    (CHAIN, PREDICTION, "ŷ", "yhat"),
    (CHAIN, Variable("L", None, (1,)), "L₁", "L_1"),
    (net(1, 2, 1), w(2, 1, 2), "w²₂", "w2_2"),
    (net(1, 2, 1), w(1, 2, 1), "w¹₂", "w1_2"),
    # one layer
    (ONE, w(1, 1, 2), "w₂", "w_2"),
    (ONE, z(1, 1), "z", "z"),
    (ONE, Variable("b", 1, (1,)), "b", "b"),
    # biases
    (net(2, 3, 1, bias=BiasKind.LAYER), Variable("b", 1), "b¹", "b1"),
    (net(2, 3, 1, bias=BiasKind.CONNECTION), Variable("b", 1, (3, 2)), "b¹₃₂", "b1_3_2"),
    # samples
    (WIDE, z(1, 3, sample=17), "z²₃@17", "z2_3@17"),
    (CHAIN, Variable("yhat", None, (1,), sample=2), "ŷ@2", "yhat@2"),
    (CHAIN, Variable("L", sample=2), "L@2", "L@2"),
    # moments
    (WIDE, w(1, 1, 2, moment="new"), "w¹₁₂_new", "w1_1_2_new"),
    (WIDE, w(1, 1, 2, moment="change"), "Δw¹₁₂", "w1_1_2_change"),
    # what the update keeps
    (WIDE, Attached("m", w(1, 1, 2)), "m(w¹₁₂)", "m:w1_1_2"),
    (WIDE, Attached("m", w(1, 1, 2), old=True), "m_old(w¹₁₂)", "m:w1_1_2_old"),
    (WIDE, Attached("mhat", w(1, 1, 2)), "m̂(w¹₁₂)", "mhat:w1_1_2"),
    (WIDE, Attached("d", w(1, 1, 2)), "Δ(w¹₁₂)", "d:w1_1_2"),
    (WIDE, Attached("eta", Variable("b", 1, (2,))), "η(b¹₂)", "eta:b1_2"),
    (WIDE, Attached("g", w(2, 2, 1)), "g(w²₂₁)", "g:w2_2_1"),
    # derivatives
    (WIDE, Derivative(L, w(1, 1, 2)), "∂L/∂w¹₁₂", "dL/dw1_1_2"),
    (WIDE, Derivative(Variable("L", None, (2,)), Variable("a", 1, (4,))), "∂L₂/∂a²₄", "dL_2/da2_4"),
    (WIDE, Derivative(PREDICTION, z(2, 1), 3), "∂ŷ₁/∂z³₁@3", "dyhat_1/dz3_1@3"),
    # what is called by a word
    (WIDE, Variable("eta"), "η", "eta"),
    (WIDE, Variable("penalty"), "penalty", "penalty"),
    (WIDE, Variable("gnorm"), "‖g‖", "gnorm"),
    (WIDE, Variable("theta"), "θ", "theta"),
    # general rules
    (WIDE, I, "ᵢ", "i"),
    (WIDE, w(2, J, I), "w²ⱼᵢ", "w2_j_i"),
    (WIDE, z(1, J, sample=P), "z²ⱼ@p", "z2_j@p"),
    # expressions of the reader's own
    (WIDE, Own("residual"), "residual", "residual"),
    (WIDE, Own("residual", 3), "residual@3", "residual@3"),
]


@pytest.mark.parametrize(("topology", "key", "text", "name"), TABLE, ids=[name for _, _, _, name in TABLE])
def test_a_quantity_is_written_as_authors_do(topology: Topology, key: Hashable, text: str, name: str) -> None:
    assert symbols(topology, UnicodeScript()).write(key).text == text
    assert symbols(topology, AsciiScript()).write(key).text == name


@pytest.mark.parametrize(
    ("notation", "weight", "node", "gradient"),
    [
        (LEAVING, "w¹₂₁", "a²₂", "∂L/∂b¹₁"),
        (ENTERING, "w²₂₁", "a²₂", "∂L/∂b²₁"),
        (ZERO_BASED, "w¹₂₁", "a¹₂", "∂L/∂b¹₁"),
    ],
)
def test_layers_are_numbered_as_the_notation_says(notation: Notation, weight: str, node: str, gradient: str) -> None:
    written = symbols(WIDE, UnicodeScript(), notation)

    assert written.write(w(1, 2, 1)).text == weight
    assert written.write(Variable("a", 1, (2,))).text == node
    assert written.write(Derivative(L, Variable("b", 1, (1,)))).text == gradient


@pytest.mark.parametrize(
    ("key", "text", "name"),
    [
        (w(2, 1, 1), "w5", "w5"),
        (w(2, 1, 1, moment="new"), "w5_new", "w5_new"),
        (w(2, 1, 1, moment="change"), "Δw5", "w5_change"),
        (Derivative(L, w(2, 1, 1)), "∂E/∂w5", "dE/dw5"),
        (Derivative(L, w(2, 1, 1), 2), "∂E/∂w5@2", "dE/dw5@2"),
        (Variable("L", sample=2), "E@2", "E@2"),
        (Variable("L", None, (1,)), "L₁", "L_1"),
        (Attached("m", w(2, 1, 1), old=True), "m_old(w5)", "m:w5_old"),
        (Derivative(L, z(2, 1)), "delta", "delta"),
        (w(2, 1, 2), "w²₁₂", "w2_1_2"),
    ],
)
def test_names_of_the_readers_own_stand_in_all_that_follows_from_them(key: Hashable, text: str, name: str) -> None:
    own = {"w5": "w2_1_1", "E": "L", "delta": "dE/dz3_1"}

    assert symbols(WIDE, UnicodeScript(), names=own).write(key).text == text
    assert symbols(WIDE, AsciiScript(), names=own).write(key).text == name


@pytest.mark.parametrize(
    "key",
    [
        z(1, 3),
        w(1, 1, 2, moment="change"),
        z(1, 1, sample=3),
        Derivative(L, z(1, 1)),
        Variable("y", None, (1,), sample=2),
    ],
)
def test_an_exponent_behind_a_layer_a_sample_or_a_fraction_needs_brackets(key: Hashable) -> None:
    assert symbols(WIDE, UnicodeScript()).write(key).binds < ATOM


@pytest.mark.parametrize(
    ("word", "letter"),
    [
        ("beta1", "β₁"),
        ("eta0", "η₀"),
        ("lambda", "λ"),
        ("eps", "ε"),
        ("pi", "π"),
        ("t", "t"),
        ("vhat", "v̂"),
        ("hat", "hat"),
    ],
)
def test_settings_show_as_their_letters(word: str, letter: str) -> None:
    assert UnicodeScript().letter(word) == letter
    assert AsciiScript().letter(word) == word


NET = """
network: {inputs: 2, layers: [{units: 3, activation: tanh}, {units: 2, activation: softmax}]}
data: {inputs: [[0.3, -0.2], [0.9, 0.4]], targets: [[0, 1], [0.2, 0.8]]}
loss: cross_entropy
optimizer: {name: adam, learning_rate: 0.1}
"""
ALIASES = {
    "leaving": "names: {E: L, v11: w1_1_1, hidden: z2_1, residual: yhat_1 - y_1}",
    "entering": "names: {E: L, v11: w2_1_1, hidden: z2_1, residual: yhat_1 - y_1}",
    "zero_based": "names: {E: L, v11: w1_1_1, hidden: z1_1, residual: yhat_1 - y_1}",
}


@pytest.mark.parametrize("aliases", [{}, ALIASES], ids=["plain", "named"])
def test_all_notations_give_the_same_values(aliases: dict[str, str], sheet_of: Sheets) -> None:
    sheets = [sheet_of(f"{NET}notation: {name}\n{aliases.get(name, '')}\n") for name in NOTATIONS]
    first, *others = [[(line.key, line.value, line.uses) for line in sheet] for sheet in sheets]

    assert len(first) > 100
    assert all(other == first for other in others)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("aliases", [{}, ALIASES], ids=["plain", "named"])
def test_a_name_in_ascii_means_the_quantity_that_it_was_written_for(
    notation: str, aliases: dict[str, str], sheet_of: Sheets
) -> None:
    explained = sheet_of(f"{NET}notation: {notation}\n{aliases.get(notation, '')}\n")
    written = Symbols(explained.told.names, AsciiScript())

    for line in explained:
        assert explained.line(written.write(line.key).text).key == line.key
        seen = None if isinstance(line.key, Own) else computed(explained.sheet.ground, line.key)
        assert seen is None or line.value == pytest.approx(seen, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("dL/dw1_2_1", "dL_dw1_2_1"),
        ("m:w1_old", "m_w1_old"),
        ("z2_1@3", "z2_1_at_3"),
        ("dL/dw1@3", "dL_dw1_at_3"),
        ("lambda", "lambda_"),
        ("print", "print_"),
        ("exp", "exp_"),
    ],
)
def test_a_name_becomes_a_variable_of_python(name: str, identifier: str) -> None:
    assert Identifiers(frozenset({"exp"})).of("key", name) == identifier


def test_two_names_never_become_one_variable() -> None:
    identifiers = Identifiers()
    names = ["dL/dw1", "dL_dw1", "dL:dw1", "dL/dw1", "dL_dw1_"]
    given = [identifiers.of(number, name) for number, name in enumerate(names)]

    assert given == ["dL_dw1", "dL_dw1_", "dL_dw1_2", "dL_dw1_3", "dL_dw1__"]
    assert [identifiers.of(number, name) for number, name in enumerate(names)] == given
    assert 3 in identifiers
    assert 99 not in identifiers
