"""What a step's tables say, before any terminal is known."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from backprop_cli.algebra.digits import Digits
from backprop_cli.engine.layout import Trainable
from backprop_cli.quantities.quantity import Variable
from backprop_cli.render.rows import Chain, progress_line
from backprop_cli.rules.optimizers import Clip, Penalty
from backprop_cli.rules.optimizers.sgd import Sgd
from backprop_cli.training.events import RunStopped, Values
from backprop_cli.worksheet.rounding import Rounding

Tell = Callable[..., Any]


def many(count: int) -> dict[str, Any]:
    return {"x": [[0.5]] * count, "y": [[1.5]] * count}


@pytest.mark.parametrize(
    ("samples", "of", "listed"),
    [
        ((1,), 1, ""),
        ((1, 2), 2, ""),
        ((3,), 5, " · sample 3"),
        ((4, 2), 5, " · samples 4, 2"),
        (tuple(range(1, 12)), 20, " · samples 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …"),
    ],
)
def test_samples_are_listed_where_the_batch_is_not_the_whole_data(
    samples: tuple[int, ...], of: int, listed: str, told: Tell
) -> None:
    run = told(**many(len(samples)), samples=samples)

    assert run.speaker(samples=of).step_heading(run.record).startswith(f"Step 1 · epoch 1{listed} · learning rate 0.1")


def test_the_penalty_stands_beside_the_loss_that_it_is_part_of(told: Tell) -> None:
    run = told(optimizer=Sgd(penalty=Penalty(l2=0.1)))

    assert run.speaker().step_heading(run.record).endswith("loss 0.3890 · of which penalty 0.006500")


def test_predictions_carry_their_sample_in_a_batch_of_more_than_one(told: Tell) -> None:
    one, two = told(), told(**many(2), samples=(7, 3))

    assert one.speaker().predictions(one.record).rows == (("yhat", "0.6254", "1.5"),)
    assert [row[0] for row in two.speaker().predictions(two.record).rows] == ["yhat@7", "yhat@3"]


@pytest.mark.parametrize(("count", "note"), [(10, ""), (11, "… and 1 more sample"), (25, "… and 15 more samples")])
def test_samples_beyond_ten_are_counted(count: int, note: str, told: Tell) -> None:
    run = told(**many(count))
    table = run.speaker().predictions(run.record)

    assert (len(table.rows), table.note) == (10, note)


def test_what_is_frozen_says_so_and_stays_as_it_was(told: Tell) -> None:
    run = told(trainable=[Trainable(weights=True, bias=False), Trainable()])

    assert run.speaker().gradients(run.record).rows[1] == ("b1", "frozen", "0.1", "0.1")


def test_a_gradient_that_was_clipped_is_shown_as_applied_too(told: Tell) -> None:
    run = told(optimizer=Sgd(clip=Clip(value=0.01)), trainable=[Trainable(weights=True, bias=False), Trainable()])
    unclipped = told(optimizer=Sgd(clip=Clip(value=1.0)))
    table = run.speaker().gradients(run.record)

    assert table.columns == ("parameter", "gradient", "applied", "before", "after")
    assert table.rows[1][:3] == ("b1", "frozen", "frozen")
    assert table.rows[2] == ("w2", "-0.1152", "-0.01", "0.2", "0.201")
    assert "applied" not in unclipped.speaker().gradients(unclipped.record).columns


def test_a_gradient_is_shown_with_how_it_comes_about_where_that_is_told(told: Tell) -> None:
    run = told(trainable=[Trainable(weights=True, bias=False), Trainable()])
    chains = {Variable("w", 1, (1, 1)): Chain("∂L/∂ŷ · ∂ŷ/∂w¹", "(−0.5) · 2")}
    table = run.speaker().gradients(run.record, chains)

    assert table.columns == ("parameter", "factors", "in numbers", "gradient", "before", "after")
    assert table.rows[0] == ("w1", "∂L/∂ŷ · ∂ŷ/∂w¹", "(−0.5) · 2", "-0.005043", "0.3", "0.3005")
    assert table.rows[1] == ("b1", "", "", "frozen", "0.1", "0.1")
    assert table.formulas == {1, 2}


def test_digits_of_a_quantity_go_before_those_of_all(told: Tell) -> None:
    run = told()
    special = {Variable("yhat", None, (1,)): Digits(decimals=2), Variable("L"): Digits(decimals=1)}
    speaker = replace(run.speaker(), rounding=Rounding(Digits(), special))

    assert speaker.predictions(run.record).rows == (("yhat", "0.63", "1.5"),)
    assert speaker.step_heading(run.record).endswith("loss 0.4")


def test_without_validation_samples_there_is_no_such_column(told: Tell) -> None:
    run = told()
    *_, stopped = run.events()
    assert isinstance(stopped, RunStopped)

    assert run.speaker().summary(stopped).columns == ("", "first", "last")


def test_a_line_of_progress_has_the_first_metric_of_each_part_alone() -> None:
    measured = Values(0.25, {"accuracy": 0.9, "f1": 0.8, "recall": 0.7})

    assert progress_line(3, 60, measured, measured, Digits()) == (
        "epoch 3/60 · loss 0.25 · accuracy 0.9 · validation loss 0.25 · accuracy 0.9"
    )
