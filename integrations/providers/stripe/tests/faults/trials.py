"""One trial: a push, what goes wrong meanwhile, the recovery, and what must be true in the end."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from integrations.providers.stripe.tests.faults.scenarios import Scenario
from integrations.providers.stripe.tests.faults.strikes import suffer
from integrations.providers.stripe.tests.faults.world import World
from stripe_simulator.testing import SimulatorServer

# What goes wrong, and at which call to Stripe from then on.
Blow = tuple[str, int]


def attempt(simulator: SimulatorServer, scenario: Scenario, blows: Sequence[Blow]) -> None:
    """Each blow meets one round of the workers; then nothing more goes wrong, and the end must be as if none had."""
    world, asked = begun(simulator, scenario)
    try:
        for fault, nth in blows:
            suffer(world, fault, nth, worker(world, scenario, asked))
        simulator.faults.clear()
        world.recover()
        if scenario.asks:
            scenario.asks(world, asked)
        assert world.unsettled() == []
        scenario.holds(world, asked)
    except BaseException as failure:
        failure.add_note(f"{scenario.name}, {', '.join(f'{fault} at call {nth}' for fault, nth in blows)}")
        raise


@cache
def calls_of(simulator: SimulatorServer, scenario: Scenario) -> int:
    """How many calls the push makes when nothing goes wrong; what must hold in the end holds then as well."""
    world, asked = begun(simulator, scenario)
    before = world.calls()
    worker(world, scenario, asked)()
    world.recover()
    made = world.calls()[len(before) :]
    assert made
    scenario.holds(world, asked)
    return len(made)


def begun(simulator: SimulatorServer, scenario: Scenario) -> tuple[World, Any]:
    """A world of its own in which the push is asked for, and no worker has heard of it."""
    world = World(simulator)
    known = scenario.before(world)
    world.recover()
    return world, scenario.act(world, known)


def worker(world: World, scenario: Scenario, asked: Any) -> Callable[[], None]:
    """Who does the work."""
    return partial(scenario.asks, world, asked) if scenario.asks else world.work
