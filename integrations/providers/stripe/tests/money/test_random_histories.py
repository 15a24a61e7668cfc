"""Everyone acts at random on two accounts: each debt is asked for once, and no money is lost or made."""

import os
from typing import Any

import pytest

from integrations.providers.stripe.tests.money.acts import Acts
from integrations.providers.stripe.tests.money.asks import watched
from integrations.providers.stripe.tests.money.moving_clock import moving_clock
from integrations.providers.stripe.tests.money.rest import come_to_rest
from integrations.providers.stripe.tests.money.world import LATE, World
from integrations.providers.stripe.tests.random_histories import play

# `make nightly` tries 5,000, with another seed each night.
EXAMPLES = int(os.environ.get("HISTORIES", "40"))
SEED = int(os.environ.get("HISTORY_SEED", "1"))
# How many acts the histories of each part have, and at how many accounts.
PARTS = ((4, 1), (8, 1), (8, 2), (14, 2))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("length", "accounts"), PARTS)
def test_a_debt_is_asked_for_once(simulator: Any, length: int, accounts: int) -> None:
    class History(Acts):
        def __init__(self) -> None:
            super().__init__()
            self._clock = moving_clock(simulator)
            self.world = World(simulator, self._clock.__enter__(), LATE)
            for _ in range(accounts - 1):
                self.world.connect_another()
            self._watching = watched(self.world)
            self.watch = self._watching.__enter__()

        def teardown(self) -> None:
            try:
                come_to_rest(self.world, self.watch)
            except BaseException as failure:
                failure.add_note("\n".join(self.world.story))
                raise
            finally:
                self._watching.__exit__(None, None, None)
                self.world.close()
                self._clock.__exit__(None, None, None)

    play(History, examples=EXAMPLES // len(PARTS), length=length, seed_of=f"{SEED}-{length}-{accounts}")
