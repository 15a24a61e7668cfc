"""Webhooks are lost at random, for a day, or all; the list is late: the rows end as if nothing was lost."""

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from integrations.models import EventPoll, InboundEvent
from integrations.providers.stripe.provider import ROUTES
from integrations.providers.stripe.testing import store_signed
from integrations.providers.stripe.tests.catching_up.polls import Polls
from integrations.providers.stripe.tests.histories import snapshot
from integrations.providers.stripe.tests.histories.acts import Acts
from integrations.providers.stripe.tests.histories.delivery import dead, deliver
from integrations.providers.stripe.tests.histories.shop import Shop
from integrations.providers.stripe.tests.histories.test_any_order import assert_equals, connect
from integrations.providers.stripe.tests.random_histories import play

# `make nightly` tries 1,000, with another seed each night: in each, Stripe's clock goes on minute by minute.
EXAMPLES = int(os.environ.get("LOST_HISTORIES", "30"))
SEED = int(os.environ.get("HISTORY_SEED", "1"))
# How many acts the histories of each part have.
LENGTHS = (5, 12)
DAY = 24 * 60
labels = count(1)


class LostWebhooks(Acts):
    """A history in which only a part of the webhooks comes, whenever it likes, while polls go on."""

    simulator: Any

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop(self.simulator, f"lost{next(labels)}")
        self.polls = Polls(self.simulator, connect(self.shop), self._clock)
        self.seen: set[str] = set()
        self.loss = 0.0

    @initialize(loss=st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), late=st.sampled_from([0, 60, 300]))
    def begins(self, loss: float, late: int) -> None:
        self.loss, self.late = loss, late
        self.polls.after(0)

    @rule(minutes=st.sampled_from([1, 3, 4, 15, DAY]))
    def time_passes(self, minutes: int) -> None:
        with self._list_is_late():
            self.polls.after(minutes=minutes)

    @rule(applied=st.booleans())
    def webhooks_come(self, applied: bool) -> None:
        new = [event for event in self.shop.events() if event["id"] not in self.seen]
        self.seen.update(event["id"] for event in new)
        for event in Random(len(self.seen)).sample(new, len(new)):
            if self.chance.random() >= self.loss:
                store_signed(self.polls.connection, event, timezone.now())
        if applied:
            self.polls.apply()

    def teardown(self) -> None:
        events, ordered = self.shop.events(), connect(self.shop)
        self._ten_minutes()
        here = InboundEvent.objects.filter(connection=self.polls.connection)
        wanted = {event["id"] for event in events if event["type"] in ROUTES}
        assert wanted <= set(here.values_list("provider_event_id", flat=True))
        self.polls.apply()
        deliver(ordered, events)
        assert dead(self.polls.connection) == dead(ordered) == []
        rows = snapshot.here(self.polls.connection)
        assert rows == snapshot.here(ordered)
        assert_equals(rows, snapshot.there(self.shop))

    def _ten_minutes(self) -> None:
        """Of Stripe's clock; beat comes every minute, half as often as it does."""
        with self._list_is_late():
            for _ in range(10):
                self.polls.after(minutes=1)

    def _clock(self) -> datetime:
        return datetime.fromtimestamp(self.simulator.simulator.clock.time(), UTC)

    @contextmanager
    def _list_is_late(self) -> Any:
        """What a test asks Stripe for is never late."""
        behavior = self.simulator.simulator.behavior
        behavior.event_list_lag_seconds = self.late
        try:
            yield
        finally:
            behavior.event_list_lag_seconds = 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("length", LENGTHS)
def test_the_end_does_not_depend_on_webhooks(simulator: Any, length: int) -> None:
    machine = type("History", (LostWebhooks,), {"simulator": simulator})
    play(machine, examples=EXAMPLES // len(LENGTHS), length=length, seed_of=f"{SEED}-lost-{length}")
    assert EventPoll.objects.filter(missed__gt=0).exists()
