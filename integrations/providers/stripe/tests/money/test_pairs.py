"""All pairs of a demand and a fact: money is asked for once, and only what is owed."""

import os
from typing import Any

import pytest

from integrations.providers.stripe.tests.money.demands import DEMANDS, MORE_DEMANDS, Demand
from integrations.providers.stripe.tests.money.facts import Fact
from integrations.providers.stripe.tests.money.pairs import Pair, all_pairs, attempt, by_turns
from integrations.providers.stripe.tests.money.world import WEBHOOKS

# `make nightly` plays every pair with webhooks at once, late and lost; the suite takes one of the three by
# turns.
PAIRS = all_pairs() if os.environ.get("MONEY_PAIRS") == "all" else by_turns()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_a_debt_is_asked_for_once(simulator: Any, pair: Pair) -> None:
    attempt(simulator, pair)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("webhooks", WEBHOOKS)
@pytest.mark.parametrize("demand", (*DEMANDS, *MORE_DEMANDS), ids=lambda demand: demand.name)
def test_what_nothing_hinders_is_paid(simulator: Any, demand: type[Demand], webhooks: str) -> None:
    """A FlexSync that refuses everything would ask for nothing twice."""
    world = attempt(simulator, Pair(demand, Fact, True, webhooks))
    owed = world.owed
    assert (owed.payment_status, owed.amount_paid, owed.amount_remaining) == ("succeeded", owed.total, 0)
