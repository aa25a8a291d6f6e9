"""An honest student is never accused: whatever digits are written, carried or not, and whatever is left out."""

import pytest
from students.people import Habit
from students.trials import honest

# Sheets of a test.
BLOCK = 25
# Of sheets whose gaps were rounded unseen, so many are accused at most.
MOST_ACCUSED = 0.1


def blocks(count: int) -> list[object]:
    """Give the numbers of blocks of sheets; all but the first are for the long run."""
    return [pytest.param(block, marks=[pytest.mark.slow] if block else []) for block in range(count)]


def seeds(block: int) -> range:
    return range(block * BLOCK, (block + 1) * BLOCK)


@pytest.mark.parametrize("block", blocks(54))
def test_a_full_sheet_is_never_accused(block: int) -> None:
    for seed in seeds(block):
        trial = honest(seed, Habit.FULL, widest=2)

        assert not trial.accused, str(trial)
        assert trial.marking.conventions == (), str(trial)


@pytest.mark.parametrize("block", blocks(26))
def test_a_sheet_with_gaps_is_never_accused(block: int) -> None:
    for seed in seeds(block):
        trial = honest(seed, Habit.GAPS, widest=2)

        assert not trial.accused, str(trial)
        assert trial.marking.conventions == (), str(trial)


@pytest.mark.parametrize("habit", [Habit.FULL, Habit.GAPS])
def test_weights_of_samples_and_dropout_are_marked_alike(habit: Habit) -> None:
    for seed in range(BLOCK):
        trial = honest(seed, habit, widest=2, weighed=True)

        assert not trial.accused, str(trial)


@pytest.mark.slow
def test_wider_networks_are_marked_alike() -> None:
    for seed in range(BLOCK):
        trial = honest(seed, Habit.FULL, widest=4)

        assert not trial.accused, str(trial)


@pytest.mark.parametrize("count", [BLOCK, pytest.param(5 * BLOCK, marks=pytest.mark.slow)])
def test_a_sheet_whose_gaps_were_rounded_is_seldom_accused(count: int) -> None:
    accused = [trial for seed in range(count) if (trial := honest(seed, Habit.ROUNDED_GAPS, widest=2)).accused]

    assert len(accused) <= MOST_ACCUSED * count, "\n".join(map(str, accused))
