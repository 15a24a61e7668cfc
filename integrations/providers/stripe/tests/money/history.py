"""Histories in which everyone acts at random, each of which comes to rest at its end."""

from collections.abc import Callable
from typing import Any

from integrations.providers.stripe.tests.money.acts import Acts
from integrations.providers.stripe.tests.money.asks import watched
from integrations.providers.stripe.tests.money.moving_clock import moving_clock
from integrations.providers.stripe.tests.money.rest import come_to_rest
from integrations.providers.stripe.tests.money.world import LATE, World


def history_at(
    simulator: Any, accounts: int, at_rest: Callable[[World], None] = lambda _world: None
) -> type[Acts]:
    """Histories with so many accounts; ``at_rest`` looks at the world of each once it has come to rest."""

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
                at_rest(self.world)
            except BaseException as failure:
                failure.add_note("\n".join(self.world.story))
                raise
            finally:
                self._watching.__exit__(None, None, None)
                self.world.close()
                self._clock.__exit__(None, None, None)

    return History
