"""A run that goes on from where another stood does what the other would have done, to the last bit."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from backprop_cli.config.loader import Setup
from backprop_cli.training.events import EpochDone, Event, Paused, RunStopped
from backprop_cli.training.position import Position
from backprop_cli.training.trainer import Trainer


def timeless(event: Event | Paused) -> Event | Paused:
    if isinstance(event, EpochDone):
        return event._replace(seconds=0.0)
    return replace(event, seconds=0.0) if isinstance(event, RunStopped) else event


def told(trainer: Trainer) -> list[Event | Paused]:
    return [timeless(event) for event in trainer.events()]


def stands(setup: Setup) -> Iterator[tuple[Position, list[Event | Paused]]]:
    """Give each place where a run stood, and what it told from there on."""
    trainer = Trainer(setup)
    seen: list[tuple[int, Position]] = []
    events: list[Event | Paused] = []
    for event in trainer.events(pause=lambda: True):
        if isinstance(event, Paused | EpochDone):
            seen.append((len(events) + isinstance(event, EpochDone), trainer.position))
        if not isinstance(event, Paused):
            events.append(timeless(event))
    for told_before, position in seen:
        yield position, events[told_before:]


def test_from_any_place_a_run_goes_on_as_if_it_had_never_stopped(setup: Setup) -> None:
    places = list(stands(setup))
    assert len(places) > 3
    for position, rest in places:
        assert told(Trainer(setup, position)) == rest


def test_what_was_noted_stays_as_it_was(setup: Setup) -> None:
    for (earlier, _), (later, _) in pairwise(stands(setup)):
        assert earlier.steps <= later.steps
        assert not earlier.theta.flags.writeable
        assert not any(vector.flags.writeable for vector in earlier.optimizer.values())
        assert earlier.sums is not later.sums


def test_what_a_run_has_told_depends_on_nobody_asking_where_it_stands(plain: Setup) -> None:
    trainer = Trainer(plain)
    asked = [timeless(event) for event in trainer.events(pause=lambda: True) if not isinstance(event, Paused)]
    assert told(Trainer(plain)) == asked
