"""One trial: a push, the faults during it, the recovery, and what must be true in the end."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from integrations.providers.stripe.tests.faults.injection import run_with_fault
from integrations.providers.stripe.tests.faults.scenarios import Scenario
from integrations.providers.stripe.tests.faults.world import World
from stripe_simulator.testing import SimulatorServer

# A fault's name, and at which call to Stripe from then on it happens.
Fault = tuple[str, int]


def attempt(simulator: SimulatorServer, scenario: Scenario, faults: Sequence[Fault]) -> None:
    """Injects each fault into one round of work; the recovery must end as if there had been none."""
    world, pushed = begin(simulator, scenario)
    try:
        for fault, nth in faults:
            run_with_fault(world, fault, nth, work_of(world, scenario, pushed))
        simulator.faults.clear()
        world.recover()
        if scenario.request:
            scenario.request(world, pushed)
        assert world.unsettled() == []
        scenario.holds(world, pushed)
    except BaseException as failure:
        failure.add_note(f"{scenario.name}, {', '.join(f'{fault} at call {nth}' for fault, nth in faults)}")
        raise


@cache
def calls_of(simulator: SimulatorServer, scenario: Scenario) -> int:
    """How many calls the push makes without faults; the scenario must hold then as well."""
    world, pushed = begin(simulator, scenario)
    before = world.calls()
    work_of(world, scenario, pushed)()
    world.recover()
    made = world.calls()[len(before) :]
    assert made
    scenario.holds(world, pushed)
    return len(made)


def begin(simulator: SimulatorServer, scenario: Scenario) -> tuple[World, Any]:
    """A world of its own in which the push is staged, and no worker has started it."""
    world = World(simulator)
    known = scenario.before(world)
    world.recover()
    return world, scenario.act(world, known)


def work_of(world: World, scenario: Scenario, pushed: Any) -> Callable[[], None]:
    """What does the push: the caller's request, or a round of the workers."""
    return partial(scenario.request, world, pushed) if scenario.request else world.work
