"""A sheet costs what is asked of it: lines that nobody asks for are counted, not made."""

from pathlib import Path

import pytest

from backprop_cli.api import load
from backprop_cli.api.grounds import ground_of
from backprop_cli.errors import UsageError
from backprop_cli.quantities.quantity import Attached, Variable
from backprop_cli.training.loop import record_step
from backprop_cli.worksheet.book import Book, is_given
from backprop_cli.worksheet.ground import Ground, Key
from backprop_cli.worksheet.sheet import of, whole


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Give a 784-128-10 net, which has more lines than anyone reads."""
    path = tmp_path_factory.mktemp("wide") / "c.yaml"
    inputs = ", ".join("0.5" for _ in range(784))
    path.write_text(
        "network: {inputs: 784, layers: [{units: 128}, {units: 10}]}\n"
        f"data: {{inputs: [[{inputs}]], targets: [[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]]}}\n"
    )
    setup = load(path)
    return ground_of(setup, record_step(setup, 1))


def made(book: Book) -> set[Key]:
    """List the lines that a book has made."""
    return {key for key in book._terms if not is_given(key)}


def test_the_lines_of_a_whole_sheet_are_counted_without_making_any(digits: Ground) -> None:
    sheet = whole(digits)

    # z and a, the shares and L; ∂L/∂ŷ and slopes; errors, connections, contributions and sums; gradients; updates.
    parameters = 784 * 128 + 128 + 128 * 10 + 10
    assert sheet.count == 2 * (128 + 10) + 10 + 1 + 10 + 10 + 10 + 2 * 1280 + 128 + 128 + 3 * parameters
    assert len(made(sheet.book)) < 10


def test_one_quantity_makes_its_own_lines_and_no_others(digits: Ground) -> None:
    sheet = of(digits, [Variable("z", 1, (7,))])
    sheet.work_out()

    assert made(sheet.book) == {Variable("z", 1, (7,))}
    assert sheet.count == 1


def test_a_gradient_makes_the_forward_pass_and_its_own_way_back(digits: Ground) -> None:
    book = Book(digits)
    book.value(Attached("g", Variable("w", 1, (1, 1))))

    assert len([key for key in made(book) if isinstance(key, Variable) and key.symbol == "z"]) == 128 + 10
    # Three derivatives per output, the sum over them, and a slope, a factor and the gradient at the end.
    assert len(made(book)) < 2 * (128 + 10) + 10 * 10 + 10


def test_a_stage_can_be_walked_a_little_way(digits: Ground) -> None:
    sheet = whole(digits)
    stage = next(stage for stage in sheet.stages if stage.place.topic == "weighted_inputs")
    lines = stage.lines()
    next(lines)
    next(lines)

    assert len([key for key in made(sheet.book) if isinstance(key, Variable) and key.symbol == "z"]) == 2


def test_the_limit_is_for_whole_sheets_alone(tmp_path: Path) -> None:
    from backprop_cli.api import explain

    path = tmp_path / "c.yaml"
    path.write_text(
        "network: {inputs: 1, layers: [{units: 30}, {units: 30}, {units: 1}]}\ndata: {inputs: [0.5], targets: [1]}\n"
    )
    with pytest.raises(UsageError, match=r"has \d,\d{3} lines"):
        explain(path)

    assert explain(path, everything=True).sheet.count > 2000
    assert explain(path, stages=["forward", "loss"]).sheet.count == 2 * 61 + 1
    assert explain(path, only=["w1_1_1_new"]).sheet.count > 100
    assert explain(path, only=[f"w2_{j}_{i}_new" for j in range(1, 31) for i in range(1, 31)]).sheet.count > 2000
