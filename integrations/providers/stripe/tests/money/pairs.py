"""Pairs of a demand and a fact in one order, with webhooks at once, late or lost."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from integrations.providers.stripe.tests.money.demands import DEMANDS, MORE_DEMANDS, Demand
from integrations.providers.stripe.tests.money.facts import FACTS, MORE_FACTS, Fact
from integrations.providers.stripe.tests.money.world import WEBHOOKS, World

Order = tuple[type[Demand], type[Fact], bool]
# What one does in its turn, if anything, and how many seconds pass before.
Act = tuple[Callable[[World], None] | None, int]


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

    @property
    def is_alone(self) -> bool:
        """Whether it is played in a world of its own."""
        return self.demand.is_alone or self.fact.is_alone

    def acts(self) -> list[Act]:
        """What is done in each of the seven turns, which are the same for all pairs."""
        demand, fact = self.demand(), self.fact()
        happens: list[Act] = [(fact.happen, 0), (_second_half(fact), fact.follows_after)]
        bill: Act = (World.bill, 0)
        begins: Act = (demand.begin, 0)
        ends: list[Act] = [(demand.complete, demand.takes), (fact.end, fact.ends_after)]
        if self.demand_first:
            return [NOTHING, bill, begins, *happens, *ends]
        if fact.precedes_invoice:
            return [happens[0], bill, NOTHING, NOTHING, begins, *ends]
        return [NOTHING, bill, *happens, begins, *ends]


NOTHING: Act = (None, 0)


class Nothing(Fact):
    """A FlexSync that refuses everything would ask for nothing twice: what nothing hinders is paid."""

    @classmethod
    def wrong(cls, world: World) -> Iterator[str]:
        owed = world.owed
        if (owed.payment_status, owed.amount_paid, owed.amount_remaining) != (
            "succeeded",
            owed.amount_due,
            0,
        ):
            yield f"{owed.payment_status}, {owed.amount_paid} of {owed.amount_due}, {owed.amount_remaining} remain"


def _second_half(fact: Fact) -> Callable[[World], None] | None:
    return None if type(fact).follow is Fact.follow else fact.follow


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


def unhindered() -> list[Pair]:
    """Every demand without a fact, with each of the three."""
    return [Pair(demand, Nothing, True, how) for demand in (*DEMANDS, *MORE_DEMANDS) for how in WEBHOOKS]


def _orders(demands: Sequence[type[Demand]], facts: Sequence[type[Fact]]) -> Iterator[Order]:
    yield from product(demands, facts, (True, False))
