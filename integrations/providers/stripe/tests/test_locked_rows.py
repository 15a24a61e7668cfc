"""A row that another transaction has locked keeps nothing waiting but what needs it."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from benchmarks.mix import ENVIRONMENT, mix
from billing.events import Kind
from billing.models import Customer, Environment
from billing.persistence import time_limits
from integrations.gateway import circuit_breaker
from integrations.inbox import processing, worker
from integrations.models import InboundEvent
from integrations.provider_api import Envelope
from integrations.providers.stripe.tests import builders
from integrations.testing import make_connection, push, store

# Locks of other connections are seen on rows that are committed.
pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def locked(row, *, no_key=True):
    """Another transaction has the row during the block."""
    rows = type(row)._default_manager.select_for_update(no_key=no_key)
    with held(lambda: rows.get(pk=row.pk)):
        yield


@contextmanager
def held(act):
    """Another transaction has done it, and lasts for the block."""
    has, may_end = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            act()
            has.set()
            may_end.wait(120)
        database.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert has.wait(10)
    try:
        yield
    finally:
        may_end.set()
        thread.join(10)


@contextmanager
def lock_timeout(milliseconds):
    with database.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {milliseconds}")
    yield
    database.close()


@pytest.fixture
def of_mix():
    """A connection for the events of the mix."""
    return make_connection(Environment.objects.create(id=ENVIRONMENT, name="Mix").id, "stripe")


def keep(connection, events):
    for event in events:
        at, about = datetime.fromtimestamp(event["created"], UTC), event["data"]["object"]["id"]
        store(connection, Envelope(event["id"], event["type"], about, at, "", False, event, 0))


def waiting():
    """What the events that wait are of: customer, and type."""
    return sorted(InboundEvent.objects.filter(state="pending").values_list("type", flat=True))


class TestALockedCustomer:
    @pytest.mark.parametrize("no_key", [True, False], ids=["as FlexSync locks it", "against all"])
    def test_keeps_the_events_of_no_other_customer_waiting(self, of_mix, no_key):
        created, others = [], []
        for event in mix(6):
            (created if event["type"] == "customer.created" else others).append(event)
        if not no_key:
            # Rows that only point at the customer.
            others = [event for event in others if event["type"] != "customer.updated"]
        keep(of_mix, created)
        worker.drain()
        keep(of_mix, others)
        ada = Customer.objects.order_by("pk").first()
        with locked(ada, no_key=no_key), lock_timeout(60_000):
            begun = datetime.now(UTC)
            assert worker.drain() is False, "it does not look again at once, for as long as the lock is held"
            assert datetime.now(UTC) - begun < timedelta(seconds=50), "it waited for the lock"
            needed = ["customer.updated"] if no_key else ["customer.subscription.created", "invoice.paid"]
            assert [type for type in needed if type not in waiting()] == []
            assert len(waiting()) <= 4
            assert not InboundEvent.objects.filter(attempts__gt=0, state="pending").exists()
        while worker.drain():
            pass
        assert waiting() == []
        assert Customer.objects.filter(metadata__rev="2" if no_key else "1").count() == 6

    def test_lets_an_event_of_its_own_be_tried_again(self, of_mix):
        events = list(mix(1))
        keep(of_mix, events[:1])
        worker.drain()
        keep(of_mix, [event for event in events if event["type"] == "customer.updated"])
        event = InboundEvent.objects.get(state="pending")
        with locked(Customer.objects.get()), lock_timeout(100):
            assert processing.process(event.pk, timezone.now())
        event.refresh_from_db()
        assert (event.state, event.attempts) == ("pending", 1)
        assert event.reason.startswith(time_limits.LOCKED)

    def test_lets_its_push_be_tried_again(self, simulator, connection, environment):
        customer = builders.customer(environment)
        assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
        Customer.objects.update(name="Ada II")
        with locked(customer), lock_timeout(100):
            sync = push(connection, Kind.CUSTOMER, customer.pk)
        assert (sync.lease_holder, sync.settled_at, sync.last_error) == ("", None, time_limits.LOCKED)
        assert sync.next_attempt_at > timezone.now()


class TestALockedConnection:
    def test_keeps_no_webhook_waiting_while_it_breaks(self, of_mix):
        with held(lambda: circuit_breaker.break_connection(of_mix, "It is down.")), lock_timeout(300):
            keep(of_mix, list(mix(1))[:1])
        assert waiting() == ["customer.created"]

    def test_lets_its_events_be_tried_again(self, of_mix):
        """The new mapping points at the connection, which is seen at the commit only."""
        keep(of_mix, list(mix(1))[:1])
        with locked(of_mix, no_key=False), lock_timeout(100):
            worker.drain()
        event = InboundEvent.objects.get(state="pending")
        assert event.attempts >= 1
        assert event.reason.startswith(time_limits.LOCKED)
