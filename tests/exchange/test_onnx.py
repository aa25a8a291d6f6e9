"""A model as ONNX predicts what the engine predicts, in a runtime that knows nothing of it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.term import Ref, apply
from backprop_cli.config.loader import load
from backprop_cli.data.preparation import Preparation
from backprop_cli.errors import MissingExtra, StorageError
from backprop_cli.exchange import to_onnx
from backprop_cli.exchange.graph import ACTIONS, Graph, element_type
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.activations.identity import Identity
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.training.model import Model
from backprop_cli.training.start import starting_network

Batch = NDArray[Any]
ModelOf = Callable[..., Model]
Predicted = Callable[[Model, Batch], Batch]


def run(content: bytes, x: Batch) -> Batch:
    """Check a file, and let the runtime predict."""
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
    return in_runtime(content, "yhat", {"x": x})


def in_runtime(content: bytes, output: str, given: dict[str, Batch]) -> Batch:
    options = onnxruntime.SessionOptions()
    # Other tests have the cores.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run([output], given)[0])


def test_the_runtime_predicts_what_the_engine_does(
    activation: Activation, bias: str, dtype: str, model_of: ModelOf, predicted: Predicted, inputs: Batch
) -> None:
    model = model_of(activation, bias, dtype)
    x = inputs.astype(dtype)

    yhat = run(to_onnx.written(model, prepares=True), x)

    expected = predicted(model, x)
    scale = max(1.0, float(np.abs(expected).max()))
    assert yhat.dtype == expected.dtype == dtype
    np.testing.assert_allclose(yhat, expected, rtol=1e-6, atol=scale * (1e-6 if dtype == "float32" else 1e-13))
    # One sample is a batch, too.
    np.testing.assert_allclose(run(to_onnx.written(model, prepares=True), x[:1]), yhat[:1], rtol=2e-6, atol=2e-6)


def test_far_out_a_prediction_is_still_a_number(
    activation: Activation, dtype: str, model_of: ModelOf, predicted: Predicted
) -> None:
    model = model_of(activation, dtype=dtype)
    x = np.array([[900.0, -2e4, 3.0], [-1e4, 1e4, 1e4], [1e4, 1e4, -1e4]], dtype=dtype)

    yhat = run(to_onnx.written(model, prepares=True), x)

    expected = predicted(model, x)
    assert np.isfinite(yhat).all()
    if dtype == "float64":
        np.testing.assert_allclose(yhat, expected, rtol=1e-9, atol=1e-9)


PREPARATIONS = {
    "nothing": Preparation(),
    "standardized": Preparation(None, None, np.array([1.0, -2.0, 1e6]), np.array([2.0, 1.0, 1e3])),
    "divided": Preparation(None, None, np.zeros(1), np.full(1, 255.0)),
    "shifted": Preparation(None, None, np.array([1.0, -2.0, 0.5]), np.ones(3)),
    "filled in": Preparation(None, np.array([0.1, -0.2, 0.3])),
    "filled in and scaled": Preparation(None, np.array([7.0, 2.0, 9.0]), np.array([1.0, 2.0, 3.0]), np.full(3, 2.0)),
}


@pytest.mark.parametrize("preparation", PREPARATIONS.values(), ids=PREPARATIONS)
def test_inputs_are_prepared_as_for_training(
    preparation: Preparation, dtype: str, model_of: ModelOf, predicted: Predicted, inputs: Batch
) -> None:
    model = model_of(Tanh(), dtype=dtype, preparation=preparation)
    x = inputs.astype(dtype)
    prepared = x.astype(np.float64)
    if preparation.fill is not None:
        x[::3, 1] = np.nan
        prepared = np.where(np.isnan(x), preparation.fill, x)
    if preparation.shift is not None and preparation.scale is not None:
        prepared = (prepared - preparation.shift) / preparation.scale
    expected = predicted(model, prepared)

    np.testing.assert_allclose(run(to_onnx.written(model, prepares=True), x), expected, rtol=1e-6, atol=1e-6)
    raw = run(to_onnx.written(model, prepares=False), prepared.astype(dtype))
    np.testing.assert_allclose(raw, expected, rtol=1e-6, atol=1e-6)


def test_the_graph_holds_what_is_needed_and_no_more(model_of: ModelOf) -> None:
    def operators(model: Model, *, prepares: bool) -> list[str]:
        graph = onnx.load_from_string(to_onnx.written(model, prepares=prepares)).graph
        used = {name for node in graph.node for name in node.input}
        assert {constant.name for constant in graph.initializer} <= used
        return [node.op_type for node in graph.node]

    divided = model_of(Tanh(), preparation=PREPARATIONS["divided"])
    assert operators(divided, prepares=True) == ["Div", "Gemm", "Tanh", "Gemm", "Tanh"]
    assert operators(divided, prepares=False) == ["Gemm", "Tanh", "Gemm", "Tanh"]
    assert operators(model_of(Identity(), preparation=PREPARATIONS["shifted"]), prepares=True) == [
        "Sub",
        "Gemm",
        "Gemm",
    ]


def test_the_file_says_what_goes_in_and_what_comes_out(model_of: ModelOf) -> None:
    message = onnx.load_from_string(to_onnx.written(model_of(Sigmoid()), prepares=False))

    assert {entry.key: json.loads(entry.value) for entry in message.metadata_props} == {
        "inputs": ["x_1", "x_2", "x_3"],
        "classes": ["no", "yes"],
        "prepares_inputs": False,
    }
    assert (message.producer_name, message.ir_version, message.opset_import[0].version) == ("backprop", 8, 18)
    (x,), (yhat,) = message.graph.input, message.graph.output
    shapes = [[one.dim_param or one.dim_value for one in value.type.tensor_type.shape.dim] for value in (x, yhat)]
    assert shapes == [["samples", 3], ["samples", 2]]
    assert {"z2", "a2", "z3"} <= {name for node in message.graph.node for name in node.output}


def test_words_are_inputs_of_their_own(tmp_path: Path, predicted: Predicted) -> None:
    rows = "size,colour,y\n1.5,red,0\n2.5,blue,1\n0.5,red,1\n"
    (tmp_path / "words.csv").write_text(rows, encoding="utf-8")
    config = tmp_path / "words.yaml"
    config.write_text(
        "network: {inputs: 3, layers: [{units: 1}]}\ndata: {file: words.csv, targets: y, standardize: true}\n",
        encoding="utf-8",
    )
    setup = load(config)
    model = Model.of(setup, starting_network(setup))
    content = to_onnx.written(model, prepares=True)

    (entry,) = [one for one in onnx.load_from_string(content).metadata_props if one.key == "inputs"]
    assert json.loads(entry.value) == ["size", "colour=blue", "colour=red"]
    encoded = np.array([[1.5, 0, 1], [2.5, 1, 0], [0.5, 0, 1]])
    np.testing.assert_allclose(run(content, encoded), predicted(model, setup.dataset.training.inputs[:]), rtol=1e-12)


NUMBERS = [-700.0, -3.0, -1.5, -0.5, -1e-9, 0.0, 1e-9, 0.3, 1.0, 2.0, 3.0, 85.0]
# A sum over an index stands in general rules, and has no value.
NAMES = [name for name in OPERATORS if name != "sum_over"]


@pytest.mark.parametrize("name", NAMES)
def test_an_operator_is_in_onnx_what_it_is_in_formulas(name: str, dtype: str) -> None:
    width = OPERATORS[name].arity or 3
    columns = np.random.default_rng(1).permuted(np.tile(NUMBERS, (3, 40)), axis=1).astype(dtype)
    letters = ["a", "b", "c"][:width]
    graph = Graph(np.dtype(dtype))
    graph.rename(graph.term(apply(name, *map(Ref, letters))), "y")

    expected = [
        evaluate(apply(name, *map(Ref, letters)), dict(zip(letters, row, strict=False)).__getitem__)
        for row in columns.T.tolist()
    ]
    found = _run_graph(graph, dict(zip(letters, columns, strict=False)))

    has_room = np.abs(np.asarray(expected)) < np.finfo(dtype).max
    eps = float(np.finfo(dtype).eps)
    assert has_room.any()
    np.testing.assert_allclose(found[has_room], np.asarray(expected)[has_room], rtol=100 * eps, atol=4 * eps)


def _run_graph(graph: Graph, columns: dict[str, Batch]) -> Batch:
    make, kind = onnx.helper, element_type(graph.dtype)
    body = make.make_graph(
        [make.make_node(node.operator, node.inputs, [name], **dict(node.settings)) for node, name in graph.shown()],
        "formula",
        [make.make_tensor_value_info(name, kind, ["n"]) for name in columns],
        [make.make_tensor_value_info("y", kind, ["n"])],
        [onnx.numpy_helper.from_array(values, name) for name, values in graph.constants.items()],
    )
    message = make.make_model(body, opset_imports=[make.make_opsetid("", to_onnx.OPSET)], ir_version=to_onnx.IR)
    return in_runtime(message.SerializeToString(), "y", columns)


def test_every_operator_has_a_counterpart() -> None:
    assert set(ACTIONS) == set(NAMES)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.bool_])
def test_dtypes_have_the_numbers_of_onnx(dtype: Any) -> None:
    assert element_type(np.dtype(dtype)) == onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))


def test_onnx_is_an_extra(model_of: ModelOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)

    with pytest.raises(MissingExtra, match=r"^this needs onnx: pip install 'backprop-cli\[onnx\]'$"):
        to_onnx.written(model_of(Tanh()), prepares=True)


def test_a_model_that_is_too_large_for_one_file_is_refused(model_of: ModelOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(to_onnx, "LARGEST", 100)

    with pytest.raises(StorageError) as caught:
        to_onnx.written(model_of(Tanh()), prepares=True)
    assert str(caught.value) == (
        "the parameters take 208 bytes, and one ONNX file holds less than 100; use --format state_dict"
    )
