"""Everyone acts at random on two accounts: each debt is asked for once, and no money is lost or made."""

import os
from typing import Any

import pytest

from integrations.providers.stripe.tests.money.history import history_at
from integrations.providers.stripe.tests.random_histories import play

# `make nightly` tries 5,000, with another seed each night.
EXAMPLES = int(os.environ.get("HISTORIES", "40"))
SEED = int(os.environ.get("HISTORY_SEED", "1"))
# How many acts the histories of each part have, and at how many accounts.
PARTS = ((4, 1), (8, 1), (8, 2), (14, 2))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("length", "accounts"), PARTS)
def test_a_debt_is_asked_for_once(simulator: Any, length: int, accounts: int) -> None:
    history = history_at(simulator, accounts)
    play(history, examples=EXAMPLES // len(PARTS), length=length, seed_of=f"{SEED}-{length}-{accounts}")
