"""A slip is found where it happened, by its name, and nobody else is blamed for it."""

import pytest
from students.trials import SOUGHT, planted, tally

# How many sheets each slip is planted in, in the quick and in the long run.
FEW, MANY = 3, 30
FOUND = 0.95
# A last digit that is one off, and a digit that is missing, are often what honest rounding may have led to.
LESS_FOUND = {"last_digit": 0.7, "digit_dropped": 0.85}


@pytest.mark.parametrize("slip", SOUGHT)
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
    assert found.named >= FOUND * found.wrong, told
    assert found.another <= (1.0 - FOUND) * found.wrong, told
    assert found.innocent == 0, told
