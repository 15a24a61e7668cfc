"""Runs random histories: each in a world of its own, with a note of what happened where it fails."""

import os
from collections.abc import Callable
from typing import Any

from integrations.providers.stripe.tests.money.moving_clock import moving_clock
from integrations.providers.stripe.tests.random_histories import play
from integrations.providers.stripe.tests.two_writers.histories.catalog import Plans, Prices
from integrations.providers.stripe.tests.two_writers.histories.customers import Customers
from integrations.providers.stripe.tests.two_writers.histories.editing import Editing
from integrations.providers.stripe.tests.two_writers.histories.interruptions import watched
from integrations.providers.stripe.tests.two_writers.histories.invoices import Drafts, FinalInvoices
from integrations.providers.stripe.tests.two_writers.histories.kind import EditedKind
from integrations.providers.stripe.tests.two_writers.histories.subscriptions import Subscriptions
from integrations.providers.stripe.tests.two_writers.histories.world import World

# `make nightly` tries 5,000, with another seed each night.
EXAMPLES = int(os.environ.get("HISTORIES", "40"))
SEED = int(os.environ.get("HISTORY_SEED", "1"))
KINDS: tuple[EditedKind, ...] = (Customers(), Plans(), Prices(), Subscriptions(), FinalInvoices(), Drafts())
# Ends a history; raises AssertionError for what is wrong.
End = Callable[[Editing], None]


def run(simulator: Any, acts: type[Editing], end: End, *, length: int, examples: int) -> None:
    """Runs ``examples`` histories of so many acts."""

    class History(acts):  # type: ignore[valid-type, misc]
        kinds = KINDS

        def __init__(self) -> None:
            super().__init__()
            self._clock = moving_clock(simulator)
            self.world = World(simulator, self._clock.__enter__())
            self._watching = watched(self.world)
            self._watching.__enter__()

        def teardown(self) -> None:
            try:
                end(self)
            except BaseException as failure:
                failure.add_note("\n".join(self.world.story))
                raise
            finally:
                self._watching.__exit__(None, None, None)
                self.world.close()
                self._clock.__exit__(None, None, None)

    play(History, examples=examples, length=length, seed_of=f"{SEED}-{length}-{acts.__name__}", shrinks=False)
