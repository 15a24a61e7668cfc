"""A real worker polls when beat's task tells it to, and applies what it has found."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Customer
from integrations.models import Connection, EventPoll, InboundEvent
from integrations.queue import dispatch

PATIENCE = 30.0


@pytest.mark.django_db(transaction=True)
def test_a_missed_event_becomes_a_customer(start, connection, stripe_api, simulator):
    Connection.objects.update(created_at=timezone.now() - timedelta(hours=1))
    stripe_api.v1.customers.create({"name": "Ada"})
    [account] = [one for one in simulator.simulator.accounts.values() if one.label == "shop"]
    for event in account.all("event"):
        event["created"] -= 120
    with start():
        assert dispatch.send(dispatch.CATCH_UP)
        deadline = time.monotonic() + PATIENCE
        while not Customer.objects.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
    assert Customer.objects.get().name == "Ada"
    assert InboundEvent.objects.get().source == "polled"
    row = EventPoll.objects.get(pk=connection.pk)
    assert row.polled_at is not None and row.leased_until is None
