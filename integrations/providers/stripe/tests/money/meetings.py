"""Facts that come while a demand's call is on its way: before Stripe has it, or before its answer is here."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product

from django.db import connections

from integrations.providers.stripe.tests.money.asks import Watch, watched
from integrations.providers.stripe.tests.money.demands import (
    AutomaticCollection,
    BankDebit,
    Charge,
    CheckoutPage,
    Demand,
)
from integrations.providers.stripe.tests.money.facts import FACTS, Fact, OutOfBand, SecondConnection
from integrations.providers.stripe.tests.money.moving_clock import moving_clock
from integrations.providers.stripe.tests.money.rest import come_to_rest
from integrations.providers.stripe.tests.money.world import WEBHOOKS, World
from stripe_simulator.testing import SimulatorServer

BEGINS, ENDS = MOMENTS = ("begins", "ends")
# How long the call waits for the fact, in seconds: one that waits for the demand itself goes on beside it.
PATIENCE = 0.3


class FirstPush(AutomaticCollection):
    """The invoice is sent for the first time; later Stripe collects it by itself."""

    name = "first push"

    def begin(self, world: World) -> None:
        world.work()


# The calls of each in which something may have become of the debt meanwhile.
CALLS: dict[type[Demand], tuple[str, ...]] = {
    FirstPush: ("invoices.create", "invoices.add_lines", "invoices.finalize_invoice"),
    CheckoutPage: ("invoices.update", "checkout.sessions.create"),
    Charge: ("invoices.update", "invoices.pay"),
    BankDebit: ("invoices.update", "invoices.pay"),
}


@dataclass(frozen=True)
class Meeting:
    """The fact happens when the call begins, before Stripe has it, or ends, before its answer is known."""

    demand: type[Demand]
    call: str
    moment: str
    fact: type[Fact]
    webhooks: str

    def __str__(self) -> str:
        return f"{self.fact.name}, when {self.call} of {self.demand.name} {self.moment}, webhooks {self.webhooks}"


def all_meetings() -> list[Meeting]:
    """Every fact in both moments of each call of every demand, with webhooks at once, late and lost.

    But no draft is marked as paid before it has lines: that says nothing of the debt, and blocks its push.
    """
    calls = [(demand, call) for demand, calls in CALLS.items() for call in calls]
    facts = [fact for fact in FACTS if fact is not SecondConnection]
    return [
        Meeting(demand, call, moment, fact, webhooks)
        for (demand, call), fact, moment, webhooks in product(calls, facts, MOMENTS, WEBHOOKS)
        if not (fact is OutOfBand and call == "invoices.add_lines" and moment == BEGINS)
    ]


def play(simulator: SimulatorServer, meeting: Meeting) -> None:
    """Plays it; raises AssertionError with the story of what happened."""
    with moving_clock(simulator) as clock:
        world = World(simulator, clock, meeting.webhooks)
        try:
            with watched(world) as watch:
                _play(world, watch, meeting)
                come_to_rest(world, watch)
        except BaseException as failure:
            failure.add_note("\n".join([str(meeting), *world.story]))
            raise
        finally:
            world.close()


def _play(world: World, watch: Watch, meeting: Meeting) -> None:
    demand, fact = meeting.demand(), meeting.fact()
    world.bill()
    if meeting.demand is not FirstPush:
        world.after_an_act()
    with _meanwhile(watch, meeting, lambda: fact.happen(world)):
        demand.begin(world)
    world.after_an_act()
    for seconds, act in (
        (fact.follows_after, fact.follow),
        (demand.takes, demand.complete),
        (fact.ends_after, fact.end),
    ):
        world.clock.wait(seconds)
        act(world)
        world.after_an_act()


@contextmanager
def _meanwhile(watch: Watch, meeting: Meeting, happen: Callable[[], None]) -> Iterator[None]:
    """Within the block the fact happens once, in a thread of its own; at its end it has happened."""
    begun: list[Future[None]] = []

    def act() -> None:
        try:
            happen()
        finally:
            connections.close_all()

    def meet(operation: str, moment: str) -> None:
        if not begun and (operation, moment) == (meeting.call, meeting.moment):
            begun.append(threads.submit(act))
            wait(begun, timeout=PATIENCE)

    with ThreadPoolExecutor(1) as threads, watch.meeting(meet):
        yield
        assert begun, f"{meeting.demand.name} did not call {meeting.call}"
        begun[0].result()
