"""The same events by webhooks and by polls at once: each is one row, and is applied once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from billing.models import Customer
from integrations.models import InboundEvent
from integrations.providers.stripe.testing import store_signed
from integrations.providers.stripe.tests.histories.delivery import _work
from integrations.reconcile.catch_up import polling

ROUNDS, EVENTS = 5, 12


@pytest.mark.django_db(transaction=True)
def test_each_event_is_one_row_and_applied_once(polls, stripe_api, clock, connection):
    for _ in range(ROUNDS):
        _race(polls, stripe_api, clock, connection)
    stored = InboundEvent.objects.filter(connection=connection)
    assert stored.count() == ROUNDS * EVENTS == Customer.objects.count()
    assert set(stored.values_list("state", flat=True)) == {"applied"}
    # Whichever came first, the webhook has come, and its body counts unless it was applied already.
    late = stored.filter(source="polled", webhook_at=None)
    assert not late.exists()


def _race(polls, stripe_api, clock, connection):
    """Webhooks in their order, in the reverse one, a poll and a worker, all beginning at once."""
    for number in range(EVENTS):
        stripe_api.v1.customers.create({"name": f"Number {number}"})
    events = [one.to_dict() for one in stripe_api.v1.events.list({"limit": EVENTS}).data]
    polls.simulator.advance_clock(200)
    ways = [
        lambda: [store_signed(connection, event, timezone.now()) for event in events],
        lambda: [store_signed(connection, event, timezone.now()) for event in reversed(events)],
        lambda: polling.poll(connection.pk, clock),
        lambda: _work(clock()),
    ]
    meeting = Barrier(len(ways))

    def go(way):
        meeting.wait()
        try:
            way()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(ways)) as pool:
        for done in [pool.submit(go, way) for way in ways]:
            done.result()
    _work(clock())
