"""One trial: a demand and a fact in one order, with webhooks at once, late or lost; then all is at rest."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from integrations.providers.stripe.tests.money.asks import watched
from integrations.providers.stripe.tests.money.demands import DEMANDS, MORE_DEMANDS, Demand
from integrations.providers.stripe.tests.money.facts import FACTS, MORE_FACTS, Fact
from integrations.providers.stripe.tests.money.moving_clock import moving_clock
from integrations.providers.stripe.tests.money.rest import come_to_rest
from integrations.providers.stripe.tests.money.world import WEBHOOKS, World
from stripe_simulator.testing import SimulatorServer

Order = tuple[type[Demand], type[Fact], bool]


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
    """Every ordered pair, of the variants too, with each of the three."""
    demands, facts = (*DEMANDS, *MORE_DEMANDS), (*FACTS, *MORE_FACTS)
    return [Pair(*order, webhooks) for order in _orders(demands, facts) for webhooks in WEBHOOKS]


def by_turns() -> list[Pair]:
    """Every ordered pair once, with one of the three by turns."""
    # One more for each demand, so that a fact does not meet the same one each time.
    turns = [number + number // (2 * len(FACTS)) for number in range(2 * len(FACTS) * len(DEMANDS))]
    orders = zip(_orders(DEMANDS, FACTS), turns, strict=True)
    return [Pair(*order, WEBHOOKS[turn % len(WEBHOOKS)]) for order, turn in orders]


def _orders(demands: Sequence[type[Demand]], facts: Sequence[type[Fact]]) -> Iterator[Order]:
    yield from product(demands, facts, (True, False))


def attempt(simulator: SimulatorServer, pair: Pair) -> World:
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
        return world


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
