"""Names of the reader's own: what they stand for, what follows from them, which ones are refused."""

from collections.abc import Mapping

import pytest

from backprop_cli.algebra.term import Ref, Term, apply
from backprop_cli.quantities.expressions import MOST_OPERATIONS
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.notation import LEAVING, ZERO_BASED, Notation
from backprop_cli.quantities.parser import parse
from backprop_cli.quantities.problem import NameProblem
from backprop_cli.quantities.quantity import Quantity
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology

# Two inputs, two hidden and two output neurons, one bias for each layer.
NETWORK = Topology(
    2,
    (LayerShape(2, 2, BiasKind.LAYER), LayerShape(2, 2, BiasKind.LAYER)),
    state=("m",),
    corrected=("mhat",),
    adaptive=True,
    samples=4,
)
WEIGHTS = {f"w{1 + number}": f"w{1 + number // 4}_{1 + number // 2 % 2}_{1 + number % 2}" for number in range(8)}
NAMES = WEIGHTS | {
    "net_h1": "z2_1",
    "out_h1": "a2_1",
    "net_o1": "z3_1",
    "out_o1": "yhat_1",
    "E_o1": "L_1",
    "E_total": "L",
    "total": "E_total",
    "slope_o1": "dE_total/dnet_o1",
    "err_o1": "-dE_total/dnet_o1",
    "residual": "out_o1 - y_1",
    "half_square": "residual ** 2 / 2",
    "part": "w5 * out_h1",
    "momentum": "m:w5",
    "first_error": "E_total@1",
    "rated": "eta * w5",
}


def build(names: Mapping[str, str], notation: Notation = LEAVING) -> NameTable:
    table, problems = NameTable.build(names, NETWORK, notation)

    assert not problems
    return table


def named(name: str) -> Quantity:
    return parse(name, NETWORK, LEAVING)


def ref(name: str) -> Term:
    return Ref(named(name))


TABLE = build(NAMES)


@pytest.mark.parametrize(
    ("own", "full"),
    [
        *WEIGHTS.items(),
        ("net_h1", "z2_1"),
        ("net_h1@3", "z2_1@3"),
        ("total", "L"),
        ("E_total@3", "L@3"),
        ("w5_new", "w2_1_1_new"),
        ("w5_change", "w2_1_1_change"),
        ("m:w5", "m:w2_1_1"),
        ("m:w5_old", "m:w2_1_1_old"),
        ("momentum", "m:w2_1_1"),
        ("momentum_old", "m:w2_1_1_old"),
        ("mhat:w5", "mhat:w2_1_1"),
        ("g:w5", "g:w2_1_1"),
        ("eta:w5", "eta:w2_1_1"),
        ("dE_total/dw5", "dL/dw2_1_1"),
        ("dE_total/dw5@2", "dL/dw2_1_1@2"),
        ("dE_o1/dout_h1", "dL_1/da2_1"),
        ("dout_o1/dnet_o1", "dyhat_1/dz3_1"),
        ("dL/dw1", "dL/dw1_1_1"),
        ("slope_o1", "dL/dz3_1"),
        ("slope_o1@4", "dL/dz3_1@4"),
        ("first_error", "L@1"),
        ("z2_1", "z2_1"),
    ],
)
def test_marks_follow_a_readers_name(own: str, full: str) -> None:
    assert TABLE.resolve(own) == named(full)


@pytest.mark.parametrize(
    ("own", "term"),
    [
        ("err_o1", -ref("dL/dz3_1")),
        ("residual", ref("yhat_1") - ref("y_1")),
        ("residual@2", ref("yhat_1@2") - ref("y_1@2")),
        ("half_square", apply("pow", ref("yhat_1") - ref("y_1"), 2.0) / 2.0),
        ("part", ref("w2_1_1") * ref("a2_1")),
        ("part@3", ref("w2_1_1") * ref("a2_1@3")),
        ("err_o1@1", -ref("dL/dz3_1@1")),
    ],
)
def test_a_readers_name_may_stand_for_an_expression(own: str, term: Term) -> None:
    assert TABLE.resolve(own) == term


def test_expressions_are_listed_under_their_names() -> None:
    assert list(TABLE.expressions) == ["err_o1", "residual", "half_square", "part", "rated"]
    assert TABLE.expressions["err_o1"] == -ref("dL/dz3_1")


@pytest.mark.parametrize(
    ("full", "label"),
    [
        ("w2_1_1", "w5"),
        ("w2_1_1_new", "w5_new"),
        ("w1_2_2_change", "w4_change"),
        ("L", "E_total"),
        ("L@3", "E_total@3"),
        ("L@1", "first_error"),
        ("L_2", "L_2"),
        ("dL/dw2_1_1", "dE_total/dw5"),
        ("dL/dw2_1_1@3", "dE_total/dw5@3"),
        ("dL/dz3_1", "slope_o1"),
        ("dL/dz3_1@2", "slope_o1@2"),
        ("dL/dz3_2", "dE_total/dz3_2"),
        ("da2_1/dz2_1", "dout_h1/dnet_h1"),
        ("m:w2_1_1", "momentum"),
        ("m:w2_1_1_old", "momentum_old"),
        ("m:w2_2_1_old", "m:w7_old"),
        ("g:w2_1_1", "g:w5"),
        ("b1_new", "b1_new"),
        ("z3_2@4", "z3_2@4"),
    ],
)
def test_a_label_uses_the_readers_names_as_far_as_there_are_any(full: str, label: str) -> None:
    assert TABLE.label(named(full)) == label
    assert TABLE.resolve(label) == named(full)


def test_definitions_and_labels_follow_the_numbering() -> None:
    table = build({"net_h1": "z1_1"}, ZERO_BASED)

    assert table.resolve("net_h1") == named("z2_1")
    assert table.label(named("dz3_2/dz2_1")) == "dz2_2/dnet_h1"


def test_without_names_labels_are_full_names() -> None:
    assert build({}).label(named("a3_1")) == "yhat_1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("part_new", "'part_new': '_new' belongs to weights and biases, and an expression is neither"),
        ("net_h1_new", "'net_h1_new': '_new' belongs to weights and biases, and z2_1 is neither"),
        ("m:part", "'m:part': 'm:' belongs to weights and biases, and an expression is neither"),
        ("dpart/dw5", "'dpart/dw5': a derivative is of L, yhat, z, a, e or s, not an expression"),
        ("dfirst_error/dw5", "'dfirst_error/dw5': the sample stands at the end of a derivative, not in L@1"),
        ("first_error@2", "'first_error@2': L@1 names its sample already"),
        ("w5@1", "'w5@1': w2_1_1 belongs to no single sample"),
        ("dnet_h1/dw3", "'dnet_h1/dw3': z2_1 does not depend on w1_2_1, which feeds neuron 2"),
        ("net_h", "'net_h': no such quantity; did you mean 'net_h1'?"),
        ("dE_totl/dw5", "'dE_totl/dw5': no such quantity; did you mean 'dE_total/dw5'?"),
        ("yhat_1 - y_1", "'yhat_1 - y_1': an expression needs a name of its own under 'names'"),
    ],
)
def test_what_does_not_follow_is_explained(text: str, message: str) -> None:
    with pytest.raises(NameProblem) as caught:
        TABLE.resolve(text)

    assert str(caught.value) == message


def test_an_expression_without_samples_cannot_be_asked_for_one() -> None:
    table = build({"double": "2 * w2_1_1"})

    with pytest.raises(NameProblem, match=r"^'double@1': nothing in this expression belongs to a single sample$"):
        table.resolve("double@1")


@pytest.mark.parametrize(
    ("names", "problems"),
    [
        (
            {"w 5": "L", "5w": "L", "größe": "L", "a:b": "L"},
            {
                name: f"'{name}': a name is a letter followed by letters, digits and underscores, all of them ASCII"
                for name in ("w 5", "5w", "größe", "a:b")
            },
        ),
        ({"q" * 51: "L"}, {"q" * 51: f"'{'q' * 51}': a name of your own has at most 50 characters"}),
        (
            {"w_new": "L", "x_old": "L", "dw_change": "L"},
            {
                name: f"'{name}': a name of your own may not end in '_{suffix}', which is understood of every name"
                for name, suffix in (("w_new", "new"), ("x_old", "old"), ("dw_change", "change"))
            },
        ),
        (
            {"L": "L_1", "b2": "z2_1", "a3_1": "z2_1", "z2_1": "z2_1", "exp": "L"},
            {
                "L": "'L': this already means the loss; choose another name",
                "b2": "'b2': this already means a bias; choose another name",
                "a3_1": "'a3_1': this already means yhat_1, a prediction; choose another name",
                "z2_1": "'z2_1': this already means a weighted input; choose another name",
                "exp": "'exp': this is a function of expressions; choose another name",
            },
        ),
        (
            {"good": "z2_1", "bad": "z9_1", "worse": "z2_1 -", "uses": "bad + good", "after": "-dworse/dw1_1_1"},
            {
                "bad": "'z9_1': there is no z9; z has layers 2 to 3",
                "worse": "'z2_1 -': a name or a number is missing at the end",
                "uses": "'bad': the definition of bad under 'names' has a problem of its own",
                "after": "'dworse/dw1_1_1': the definition of worse under 'names' has a problem of its own",
            },
        ),
        ({"me": "me"}, {"me": "names are defined in a circle: me -> me"}),
        (
            {"p": "q + 1", "q": "dr/dw1_1_1", "r": "p@2", "t": "2 * q", "u": "t", "fine": "L"},
            {
                "p": "names are defined in a circle: p -> q -> r -> p",
                "q": "names are defined in a circle: q -> r -> p -> q",
                "r": "names are defined in a circle: r -> p -> q -> r",
                "t": "the definition of q under 'names' has a problem of its own",
                "u": "the definition of t under 'names' has a problem of its own",
            },
        ),
    ],
)
def test_every_problem_is_reported_in_the_order_of_the_file(names: dict[str, str], problems: dict[str, str]) -> None:
    table, found = NameTable.build(names, NETWORK, LEAVING)

    assert [(name, str(problem)) for name, problem in found] == list(problems.items())
    assert all(isinstance(table.resolve(name), Quantity) for name in names.keys() - problems.keys())


def test_a_name_that_could_not_be_understood_says_so_when_it_is_used() -> None:
    table, _ = NameTable.build({"E": "M"}, NETWORK, LEAVING)

    with pytest.raises(NameProblem, match=r"^'dE/dw1_1_1': the definition of E under 'names' has a problem"):
        table.resolve("dE/dw1_1_1")


def test_a_name_that_was_refused_keeps_its_first_meaning() -> None:
    table, _ = NameTable.build({"L": "z2_1", "E": "L"}, NETWORK, LEAVING)

    assert table.resolve("E") == named("L")


def test_definitions_may_come_in_any_order() -> None:
    backwards = dict(reversed(NAMES.items()))

    assert build(backwards).vocabulary.aliases == TABLE.vocabulary.aliases


def test_the_first_of_several_names_is_the_label() -> None:
    assert build({"cost": "error", "error": "L"}).label(named("L")) == "cost"


def test_a_long_chain_of_names_is_no_deeper_than_python_allows() -> None:
    chain = {f"n{number}": f"n{number + 1}" for number in range(3000)} | {"n3000": "L"}

    assert build(chain).resolve("n0") == named("L")


def test_a_long_circle_of_names_is_no_deeper_than_python_allows() -> None:
    circle = {f"n{number}": f"n{(number + 1) % 3000}" for number in range(3000)}
    _, problems = NameTable.build(circle, NETWORK, LEAVING)

    assert [name for name, _ in problems] == list(circle)
    assert str(problems[0][1]) == "names are defined in a circle: n0 -> n1 -> n2 -> n3 -> n4 -> ... -> n0"


def test_names_that_double_each_other_are_stopped_early() -> None:
    doubling = {"n0": "L + L"} | {f"n{number}": f"n{number - 1} + n{number - 1}" for number in range(1, 200)}
    table, problems = NameTable.build(doubling, NETWORK, LEAVING)

    assert len(table.expressions) == 6
    assert f"at most {MOST_OPERATIONS} operations, those of the names in it included" in str(problems[0][1])
