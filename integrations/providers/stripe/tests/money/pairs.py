"""One trial: a demand and a fact in one order, with webhooks at once, late or lost; then all is at rest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from integrations.providers.stripe.tests.money.asks import watched
from integrations.providers.stripe.tests.money.demands import DEMANDS, Demand
from integrations.providers.stripe.tests.money.facts import FACTS, Fact
from integrations.providers.stripe.tests.money.moving_clock import moving_clock
from integrations.providers.stripe.tests.money.rest import come_to_rest
from integrations.providers.stripe.tests.money.world import WEBHOOKS, World
from stripe_simulator.testing import SimulatorServer


@dataclass(frozen=True)
class Pair:
    """``demand_first``: the fact comes while the demand is open; otherwise the demand comes after it."""

    demand: type[Demand]
    fact: type[Fact]
    demand_first: bool
    webhooks: str

    def __str__(self) -> str:
        order = (self.demand.name, self.fact.name)
        first, second = order if self.demand_first else order[::-1]
        return f"{first}, then {second}, webhooks {self.webhooks}"


def all_pairs() -> list[Pair]:
    """Every ordered pair with each of the three."""
    return [pair for number in range(len(WEBHOOKS)) for pair in by_turns(number)]


def by_turns(start: int = 0) -> Iterator[Pair]:
    """Every ordered pair once, with one of the three by turns."""
    orders = [(demand, fact, first) for demand in DEMANDS for fact in FACTS for first in (True, False)]
    for number, order in enumerate(orders, start):
        # One more for each demand, so that a fact does not meet the same one each time.
        turn = number + number // (2 * len(FACTS))
        yield Pair(*order, WEBHOOKS[turn % len(WEBHOOKS)])


def attempt(simulator: SimulatorServer, pair: Pair) -> None:
    """Plays the pair; raises AssertionError with the story of what happened."""
    with moving_clock(simulator) as clock:
        world = World(simulator, clock, pair.webhooks)
        try:
            with watched(world) as watch:
                play(world, pair)
                come_to_rest(world, watch)
        except BaseException as failure:
            failure.add_note("\n".join([str(pair), *world.story]))
            raise
        finally:
            world.close()


def play(world: World, pair: Pair) -> None:
    """Both, in their order."""
    demand, fact = pair.demand(), pair.fact()
    steps = [demand.begin, fact.happen, demand.complete, fact.end]
    if not pair.demand_first:
        steps = [fact.happen, demand.begin, demand.complete, fact.end]
    if fact.precedes_invoice and not pair.demand_first:
        _act(world, steps.pop(0))
    _act(world, World.bill)
    for step in steps:
        _act(world, step)


def _act(world: World, step: Callable[[World], None]) -> None:
    step(world)
    world.after_an_act()
