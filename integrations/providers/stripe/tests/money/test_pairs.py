"""All pairs of a demand and a fact: money is asked for once, and only what is owed."""

import os
from typing import Any

import pytest

from integrations.providers.stripe.tests.money.pairs import Pair, all_pairs, attempt, by_turns

# `make nightly` plays every pair with webhooks at once, late and lost; the suite takes one of the three by
# turns.
PAIRS = all_pairs() if os.environ.get("MONEY_PAIRS") == "all" else by_turns()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_a_debt_is_asked_for_once(simulator: Any, pair: Pair) -> None:
    attempt(simulator, pair)
