"""A slip is found where it happened, by its name, and nobody else is blamed for it."""

import pytest
from students.trials import SOUGHT, planted, tally

# How many sheets each slip is planted in, in the quick and in the long run.
FEW, MANY = 2, 20
FOUND = 0.95
# One unit of a last digit, and what an updated weight changes on the way back, are often within what honest rounding
# of earlier figures allows.
LESS_FOUND = {"last_digit": 0.5, "updated_weights": 0.85}
# A last digit that passes for rounded then speaks against finer figures that went on with the right one.
MOST_BLAMED = {"last_digit": 0.002}


@pytest.mark.parametrize("slip", [slip for slip in SOUGHT if slip not in MOST_BLAMED])
def test_nobody_is_blamed_for_the_slip_of_another_line(slip: str) -> None:
    for seed in range(FEW):
        trial = planted(slip, seed)

        assert not trial.accused, str(trial)


@pytest.mark.slow
@pytest.mark.parametrize("slip", SOUGHT)
def test_a_slip_is_found_and_named(slip: str) -> None:
    found = tally(slip, range(MANY))
    told = "\n".join(found.misses)

    assert found.wrong >= LESS_FOUND.get(slip, FOUND) * found.planted, told
    assert found.named >= int(FOUND * found.wrong), told
    assert found.another <= (1.0 - FOUND) * found.wrong, told
    assert found.innocent <= MOST_BLAMED.get(slip, 0.0) * found.lines, told
