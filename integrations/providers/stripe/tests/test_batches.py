"""Due events are applied in batches, with the same result as one by one."""

from datetime import UTC, datetime

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.mix import ENVIRONMENT, mix
from billing.models import Customer, Environment, Invoice
from integrations.inbox import worker
from integrations.inbox.own_calls import OwnCalls
from integrations.models import InboundEvent, OutboundCall, OutboundSync
from integrations.provider_api import Envelope
from integrations.testing import make_connection, store


def stored(connection, number, name, *, second=0, **values):
    """A stored, pending event of a customer."""
    at = 1_760_000_000 + second
    what = "updated" if second else "created"
    customer = {"id": f"cus_{number}", "object": "customer", "name": name, "metadata": {}, **values}
    event = {"id": f"evt_{number}_{second}", "created": at, "data": {"object": customer}}
    created = datetime.fromtimestamp(at, UTC)
    envelope = Envelope(event["id"], f"customer.{what}", customer["id"], created, "", False, event, 0)
    return store(connection, envelope)


def test_only_the_newest_state_of_an_object_is_applied(connection):
    stored(connection, 1, "New", second=5)
    older = stored(connection, 1, "Old")
    worker.drain()
    older.refresh_from_db()
    assert (older.state, older.reason) == ("applied", "The newer event evt_1_5 holds the whole object.")
    assert Customer.objects.get().name == "New"


def test_a_failing_event_does_not_harm_the_others(connection):
    for number in range(7):
        stored(connection, number, "Ada", metadata={"external_id": "taken"} if number in (2, 5) else {})
    worker.drain()
    states = sorted(InboundEvent.objects.values_list("state", flat=True))
    assert states.count("applied") >= 6
    assert Customer.objects.filter(external_id="taken").count() == 1
    assert Customer.objects.count() == states.count("applied")


def statements_of_a_batch(connection, customers):
    for event in mix(customers, f"{customers}x"):
        at, about = datetime.fromtimestamp(event["created"], UTC), event["data"]["object"]["id"]
        store(connection, Envelope(event["id"], event["type"], about, at, "", False, event, 0))
    with CaptureQueriesContext(database) as statements:
        worker.drain()
    return len(statements)


@pytest.mark.django_db
def test_more_events_take_no_more_statements():
    connection = make_connection(Environment.objects.create(id=ENVIRONMENT, name="Mix").id, "stripe")
    few, many = (statements_of_a_batch(connection, customers) for customers in (3, 30))
    assert not InboundEvent.objects.exclude(state="applied").exists()
    assert Invoice.objects.count() == 33
    assert many == few


class TestOwnCalls:
    def test_are_looked_up_once_for_all_their_events(self, connection, customer, django_assert_num_queries):
        sync = OutboundSync.objects.get(entity_id=customer.pk)
        key, calls = f"flexsync-{sync.pk}-update", OwnCalls(connection.pk)
        assert not calls.was_made(key)
        OutboundCall.objects.create(
            sync=sync, step="update", params={}, idempotency_key=key, started_at=timezone.now()
        )
        with django_assert_num_queries(1):
            assert calls.was_made(key)
            assert calls.was_made(key)
            assert calls.replaced_unseen(key, {"name": "Ada"}) == []
