"""All pairs of a demand and a fact: money is asked for once, and only what is owed."""

import os
from typing import Any

import pytest

from integrations.providers.stripe.tests.money.demands import Charge, CheckoutPage, HostedPage
from integrations.providers.stripe.tests.money.facts import PaidByCharge, VoidHere
from integrations.providers.stripe.tests.money.pairs import Pair, all_pairs, attempt, by_turns

# MONEY_PAIRS: "all" plays every pair with webhooks at once, late and lost; "turns" with one of the three.
CHOSEN = os.environ.get("MONEY_PAIRS", "")
PAIRS = all_pairs() if CHOSEN == "all" else list(by_turns())
# Until a debt is asked for once everywhere, the suite has these.
MENDED = {(CheckoutPage, VoidHere), (HostedPage, VoidHere), (Charge, PaidByCharge)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "pair", [pair for pair in PAIRS if CHOSEN or (pair.demand, pair.fact) in MENDED], ids=str
)
def test_a_debt_is_asked_for_once(simulator: Any, pair: Pair) -> None:
    attempt(simulator, pair)
